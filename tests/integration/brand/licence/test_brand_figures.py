"""What a brand's figures count in every state of a licence: the days it held, and nobody on other days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from brand.licence import queries, queries_brand, service, sub_service, term_service
from brand.licence.models import Licence
from brand.licence.rules_sub import SUBLICENCE
from brand.matrix import queries as matrix
from core import clock as core_clock
from core.organisation.queries import get_organisation
from core.workflow.engine import fire
from tests.factories import brand as make
from tests.factories.licence_course import KEY

START = date(2026, 11, 20)  # the first day of every licence here; its last is 2027-11-19


def _at(cast: Any, day: str) -> None:
    cast.clock.set(f"{day} 09:00:00")


def _again(cast: Any, licence: Licence, kind: str) -> Licence:
    case = term_service.reopen(licence, kind, cast.owner)
    if kind == "change":
        service.remove_row(case, cast.owner, case.scope[0].id)
        service.add_row(
            case, cast.owner, variety="fuji", form="fresh", specification="apple-80", yearly_grams=9_000_000
        )
    make.add_evidence(case, cast.owner, "test_report", issued_on=core_clock.today())
    service.accept_rules(case, cast.owner)
    service.submit(case, cast.owner)
    service.screen(case, cast.clerk)
    return service.approve(case, cast.decider)


def _suspended(cast: Any, licence: Licence) -> None:
    _at(cast, "2026-12-01")
    service.suspend(licence, cast.decider, "抽查发现问题，待查。")


def _lifted(cast: Any, licence: Licence) -> None:
    _suspended(cast, licence)
    _at(cast, "2026-12-10")
    service.lift(licence, cast.decider, "已整改，复查合格。")


def _withdrawn(cast: Any, licence: Licence) -> None:
    _lifted(cast, licence)
    _at(cast, "2026-12-20")
    service.withdraw(licence, cast.decider, "超范围使用，经核查属实。")


def _withdrawn_while_suspended(cast: Any, licence: Licence) -> None:
    _suspended(cast, licence)
    _at(cast, "2026-12-20")
    service.withdraw(licence, cast.decider, "超范围使用，经核查属实。")


def _expired(cast: Any, licence: Licence) -> None:
    _at(cast, "2027-11-20")
    assert service.expire_due(core_clock.now()) == 1


def _past_its_last_day(cast: Any, licence: Licence) -> None:
    _at(cast, "2027-11-20")
    assert licence.state == "licensed"  # no job has run


def _expired_while_suspended(cast: Any, licence: Licence) -> None:
    _suspended(cast, licence)
    _at(cast, "2027-11-20")
    assert service.expire_due(core_clock.now()) == 1


def _replaced(cast: Any, licence: Licence) -> None:
    _at(cast, "2026-12-15")
    _again(cast, licence, "change")


def _renewed(cast: Any, licence: Licence) -> None:
    _at(cast, "2027-11-02")
    _again(cast, licence, "renewal")


Course = Callable[[Any, Licence], None]


@pytest.mark.parametrize(
    ("course", "state", "gaps", "licences"),
    [
        (lambda *_: None, "licensed", [], 1),
        (_suspended, "suspended", [("2026-12-01", "2028-12-31")], 0),
        (_lifted, "licensed", [("2026-12-01", "2026-12-09")], 1),
        (_withdrawn, "withdrawn", [("2026-12-01", "2026-12-09"), ("2026-12-20", "2028-12-31")], 0),
        (_withdrawn_while_suspended, "withdrawn", [("2026-12-01", "2028-12-31")], 0),
        (_expired, "expired", [], 0),
        (_past_its_last_day, "licensed", [], 0),
        (_expired_while_suspended, "expired", [("2026-12-01", "2028-12-31")], 0),
        (_replaced, "replaced", [], 1),
        (_renewed, "licensed", [], 1),
    ],
)
def test_a_brand_counts_the_days_its_licences_held(
    cast: Any, course: Course, state: str, gaps: list[tuple[str, str]], licences: int
) -> None:
    licence = make.make_licence(cast.owner, cast.clerk, cast.decider)
    course(cast, licence)
    ids = matrix.with_below(matrix.by_key("yidun").id)
    spans = queries_brand.coverage(ids)
    last = date(2028, 11, 18) if course is _renewed else date(2027, 12, 14) if course is _replaced else None
    edges = {START, date(2027, 11, 19), date(2027, 11, 20)} | {last or START}
    edges |= {date.fromisoformat(d) for gap in gaps for d in gap}

    assert licence.state == state
    for day in sorted({e + timedelta(days=n) for e in edges for n in (-1, 0, 1)}):
        asked = queries.licence_for(cast.owner.organisation_id, *KEY, on_date=day)
        assert any(c.first <= day <= c.last for c in spans) == (asked is not None), day
        if any(date.fromisoformat(a) <= day <= date.fromisoformat(b) for a, b in gaps):
            assert asked is None, day
    assert queries_brand.figures(brand_ids=ids) == {"licences": licences, "licensees": licences}
    assert len(queries_brand.producers(brand_ids=ids, limit=9, lang="zh")) == licences


@pytest.mark.parametrize("step", ["submitted", "screened", "refused"])
def test_a_case_without_a_licence_counts_nothing(cast: Any, step: str) -> None:
    case = make.submitted(cast.owner) if step == "submitted" else make.screened(cast.owner, cast.clerk)
    if step == "refused":
        service.refuse(
            case, cast.decider, "没有对应的种植基地，不符合使用条件第二条，补齐后可再申请。", grounds=("origin",)
        )
    ids = matrix.with_below(matrix.by_key("yidun").id)

    assert queries_brand.coverage(ids) == []
    assert queries_brand.licence_numbers(ids) == []
    assert queries_brand.figures(brand_ids=ids) == {"licences": 0, "licensees": 0}


def test_a_partner_is_covered_from_acceptance_to_the_end_of_share_or_licence(cast: Any) -> None:
    licence = make.make_licence(cast.owner, cast.clerk, cast.decider)
    code = get_organisation(cast.partner.organisation_id).code
    rival = get_organisation(cast.rival.organisation_id).code
    offer = {"row_id": licence.scope[0].id, "grams": 50_000, "valid_from": START, "valid_until": date(2027, 6, 30)}
    share = sub_service.offer(licence, cast.owner, partner_code=code, **offer)
    sub_service.offer(licence, cast.owner, partner_code=rival, **offer)  # never taken
    _at(cast, "2026-11-25")
    fire(SUBLICENCE, share, "accept", cast.partner)
    _lifted(cast, licence)
    _at(cast, "2026-12-20")
    fire(SUBLICENCE, share, "leave", cast.partner, reason="自己申请到了授权。")
    _at(cast, "2026-12-30")
    service.withdraw(licence, cast.decider, "超范围使用，经核查属实。")

    spans = queries_brand.coverage([licence.brand_id])

    held = [
        (c.first.isoformat(), c.last.isoformat()) for c in spans if c.organisation_id == cast.partner.organisation_id
    ]
    assert held == [("2026-11-25", "2026-11-30"), ("2026-12-10", "2026-12-19")]
    assert not [c for c in spans if c.organisation_id == cast.rival.organisation_id]
    assert queries_brand.coverage([matrix.by_key("linyi-winter-jujube").id]) == []
