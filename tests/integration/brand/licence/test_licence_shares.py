"""Reports of use, yearly reviews, reminders, and the shares of partners in a licence."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from brand.licence import queries, quota, service, sub_service, term_service
from brand.licence.errors import LicenceNotFound, QuotaShort
from brand.licence.models import Licence
from brand.licence.rules_sub import SUBLICENCE
from core import clock as core_clock
from core import hooks, notary
from core.db import db
from core.errors import BadInput, Denied, RuleBroken
from core.organisation.queries import get_organisation
from core.workflow.engine import fire
from tests.factories import brand as make
from tests.factories.licence_course import draw, told

KEY = ("fuji", "fresh", "apple-80")


# --- reports, reviews, reminders ----------------------------------------------------------------------------------------------


def test_use_is_reported_by_quarter_corrected_and_refused_for_a_quarter_that_runs(cast: Any) -> None:
    licence = make.make_licence(cast.owner, cast.clerk, cast.decider)
    row = licence.scope[0].id
    with pytest.raises(BadInput):
        term_service.report_use(licence, cast.owner, "2026Q4", {row: 1})
    cast.clock.set("2027-01-20 09:00:00")
    assert term_service.overdue_reports(licence, core_clock.today()) == ["2026Q4"]
    for used in ({row: -1}, {}, {row: 10**12}, {row: 1, 999_999: 1}):
        with pytest.raises(RuleBroken):
            term_service.report_use(licence, cast.owner, "2026Q4", used)
    with pytest.raises(LicenceNotFound):
        term_service.report_use(licence, cast.rival, "2026Q4", {row: 1})
    term_service.report_use(licence, cast.owner, "2026Q4", {row: 5_000_000})
    term_service.report_use(licence, cast.owner, "2026Q4", {row: 6_000_000}, note="漏报一车")
    assert [(r.quarter, r.used_grams) for r in term_service.reports(licence)] == [("2026Q4", 6_000_000)]
    assert term_service.overdue_reports(licence, core_clock.today()) == []


def test_reminders_of_report_review_and_renewal_are_sent_once_each(cast: Any) -> None:
    licence = make.make_licence(cast.owner, cast.clerk, cast.decider)
    before = len(told(cast.owner))
    assert term_service.remind_due(core_clock.now()) == 0
    cast.clock.set("2027-01-05 08:30:00")
    assert term_service.remind_due(core_clock.now()) == 1
    cast.clock.set("2027-10-25 08:30:00")
    sent = term_service.remind_due(core_clock.now())
    assert sent == 3
    assert term_service.remind_due(core_clock.now()) == 0
    titles = told(cast.owner)[before:]
    assert [t.partition("：")[0] for t in titles] == ["报告用标情况", "可以办续期了", "报告用标情况", "年度审核"]
    term_service.review(licence, cast.clerk, result="in_order", words="用标报告齐全，抽查一次未见问题。")
    with pytest.raises(Denied):
        term_service.review(licence, cast.owner, result="in_order", words="自己审自己。")


# --- shares with partners ---------------------------------------------------------------------------------------------------------


def offered(cast: Any, licence: Licence, grams: int = 50_000, **values: Any) -> Any:
    given = {"valid_from": core_clock.today(), "valid_until": date(2027, 6, 30)} | values
    code = get_organisation(cast.partner.organisation_id).code
    return sub_service.offer(licence, cast.owner, partner_code=code, row_id=licence.scope[0].id, grams=grams, **given)


def test_a_partner_marks_within_its_share_once_it_accepted_and_until_either_ends_it(cast: Any) -> None:
    licence = make.make_licence(cast.owner, cast.clerk, cast.decider, yearly_grams=100_000)
    partner = cast.partner.organisation_id
    sub = offered(cast, licence)
    assert queries.licence_for(partner, *KEY) is None
    with pytest.raises(RuleBroken):
        fire(SUBLICENCE, sub, "accept", cast.owner)
    fire(SUBLICENCE, sub, "accept", cast.partner)
    view = queries.licence_for(partner, *KEY)
    assert view is not None
    assert (view.id, view.valid_until, view.sublicence_id) == (licence.id, date(2027, 6, 30), sub.id)
    assert queries.covered_until(partner, *KEY) == date(2027, 6, 30)
    draw(cast.partner, 8, "series:p1")
    with pytest.raises(QuotaShort) as short:
        draw(cast.partner, 3, "series:p2")
    assert "合作约定的数量不够" in short.value.unmet[0].message
    draw(cast.owner, 12, "series:o1")
    with pytest.raises(QuotaShort) as spent:  # the share still holds two, the licence none
        draw(cast.partner, 1, "series:p3")
    assert "授权的全年数量不够" in spent.value.unmet[0].message
    db.session.refresh(sub)
    assert sub.used_grams == 40_000
    quota.give_back("series:p1", pieces=2, returned_by="void:p1", actor=cast.partner)
    db.session.refresh(sub)
    assert (sub.used_grams, quota.differences()) == (30_000, [])
    fire(SUBLICENCE, sub, "leave", cast.partner, reason="自己申请到了授权。")
    assert queries.licence_for(partner, *KEY) is None
    last = queries.last_licence_for(partner, *KEY)
    assert last is not None
    assert last.stop_words == "授权已于 2026-11-20 撤销"


def test_a_share_ends_with_the_licence_and_sleeps_while_it_is_suspended(cast: Any) -> None:
    heard: list[tuple[int, str]] = []

    def listen(*, licence_id: int, organisation_id: int, state: str, reason: str) -> None:
        heard.append((organisation_id, state))

    licence = make.make_licence(cast.owner, cast.clerk, cast.decider)
    partner = cast.partner.organisation_id
    sub = offered(cast, licence)
    fire(SUBLICENCE, sub, "accept", cast.partner)
    with hooks.licence_changed.only(listen):
        service.suspend(licence, cast.decider, "抽查发现问题，待查。")
        assert (partner, "suspended") in heard
        assert queries.licence_for(partner, *KEY) is None
        service.lift(licence, cast.decider, "已整改。")
        assert queries.licence_for(partner, *KEY) is not None
        service.withdraw(licence, cast.decider, "超范围使用，经核查属实。")
    assert sub.state == "ended"
    assert queries.licence_for(partner, *KEY) is None
    assert heard.count((partner, "withdrawn")) >= 1


def test_a_share_is_offered_within_the_licence_only_and_never_passed_on(cast: Any) -> None:
    licence = make.make_licence(cast.owner, cast.clerk, cast.decider, yearly_grams=100_000)
    with pytest.raises(RuleBroken) as broken:
        offered(cast, licence, 200_000, valid_until=date(2029, 1, 1))
    assert [u.rule for u in broken.value.unmet] == ["SL-03", "SL-06"]
    with pytest.raises(LicenceNotFound):
        sub_service.offer(
            licence, cast.rival, partner_code=get_organisation(cast.partner.organisation_id).code, row_id=1, grams=1,
            valid_from=core_clock.today(), valid_until=core_clock.today(),
        )  # fmt: skip
    sub = offered(cast, licence)
    with pytest.raises(RuleBroken) as twice:
        offered(cast, licence)
    assert [u.rule for u in twice.value.unmet] == ["SL-11"]
    fire(SUBLICENCE, sub, "accept", cast.partner)
    with pytest.raises(LicenceNotFound):
        sub_service.offer(
            licence, cast.partner, partner_code=get_organisation(cast.rival.organisation_id).code,
            row_id=licence.scope[0].id, grams=1000, valid_from=core_clock.today(), valid_until=core_clock.today(),
        )  # fmt: skip
    with pytest.raises(LicenceNotFound):
        sub_service.for_actor(sub.public_id, cast.rival)
    cast.clock.set("2027-07-01 00:00:00")
    assert queries.licence_for(cast.partner.organisation_id, *KEY) is None
    assert sub_service.lapse_due(core_clock.now()) == 1


def test_a_partner_that_is_gone_packs_nothing_more(cast: Any) -> None:
    from brand.licence import succession

    licence = make.make_licence(cast.owner, cast.clerk, cast.decider)
    sub = offered(cast, licence)
    fire(SUBLICENCE, sub, "accept", cast.partner)
    gone = hooks.Succession(
        organisation_id=cast.partner.organisation_id, kind="left", reason="不再经营", former_name="", former_code=""
    )
    succession.follow(gone)
    assert (sub.state, licence.state) == ("ended", "licensed")
    assert queries.licence_for(cast.partner.organisation_id, *KEY) is None


def test_conditions_stand_in_the_document_and_not_in_the_signed_terms(cast: Any) -> None:
    """The record context is never edited: a term it does not know would stop the signing."""
    licence = service.approve(make.screened(cast.owner, cast.clerk), cast.decider, conditions="只限 3 号地")
    request = notary.outcome_for(str(licence.public_id), "licence")
    assert request is not None
    assert "conditions" not in request.body["credentialSubject"]
    assert queries.view(licence).conditions == "只限 3 号地"
