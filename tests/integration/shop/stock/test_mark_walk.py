"""No path leaves a mark visible without a live licence: random walks over moves and days, every place asked each time.

Whether the licence lives is kept by a small model of its own (days and flags), not by the code under test.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from brand.licence import queries, queries_brand, quota, service, term_service
from brand.licence.models import Licence
from brand.licence.register import organisation_panel
from core import clock as core_clock
from core.account.actor import SYSTEM
from core.db import db
from core.errors import DomainError, InvalidMove, RuleBroken
from shop.stock import queries as stock
from shop.stock import service as stocks
from tests.factories import code as make
from tests.factories import shop as shelves
from tests.factories import trace as grow
from trace.code import designs, register_service
from trace.code import service as codes
from trace.code.models import Series
from trace.code.register_service import Wish
from trace.log import writer
from trace.lot import licensing
from trace.scan.facts import lot_page

MOVES = ("suspend", "lift", "withdraw", "expire_job", "renew")
STEPS = st.lists(
    st.one_of(st.sampled_from(MOVES), st.integers(1, 260)), min_size=2, max_size=7
)  # a number = that many days go by
FIRST, LAST = date(2026, 10, 1), date(2027, 8, 31)


@dataclass(frozen=True)
class Term:
    """One licence of the model: its days, and what was done to it."""

    first: date
    last: date
    suspended: bool = False
    ended: bool = False

    def lives(self, day: date) -> bool:
        return self.first <= day <= self.last and not self.suspended and not self.ended


@dataclass
class Scene:
    """A sealed, licensed, coded and stocked lot."""

    grown: grow.Grown
    licences: list[int]
    series: Series


@pytest.fixture
def scene(session: Any, clock: Any) -> Scene:
    grown = make.make_sealed_lot()
    first = db.session.scalars(select(Licence.id)).one()
    writer.integrate()
    series = codes.issue_series(grown.packed.public_id, 3, grown.actor)
    site = shelves.make_site(grown.organisation.id)
    stocks.receive(grown.actor, lot_id=grown.packed.id, site_id=site.id, quantity=2)
    return Scene(grown, [first], series)


def places(scene: Scene, client: Any) -> dict[str, bool]:
    """Every place that shows or sells under the mark: whether it does now."""
    grown, today = scene.grown, core_clock.today()
    item, lot, organisation = grown.box, grown.packed, grown.organisation.id
    key = (item.variety, item.form, item.specification or "")
    panel = organisation_panel(organisation_id=organisation)
    page = lot_page(lot.id, "zh")
    assert panel is not None
    assert page is not None
    until = queries.covered_until(organisation, *key)
    try:
        with db.session.begin_nested() as nested:
            register_service.register_print(scene.series.public_id, Wish("test", 1, 1, mark="on"), grown.actor)
            nested.rollback()
        printed = True
    except DomainError:
        printed = False
    shown = [client.get(f"/licence/{queries.licence_by_id(i).public_id}").text for i in scene.licences]
    brands = [queries.licence_by_id(scene.licences[0]).brand_id]
    return {
        "asked": queries.licence_for(organisation, *key) is not None,
        "covered": until is not None and until >= today,
        "quota": quota.left(organisation, key) is not None,
        "label": printed,
        "design": designs.has_licence(grown.actor),
        "record of a new lot": licensing.licence_of(organisation, item) is not None,
        "code page": page.licence is not None and page.licence.ended == "",
        "stock": any(
            row.licence_until is not None and row.licence_until >= today for row in stock.rows_of(organisation)
        ),
        "organisation page": any("，有效，" in text for text, _ in panel.links),
        "licence page": any("授权已于" not in text and "起生效" not in text for text in shown),
        "brand figures": queries_brand.figures(brand_ids=brands)["licences"] > 0,
        "brand producers": bool(queries_brand.producers(brand_ids=brands, limit=9, lang="zh")),
    }


def deed(scene: Scene, terms: list[Term], step: str) -> None:
    """Do one move to the newest licence, in code and model alike; a move its state does not allow changes neither."""
    today = core_clock.today()
    if step == "expire_job":
        service.expire_due(core_clock.now())
        return
    if step == "renew":
        last = terms[-1].last
        if today > last + timedelta(days=60) or terms[-1].first > today:
            return
        first = max(last + timedelta(days=1), today)
        term = Term(first, first + timedelta(days=364))
        scene.licences.append(renewed(scene, term))
        terms.append(term)
        return
    number = next((n for n in range(len(terms) - 1, -1, -1) if terms[n].first <= today), 0)
    licence = db.session.get_one(Licence, scene.licences[number])
    try:
        with db.session.begin_nested():
            {"suspend": service.suspend, "lift": service.lift, "withdraw": service.withdraw}[step](
                licence, SYSTEM, "抽查发现问题。"
            )
    except (InvalidMove, RuleBroken):
        return
    flags = {"suspend": {"suspended": True}, "lift": {"suspended": False}, "withdraw": {"ended": True}}[step]
    terms[number] = replace(terms[number], **flags)


def days_go_by(clock: Any, terms: list[Term], days: int) -> None:
    """The clock moves on; the daily task that tells of beginning terms ran on each first day passed.

    No task runs for what ends: that must be seen by date alone.
    """
    goal = core_clock.now() + timedelta(days=days)
    for term in terms:
        if core_clock.today() < term.first <= core_clock.local(goal).date():
            clock.set(core_clock.day_start(term.first) + timedelta(minutes=2))
            term_service.begin_due(core_clock.now())
    clock.set(goal)


def renewed(scene: Scene, term: Term) -> int:
    """A granted renewal, told to the upper floors as the decision tells it."""
    number = len(scene.licences)
    licence = make.make_licence(scene.grown, term.first, term.last, number=number)
    from core import hooks

    for listener in hooks.licence_changed:
        listener(licence_id=licence, organisation_id=scene.grown.organisation.id, state="in_force", reason="")
    return licence


@pytest.mark.slow
def test_no_walk_over_moves_and_days_leaves_a_mark_without_a_live_licence(
    scene: Scene, clock: Any, client: Any
) -> None:
    start = core_clock.now()

    @settings(
        max_examples=10,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(STEPS)
    @example(["suspend", 20, "lift", 260, "renew", "suspend", 60, "expire_job"])
    @example(["withdraw", "renew", 300])
    def walk(steps: list[str | int]) -> None:
        clock.set(start)
        terms, licences = [Term(FIRST, LAST)], list(scene.licences)
        outer = db.session.begin_nested()
        try:
            for step in steps:
                if isinstance(step, int):
                    days_go_by(clock, terms, step)
                else:
                    deed(scene, terms, step)
                db.session.expire_all()
                alive = any(term.lives(core_clock.today()) for term in terms)
                wrong = {place: shown for place, shown in places(scene, client).items() if shown is not alive}
                assert wrong == {}, (steps, step, core_clock.today(), terms)
        finally:
            outer.rollback()
            scene.licences[:] = licences
            db.session.expire_all()

    walk()
