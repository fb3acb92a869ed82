"""Licence rules: every condition, the limits of time, the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand.licence import rules
from brand.licence.rules import Evidence, LicenceFacts, ScopeRow
from core import clock
from core.account.actor import SYSTEM, Actor
from core.workflow.table import PastMove, check, faults

TODAY = date(2026, 11, 23)
FUJI = ScopeRow("fuji", "fresh", "box-5kg", 126_000_000, species="apple", label="富士，鲜果，5 kg 箱", id=1)
GALA = ScopeRow("gala", "fresh", "box-5kg", 20_000_000, species="apple", label="嘎啦，鲜果，5 kg 箱", id=2)
GOOD = LicenceFacts(
    today=TODAY,
    rows=(FUJI,),
    evidence=(
        Evidence("base", date(2025, 3, 1), date(2029, 3, 31)),
        Evidence("test_report", date(2026, 11, 2)),
        Evidence("packaging", specification="box-5kg"),
    ),
    brand_species="apple",
)


def broken(facts: LicenceFacts) -> set[str]:
    return {u.rule for u in rules.unfit(facts)}


def test_a_complete_application_has_nothing_unmet() -> None:
    assert broken(GOOD) == set()


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (replace(GOOD, organisation_active=False), "PP-01"),
        (replace(GOOD, organisation_has_uscc=False), "PP-02"),
        (replace(GOOD, rules_accepted=False), "PP-03"),
        (replace(GOOD, rows=()), "PP-04"),
        (replace(GOOD, rows=(replace(FUJI, yearly_grams=0),)), "PP-05"),
        (replace(GOOD, rows=(replace(FUJI, yearly_grams=rules.MAX_YEARLY_GRAMS + 1),)), "PP-05"),
        (replace(GOOD, rows=(replace(FUJI, species="jujube"),)), "PP-06"),
        (replace(GOOD, rows=(FUJI, replace(FUJI, id=2))), "PP-07"),
        (replace(GOOD, evidence=GOOD.evidence[1:]), "PP-08"),
        (replace(GOOD, evidence=(GOOD.evidence[0], GOOD.evidence[2])), "PP-09"),
        (replace(GOOD, evidence=(*GOOD.evidence[:1], Evidence("test_report"), GOOD.evidence[2])), "PP-10"),
        (replace(GOOD, evidence=(*GOOD.evidence, Evidence("organic", valid_until=date(2026, 11, 22)))), "PP-11"),
        (replace(GOOD, evidence=GOOD.evidence[:2]), "PP-12"),
        (replace(GOOD, overlapping=("富士，鲜果，5 kg 箱",)), "PP-13"),
        (replace(GOOD, brand_active=False), "PP-14"),
    ],
)
def test_each_condition_is_told_by_its_own_rule(facts: LicenceFacts, rule: str) -> None:
    assert broken(facts) == {rule}


def test_everything_unmet_is_told_at_once_each_with_what_helps() -> None:
    worst = LicenceFacts(
        today=TODAY, organisation_active=False, organisation_has_uscc=False, rules_accepted=False, brand_active=False
    )
    unmet = rules.unfit(worst)
    assert {u.rule for u in unmet} == {"PP-01", "PP-02", "PP-03", "PP-04", "PP-08", "PP-09", "PP-14"}
    assert all(u.message and u.help and u.who for u in unmet)


@pytest.mark.parametrize(
    ("issued", "fresh"),
    [(date(2026, 5, 22), False), (date(2026, 5, 23), True), (date(2026, 11, 23), True), (date(2026, 11, 24), False)],
)
def test_a_test_report_counts_for_six_months(issued: date, fresh: bool) -> None:
    facts = replace(GOOD, evidence=(GOOD.evidence[0], Evidence("test_report", issued), GOOD.evidence[2]))
    assert ("PP-10" not in broken(facts)) is fresh


@pytest.mark.parametrize(
    ("until", "expired"), [(date(2026, 11, 22), True), (TODAY, False), (date(2026, 11, 24), False)]
)
def test_evidence_holds_on_its_last_day(until: date, expired: bool) -> None:
    facts = replace(GOOD, evidence=(Evidence("base", None, until), *GOOD.evidence[1:]))
    assert ("PP-11" in broken(facts)) is expired


def test_a_row_that_is_not_ticked_asks_for_no_packaging_sample() -> None:
    other = replace(GALA, specification="box-2kg")
    facts = replace(GOOD, rows=(FUJI, other))
    assert broken(facts) == {"PP-12"}
    assert broken(replace(facts, ticked=(1,))) == set()


@pytest.mark.parametrize(
    ("ticked", "start", "end", "rule"),
    [
        ((), None, None, "PP-15"),
        ((1,), date(2026, 11, 22), date(2027, 11, 21), "PP-16"),
        ((1,), TODAY, date(2026, 11, 22), "PP-17"),
        ((1,), TODAY, date(2029, 11, 23), "PP-17"),
    ],
)
def test_a_decision_needs_rows_and_a_sound_term(
    ticked: tuple[int, ...], start: date | None, end: date | None, rule: str
) -> None:
    facts = replace(GOOD, ticked=ticked, valid_from=start, valid_until=end)
    assert [u.rule for u in rules.term_sound(facts)] == [rule]


@pytest.mark.parametrize("end", [TODAY, date(2029, 11, 22)])
def test_one_day_and_three_years_are_sound_terms(end: date) -> None:
    assert rules.term_sound(replace(GOOD, ticked=(1,), valid_from=TODAY, valid_until=end)) == []


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        ("2026-05-31 23:59:59", False),
        ("2026-06-01 00:00:00", True),
        ("2027-05-31 23:59:59", True),
        ("2027-06-01 00:00:00", False),
    ],
)
def test_a_licence_ends_at_midnight_after_its_last_day_in_shanghai(moment: str, holds: bool) -> None:
    local = datetime.fromisoformat(moment).replace(tzinfo=clock.SHANGHAI)
    as_stored = local.astimezone(UTC)
    assert rules.in_force_at(date(2026, 6, 1), date(2027, 5, 31), None, clock.local(as_stored)) is holds


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 5, 31), "not_yet"),
        (date(2026, 6, 1), "in_force"),
        (date(2026, 8, 31), "in_force"),
        (date(2026, 9, 1), "withdrawn"),
        (date(2028, 1, 1), "withdrawn"),
    ],
)
def test_a_withdrawal_holds_from_its_own_day_on(day: date, state: str) -> None:
    assert rules.state_on(date(2026, 6, 1), date(2027, 5, 31), date(2026, 9, 1), day) == state


def test_expiry_is_told_the_day_after() -> None:
    assert rules.state_on(date(2026, 6, 1), date(2027, 5, 31), None, date(2027, 5, 31)) == "in_force"
    assert rules.state_on(date(2026, 6, 1), date(2027, 5, 31), None, date(2027, 6, 1)) == "expired"


@given(
    st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 1200), st.dates(date(2020, 1, 1), date(2034, 12, 31))
)
def test_state_and_force_always_agree(start: date, length: int, day: date) -> None:
    end = date.fromordinal(start.toordinal() + length)
    assert (rules.state_on(start, end, None, day) == "in_force") is rules.in_force(start, end, None, day)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 11, 23), date(2027, 11, 22)),
        (date(2024, 2, 29), date(2025, 2, 27)),
        (date(2027, 1, 1), date(2027, 12, 31)),
    ],
)
def test_the_usual_term_is_twelve_months(start: date, end: date) -> None:
    assert rules.default_term(start, 12) == (start, end)


def test_months_end_on_the_last_day_there_is() -> None:
    assert rules.add_months(date(2026, 8, 31), -6) == date(2026, 2, 28)
    assert rules.add_months(date(2026, 8, 31), 1) == date(2026, 9, 30)
    assert rules.add_months(date(2026, 12, 1), 1) == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("variety", "form", "specification", "covered"),
    [
        ("fuji", "fresh", "box-5kg", True),
        ("gala", "fresh", "box-5kg", False),
        ("fuji", "dried", "box-5kg", False),
        ("fuji", "fresh", "box-2kg", False),
        ("", "", "", False),
    ],
)
def test_a_licence_covers_what_matches_in_all_three(variety: str, form: str, specification: str, covered: bool) -> None:
    assert rules.covers([FUJI], variety, form, specification) is covered


def test_the_table_is_well_formed() -> None:
    assert faults(rules.LICENCE) == []


CLERK = Actor(
    user_id=1,
    organisation_id=9,
    organisation_kind="brand_office",
    role="brand_clerk",
    permissions=frozenset({rules.SCREEN}),
)
DECIDER = Actor(
    user_id=2,
    organisation_id=9,
    organisation_kind="brand_office",
    role="brand_decider",
    permissions=frozenset({rules.DECIDE}),
)
BOTH = replace(CLERK, permissions=frozenset({rules.SCREEN, rules.DECIDE}))


@pytest.mark.parametrize("screening", ["screen", "advise_against"])
@pytest.mark.parametrize("deciding", ["approve", "refuse"])
def test_who_screened_cannot_decide_whatever_the_opinion(screening: str, deciding: str) -> None:
    move = rules.LICENCE.move(deciding)
    past = [PastMove("submit", "user:7"), PastMove(screening, BOTH.person_key)]
    facts = replace(GOOD, ticked=(1,), valid_from=TODAY, valid_until=TODAY)
    mine = check(rules.LICENCE, move, state="screened", actor=BOTH, owns=False, past=past, facts=facts, reason="理由")
    others = check(
        rules.LICENCE, move, state="screened", actor=DECIDER, owns=False, past=past, facts=facts, reason="理由"
    )
    assert [u.rule for u in mine] == [f"brand.licence.{deciding}.four_eyes"]
    assert others == []


def test_a_refusal_needs_its_reasons() -> None:
    move = rules.LICENCE.move("refuse")
    unmet = check(rules.LICENCE, move, state="screened", actor=DECIDER, owns=False, facts=GOOD, reason="  ")
    assert [u.rule for u in unmet] == ["brand.licence.refuse.reason"]


@pytest.mark.parametrize(("today", "refused"), [(date(2027, 5, 31), True), (date(2027, 6, 1), False)])
def test_the_system_lets_expire_only_what_is_past_its_day(today: date, refused: bool) -> None:
    facts = replace(GOOD, today=today, valid_until=date(2027, 5, 31))
    unmet = check(rules.LICENCE, rules.LICENCE.move("expire"), state="licensed", actor=SYSTEM, owns=False, facts=facts)
    assert bool(unmet) is refused


def test_the_count_of_conditions_is_never_below_what_can_be_unmet() -> None:
    worst = replace(
        GOOD,
        rows=(replace(FUJI, yearly_grams=0, species="x"), replace(FUJI, yearly_grams=0, species="x", id=2)),
        evidence=(),
    )
    assert rules.condition_count(worst) >= len(rules.unfit(worst))


def test_numbers_are_printed_with_four_digits() -> None:
    assert rules.licence_no(2026, 7) == "猗品授〔2026〕0007号"
