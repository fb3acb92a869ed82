"""Each number of the town acts: the same facts are decided otherwise by another value (docs/adr/0103)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from admin.acceptance import rules as acceptance
from admin.acceptance.rules import CaseFacts, MemberFacts
from admin.acceptance.rules_policy import AcceptanceTerms
from admin.disclosure import rules as disclosure
from admin.disclosure.rules_policy import DisclosureTerms
from admin.fund import rules as fund
from admin.fund import rules_watch as watch
from admin.fund.rules_policy import FundTerms
from admin.fund.rules_watch import Late, WatchFacts
from admin.information import rules as information
from admin.information.rules_policy import InformationTerms
from admin.project import rules as project
from core.calendar.rules import Deadline

DAY = date(2026, 10, 12)


def seats(yes, no=0):
    return tuple(MemberFacts("COM", f"user:{i}", i == 0, True, i < yes) for i in range(yes + no))


def case(**more):
    return CaseFacts(today=DAY, kind="final", progress_percent=100, **more)


@pytest.mark.parametrize(
    ("guard", "facts", "lax", "strict"),
    [
        (acceptance.enough_votes, {"members": seats(3, 2)}, {"pass_share": Fraction(1, 2)}, {"pass_share": Fraction(2, 3)}),
        (acceptance.enough_votes, {"members": seats(4, 2)}, {"pass_share": Fraction(2, 3)}, {"pass_share": Fraction(3, 4)}),
        (acceptance.really_operating, {"operation_days": 45}, {"operation_days": 45}, {"operation_days": 46}),
        (acceptance.rounds_left, {"round": 2}, {"max_rounds": 3}, {"max_rounds": 2}),
        (acceptance.rounds_used, {"round": 2}, {"max_rounds": 2}, {"max_rounds": 3}),
    ],
)  # fmt: skip
def test_an_acceptance_is_decided_by_the_number_it_is_given(guard, facts, lax, strict):
    assert guard(case(**facts, terms=AcceptanceTerms(**lax))) == []
    assert guard(case(**facts, terms=AcceptanceTerms(**strict))) != []


@pytest.mark.parametrize(("odd", "said"), [(True, True), (False, False)])
def test_an_even_group_is_refused_where_the_town_wants_an_odd_one(odd, said):
    found = acceptance.group_formed(case(members=seats(4), terms=AcceptanceTerms(odd_group=odd)))

    assert any("须为单数" in u.message for u in found) is said


@pytest.mark.parametrize(("percent", "short"), [(80, False), (100, True), (50, False), (81, True)])
def test_invoices_cover_the_share_of_the_claim_the_town_asks_for(percent, short):
    facts = fund.ClaimFacts(
        today=DAY, gross_fen=1_000, net_fen=900, figures=fund.FundFigures(1_000), stage_award_fen=1_000, stage_number=1,
        evidence=frozenset(fund.MATERIALS), invoices_fen=800, terms=FundTerms(invoice_percent=percent),
    )  # fmt: skip

    assert bool(fund.materials_complete(facts)) is short


@pytest.mark.parametrize(("day", "late"), [(5, True), (8, True), (9, False), (28, False)])
def test_a_report_is_late_after_the_day_it_is_given(day, late):
    assert project.report_due(date(2026, 11, 9), day).late is late


@pytest.mark.parametrize(
    ("least", "kind", "short"), [(5, "publicity", False), (8, "publicity", True), (8, "funds", False)]
)
def test_a_publicity_lasts_at_least_what_the_town_asks_for(least, kind, short):
    facts = disclosure.ItemFacts(kind, "题", "文", 7, terms=DisclosureTerms(publicity_wd=least))

    assert bool(disclosure.complete_text(facts)) is short


@pytest.mark.parametrize(
    ("until", "steps", "today", "step"),
    [
        ((3, 31), (30, 7, 0), date(2027, 3, 1), (2027, 30)),
        ((3, 31), (30, 7, 0), date(2027, 3, 30), (2027, 7)),
        ((4, 30), (30, 7, 0), date(2027, 3, 1), None),
        ((4, 30), (60, 7, 0), date(2027, 3, 1), (2027, 60)),
        ((4, 30), (60, 7, 0), date(2027, 4, 30), (2027, 0)),
    ],
)
def test_enterprises_are_reminded_by_the_day_and_the_steps_of_the_year(until, steps, today, step):
    terms = InformationTerms(confirm_until=until, reminder_days=steps)

    assert information.reminder_step(today, terms) == step
    assert information.due_on(2027, terms) == date(2027, *until)


@pytest.mark.parametrize(
    ("facts", "rules"),
    [
        ({"own_fen": 99, "award_fen": 100}, ["R10"]),
        ({"own_fen": 99, "award_fen": 100, "own_percent": 50}, []),
        ({"own_fen": 50, "award_fen": 101, "own_percent": 50}, ["R10"]),
        ({"unconfirmed": [Late("BF-1", Deadline(DAY))]}, []),
        ({"unconfirmed": [Late("BF-1", Deadline(DAY - timedelta(days=1)))]}, ["B4"]),
        ({"unconfirmed": [Late("BF-1", Deadline(DAY - timedelta(days=1), provisional=True))]}, []),
        ({"overdue_fixes": 2}, []),
        ({"overdue_fixes": 3}, ["R56"]),
        ({"overdue_fixes": 2, "exit_after": 2}, ["R56"]),
        ({"quarter": "2026年第3季度", "quarter_until": Deadline(DAY)}, []),
        ({"quarter": "2026年第3季度", "quarter_until": Deadline(DAY - timedelta(days=1))}, ["R23"]),
        ({"quarter": "", "quarter_until": Deadline(DAY - timedelta(days=1))}, []),
    ],
)
def test_the_desk_is_reminded_where_a_number_is_passed_and_not_before(facts, rules):
    assert [u.rule for u in watch.hints(WatchFacts(today=DAY, **facts))] == rules


@pytest.mark.parametrize(
    ("today", "quarter"),
    [
        (date(2026, 1, 1), (date(2025, 10, 1), date(2025, 12, 31))),
        (date(2026, 3, 31), (date(2025, 10, 1), date(2025, 12, 31))),
        (date(2026, 10, 1), (date(2026, 7, 1), date(2026, 9, 30))),
    ],
)
def test_the_quarter_that_is_asked_about_is_the_last_one_over(today, quarter):
    assert watch.last_quarter(today) == quarter
