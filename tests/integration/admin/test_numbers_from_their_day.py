"""A changed number acts from its day on and not before; what is under way keeps the number of its own day."""

from __future__ import annotations

from datetime import date

import pytest

from admin.acceptance import service as acceptance
from admin.acceptance.rules_policy import AcceptanceTerms
from admin.disclosure import service as disclosure
from admin.fund import facts as fund_facts
from admin.fund import rules as fund_rules
from admin.information import queries as information
from admin.project import service as project
from admin.supervision import service as supervision
from core.calendar.queries import deadline_of
from core.errors import BadInput
from tests.factories.policy import changed

FIRST = date(2026, 9, 21)  # a Monday after a make-up Sunday


@pytest.fixture
def building(town):
    town.hire()
    return town.building()


def _deadlines(town, make, purpose):
    """The deadlines of two objects, made on the day before and on the day of a change."""
    before = make()
    town.clock.set(f"{FIRST:%Y-%m-%d} 09:00:00")
    after = make()
    return [deadline_of(row, purpose).date for row in (before, after)]


def test_statements_to_a_finding_have_the_time_of_the_day_it_is_raised(town, building):
    changed(town.people, "supervision.statement_wd", "5", FIRST)

    def raised():
        found = town.inspected(building)
        supervision.raise_finding(found, "设备未编号", "minor", town.actor("commerce_inspector"))
        return found

    assert _deadlines(town, raised, supervision.STATEMENT) == [date(2026, 9, 22), date(2026, 9, 29)]


def test_an_acceptance_keeps_the_numbers_of_the_day_of_its_application(town, building):
    changed(town.people, "acceptance.stage_wd", "3", FIRST)
    changed(town.people, "acceptance.max_rounds", "1", FIRST)
    made = []

    def applied():
        if not made:  # a stage is applied for once the one before is accepted
            made.append(town.accepted(building))
        else:
            made.append(acceptance.draft(building, town.actor("owner"), stage_number=2))
            acceptance.apply(made[-1], town.actor("owner"))
        return made[-1]

    assert _deadlines(town, applied, acceptance.RECEIVED) == [date(2026, 10, 15), date(2026, 9, 24)]
    town.clock.set("2026-10-12 09:00:00")
    assert [acceptance.terms_of(case).max_rounds for case in made] == [AcceptanceTerms().max_rounds, 1]


def test_a_claim_keeps_the_share_of_invoices_of_the_day_it_was_opened(town, building):
    changed(town.people, "fund.invoice_percent", "120", FIRST)
    before = town.claim(building)
    town.clock.set(f"{FIRST:%Y-%m-%d} 09:00:00")
    after = town.claim(building, 2)
    submit = fund_rules.CLAIM.move("submit")

    found = [fund_facts.claim_facts(c, submit, town.actor("owner"), town.clock.now(), {}) for c in (before, after)]

    assert [f.terms.invoice_percent for f in found] == [100, 120]
    assert ["发票合计" in "".join(u.message for u in fund_rules.materials_complete(f)) for f in found] == [False, True]


def test_a_publicity_drafted_before_a_longer_period_stays_as_it_was(town):
    changed(town.people, "disclosure.publicity_wd", "7", FIRST)
    com = town.actor("commerce_clerk")
    before = disclosure.draft("publicity", "拨付公示", "正文", com)
    town.clock.set(f"{FIRST:%Y-%m-%d} 09:00:00")
    disclosure.edit(before, "拨付公示", "改过的正文", com, days=5)

    assert before.days == 5
    assert disclosure.draft("publicity", "拨付公示", "正文", com).days == 7
    with pytest.raises(BadInput, match="不少于7个工作日"):
        disclosure.draft("publicity", "拨付公示", "正文", com, days=6)


def test_a_duty_of_a_month_or_year_goes_by_the_number_of_its_first_day(town):
    changed(town.people, "project.report_day", "8", date(2026, 10, 2))
    changed(town.people, "information.confirm_until", "4-30", date(2027, 1, 1))

    assert [project.report_due(date(2026, month, 9)).due_on.day for month in (9, 10, 11)] == [5, 5, 8]
    assert [information.terms_of(year).confirm_until for year in (2026, 2027)] == [(3, 31), (4, 30)]
