"""A changed number of the brand office acts from its day on; cases sent before keep theirs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from brand.licence import facts, rules, screens, service, term_service
from core import clock as core_clock
from core.calendar.queries import deadline_of
from tests.factories import brand as make
from tests.factories.policy import changed


def test_a_case_keeps_the_numbers_of_the_day_it_was_first_sent(cast: Any, as_user: Any) -> None:
    first = core_clock.today() + timedelta(days=1)
    for key, value in (("review_wd", "7"), ("test_report_months", "1"), ("term_months", "24")):
        changed(as_user, f"licence.{key}", value, first)
    before = make.submitted(cast.owner)
    cast.clock.advance(days=1)
    after = make.submitted(cast.rival)

    assert [screens.days_used(row)[1] for row in (before, after)] == [15, 7]
    assert [facts.terms_of(row).test_report_months for row in (before, after)] == [6, 1]
    assert [rules.add_months(facts.proposed_term(row, first)[0], n) - timedelta(days=1) for row, n in ((before, 12), (after, 24))] \
        == [facts.proposed_term(row, first)[1] for row in (before, after)]  # fmt: skip
    assert deadline_of(before, rules.DEADLINE).date > deadline_of(after, rules.DEADLINE).date  # type: ignore[union-attr]
    service.screen(before, cast.clerk)


def test_a_refusal_opens_the_time_for_an_appeal_that_holds_that_day(cast: Any, as_user: Any) -> None:
    changed(as_user, "licence.appeal_wd", "5", core_clock.today() + timedelta(days=1))
    cast.clock.advance(days=1)
    licence = make.submitted(cast.owner)
    service.advise_against(licence, cast.clerk, "基地证明与实地不符。")
    service.refuse(licence, cast.decider, "到现场核查，申请写明的地块种的是玉米。", grounds=["origin"])

    until = deadline_of(licence, rules.APPEAL_DEADLINE)
    assert until is not None
    assert until.date - core_clock.today() < timedelta(days=15)


def test_a_quarter_is_reported_by_the_number_of_its_last_day(cast: Any, as_user: Any) -> None:
    today = core_clock.today()
    last = rules.quarter_span(rules.quarter_of(today))[1]
    changed(as_user, "licence.use_report_days", "30", last + timedelta(days=1))
    following = rules.quarter_of(last + timedelta(days=1))

    assert term_service.use_report_due(rules.quarter_of(today)) == last + timedelta(days=15)
    assert term_service.use_report_due(following) == rules.quarter_span(following)[1] + timedelta(days=30)
    assert isinstance(last, date)
