"""No path leaves a mark visible without a live licence: random walks over moves and days, every place asked each time.

Whether the licence lives is kept by a small model of its own (days and flags), not by the code under test.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from brand.licence import queries, queries_brand, quota, service, term_service
from brand.licence.models import Licence
from brand.mark import service as marks
from brand.mark.models import MarkPack
from brand.matrix import queries as matrix
from brand.promotion import service_media
from core import clock as core_clock
from core.account.actor import SYSTEM
from core.db import db
from core.errors import DomainError, InvalidMove, RuleBroken
from shop.stock import queries as stock
from shop.stock import service as stocks
from shop.stock.models import StockRow
from tests.factories import code as make
from tests.factories import shop as shelves
from tests.factories import trace as grow
from tests.factories.brand import picture
from trace.code import designs, register_service
from trace.code import service as codes
from trace.code.models import Series
from trace.code.register_service import Wish
from trace.log import writer
from trace.lot import licensing
from trace.scan.reader import Reader
from trace.scan.render import PATH, VISITS
from trace.scan.resolve import Target
from trace.scan.views import code_page
from trace.scan.visits import VisitRow, store

MOVES = ("suspend", "lift", "withdraw", "expire_job", "renew")
STEPS = st.lists(
    st.one_of(st.sampled_from(MOVES), st.integers(1, 260)), min_size=2, max_size=5
)  # a number = that many days go by
NOBODY = {"zh": "现在没有在有效期内的授权。", "en": "There is no licence in force now."}
SAID = {"zh": ("准许使用“", "授权已于"), "en": ("May use “", "The licence ")}  # of a licence, and of its end
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
    """A sealed, licensed, coded and stocked lot, on sale; and the files of its brand's mark."""

    grown: grow.Grown
    licences: list[int]
    series: Series
    product: str
    pack: MarkPack
    brand_key: str


@pytest.fixture
def scene(session: Any, clock: Any, as_user: Any) -> Scene:
    grown = make.make_sealed_lot()
    first = db.session.scalars(select(Licence.id)).one()
    writer.integrate()
    series = codes.issue_series(grown.packed.public_id, 3, grown.actor)
    site = shelves.make_site(grown.organisation.id)
    stocks.receive(grown.actor, lot_id=grown.packed.id, site_id=site.id, quantity=2)
    db.session.execute(update(StockRow).values(expires_on=None))  # the fruit keeps: only the licence decides on a sale
    listing, _ = shelves.make_listing(grown.organisation.id, grown.box)
    brand, clerk = db.session.get_one(Licence, first).brand_id, as_user("brand_clerk").actor
    pack = marks.make_pack(clerk, rules_text="最小 12 毫米。", brand_id=brand)
    marks.add_file(pack, clerk, title="竖排", purpose="print", stream=io.BytesIO(picture()), filename="标志.jpg")
    marks.release(pack, clerk)
    return Scene(grown, [first], series, f"/p/{listing.public_id}", pack, matrix.get_brand(brand).key)


def places(scene: Scene) -> dict[str, bool]:
    """Every place that sells, prints or hands out under the mark, and the code page: whether it does now."""
    grown, today = scene.grown, core_clock.today()
    item, organisation, actor = grown.box, grown.organisation.id, grown.actor
    key = (item.variety, item.form, item.specification or "")
    brand = queries.licence_by_id(scene.licences[0]).brand_id
    until = queries.covered_until(organisation, *key)
    return {
        "asked": queries.licence_for(organisation, *key) is not None,
        "covered": until is not None and until >= today,
        "quota": quota.left(organisation, key) is not None,
        "label": label_printed(scene),
        "design": designs.has_licence(actor),
        "record of a new lot": licensing.licence_of(organisation, item) is not None,
        "code page": code_page_shows(scene, language()),
        "stock": any(
            row.licence_until is not None and row.licence_until >= today for row in stock.rows_of(organisation)
        ),
        "brand figures": queries_brand.figures(brand_ids=[brand])["licences"] > 0,
        "mark files": not marks.unmet(scene.pack, actor),
        "brand kit": brand in service_media.licensed_line(organisation),
    }


def pages(scene: Scene, client: Any) -> dict[str, bool]:
    """Every public page beside the code page, as a guest gets it: whether it shows the mark, or the licence as living."""

    def text(path: str, lang: str = "zh") -> str:
        return str(client.get(f"{path}?lang={lang}").text)

    brand = text(f"/brands/{scene.brand_key}", language())
    licences = [text(f"/licence/{queries.licence_by_id(number).public_id}") for number in scene.licences]
    return {
        "product page": "授权有效，至" in text(scene.product),
        "list of goods": "缺货" not in text("/shop"),
        "organisation page": "，有效，" in text(f"/org/{scene.grown.organisation.code}"),
        "licence page": any("授权已于" not in shown and "起生效" not in shown for shown in licences),
        "producers on the brand page": NOBODY[language()] not in brand,
        "goods on the brand page": f'href="{scene.product}"' in brand,
    }


def language() -> str:
    """Either language on half the days."""
    return "en" if core_clock.today().toordinal() % 2 else "zh"


def label_printed(scene: Scene) -> bool:
    """Whether a run of labels with the mark can be made (it is taken back)."""
    try:
        with db.session.begin_nested() as nested:
            register_service.register_print(scene.series.public_id, Wish("test", 1, 1, mark="on"), scene.grown.actor)
            nested.rollback()
    except DomainError:
        return False
    return True


def code_page_shows(scene: Scene, lang: str) -> bool:
    """Whether the code page, as it is kept for the state the database tells of the lot, names a living licence."""
    lot, driver = scene.grown.packed, db.session.connection().connection.driver_connection
    assert driver is not None
    asked = VisitRow(None, None, lot.id, "", 200, b"1", b"1", core_clock.now(), counts=False)
    seen = store(driver, [asked])[0]
    kept = code_page()._page(Target("lot", lot.item_id, lot.id), reader_in(lang), seen)
    assert kept is not None
    text = kept.page.join({VISITS: b"", PATH: b""}).decode()
    licensed, ended = SAID[lang]
    assert licensed in text  # the record said so on the day of sealing, and goes on saying it
    return ended not in text


def reader_in(lang: str) -> Reader:
    """A reader of a language, known to nobody."""
    return Reader(lang, large=False, device="", new_device="", wants_page=True, counts=False, keep=())


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
        max_examples=3,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(STEPS)
    @example([1, "suspend", 20, "lift", 260, "renew", "suspend", "expire_job"])
    @example(["withdraw", "renew", 300])
    def walk(steps: list[str | int]) -> None:
        clock.set(start)
        code_page()._pages.clear()  # a walk before this one was rolled back, and with it the states of its pages
        terms, licences = [Term(FIRST, LAST)], list(scene.licences)
        outer = db.session.begin_nested()
        try:
            for number, step in enumerate(steps, 1):
                if isinstance(step, int):
                    days_go_by(clock, terms, step)
                else:
                    deed(scene, terms, step)
                db.session.expire_all()
                alive = any(term.lives(core_clock.today()) for term in terms)
                asked = places(scene)
                if number % 2 == 0 or number == len(steps):
                    asked |= pages(scene, client)
                wrong = {place: shown for place, shown in asked.items() if shown is not alive}
                assert wrong == {}, (steps, step, core_clock.today(), terms)
        finally:
            outer.rollback()
            scene.licences[:] = licences
            db.session.expire_all()

    walk()
