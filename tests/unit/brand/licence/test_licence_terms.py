"""Days, years, quarters, quotas and shares of licences: at the border, before and after it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand.licence import rules, rules_guards, rules_quota, rules_sub

FIRST, LAST = date(2026, 11, 20), date(2027, 11, 19)
DAYS = st.dates(date(2025, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2026, 11, 19), "not_yet"),
        (FIRST, "in_force"),
        (date(2027, 2, 28), "in_force"),
        (date(2027, 3, 1), "suspended"),
        (date(2027, 3, 9), "suspended"),
        (date(2027, 3, 10), "in_force"),
        (LAST, "in_force"),
        (date(2027, 11, 20), "expired"),
    ],
)
def test_a_suspension_holds_from_its_first_day_until_the_day_it_is_lifted(on: date, state: str) -> None:
    pause = rules.Pause(date(2027, 3, 1), date(2027, 3, 10))
    assert rules.state_on(FIRST, LAST, None, on, [pause]) == state


def test_a_suspension_lifted_on_its_own_day_never_held() -> None:
    pause = rules.Pause(date(2027, 3, 1), date(2027, 3, 1))
    assert rules.in_force(FIRST, LAST, None, date(2027, 3, 1), [pause])


def test_an_end_within_the_term_is_told_before_a_suspension() -> None:
    pauses = [rules.Pause(date(2027, 3, 1))]
    assert rules.state_on(FIRST, LAST, date(2027, 4, 1), date(2027, 4, 1), pauses) == "withdrawn"
    assert rules.state_on(FIRST, LAST, date(2027, 4, 1), date(2027, 4, 1), pauses, replaced=True) == "replaced"


@given(DAYS, st.booleans())
def test_every_day_has_exactly_one_state_and_only_one_of_them_lets_anybody_mark(day: date, paused: bool) -> None:
    pauses = [rules.Pause(date(2027, 3, 1), date(2027, 5, 1))] if paused else []
    state = rules.state_on(FIRST, LAST, date(2027, 10, 1), day, pauses)
    free = FIRST <= day < date(2027, 10, 1) and not (paused and date(2027, 3, 1) <= day < date(2027, 5, 1))
    assert (state == "in_force") is free
    assert state in rules.STATE_LABELS


@pytest.mark.parametrize(
    ("terms", "until"),
    [
        ([], None),
        ([(FIRST, LAST)], LAST),
        ([(FIRST, LAST), (date(2027, 11, 20), date(2028, 11, 19))], date(2028, 11, 19)),
        ([(FIRST, LAST), (date(2027, 11, 21), date(2028, 11, 19))], LAST),
        ([(date(2027, 11, 20), date(2028, 11, 19))], None),
    ],
)
def test_cover_is_unbroken_only_where_terms_follow_day_by_day(terms: list[tuple[date, date]], until: date) -> None:
    assert rules.unbroken_until(terms, date(2027, 1, 1)) == until


@pytest.mark.parametrize(
    ("day", "year"),
    [(FIRST, 1), (LAST, 1), (date(2027, 11, 20), 2), (date(2028, 11, 19), 2), (date(2028, 11, 20), 3)],
)
def test_licence_years_turn_on_the_anniversary(day: date, year: int) -> None:
    assert rules.licence_year(FIRST, day) == year
    first, last = rules.year_span(FIRST, year)
    assert first <= day <= last


@given(DAYS, st.integers(0, 2000))
def test_each_day_lies_in_the_licence_year_it_is_counted_to(anchor: date, offset: int) -> None:
    day = date.fromordinal(anchor.toordinal() + offset)
    first, last = rules.year_span(anchor, rules.licence_year(anchor, day))
    assert first <= day <= last


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 12, 31), []),
        (date(2027, 1, 1), ["2026Q4"]),
        (date(2027, 4, 1), ["2026Q4", "2027Q1"]),
        (date(2028, 6, 1), ["2026Q4", "2027Q1", "2027Q2", "2027Q3", "2027Q4"]),
    ],
)
def test_a_quarter_is_reported_when_it_has_ended(today: date, due: list[str]) -> None:
    assert rules.quarters_due(FIRST, LAST, today) == due
    assert rules.report_due("2026Q4", 15) == date(2027, 1, 15)


@pytest.mark.parametrize("text", ["", "2026Q5", "2026q1", "20260Q", "Q1", "2026-1"])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no quarter"):
        rules.quarter_span(text)


@pytest.mark.parametrize(
    ("today", "helps"),
    [
        (date(2027, 9, 19), ["2027-09-20 起可以提交。"]),
        (date(2027, 9, 20), []),
        (LAST, []),
        (date(2028, 1, 18), []),
        (date(2028, 1, 19), ["已经过了续期的时间，请按新申请办理。"]),
    ],
)
def test_a_renewal_is_asked_for_within_its_window_and_told_what_to_do_outside_it(today: date, helps: list[str]) -> None:
    facts = rules.LicenceFacts(today, kind="renewal", predecessor_state="licensed", predecessor_until=LAST)
    found = rules_guards.predecessor_sound(facts)
    assert [(u.rule, u.help) for u in found] == [("PP-22", text) for text in helps]


@pytest.mark.parametrize(
    ("start", "rules_broken"),
    [(date(2027, 11, 19), ["PP-24"]), (date(2027, 11, 20), []), (date(2027, 11, 21), ["PP-24"])],
)
def test_a_renewal_leaves_no_gap_and_no_overlap(start: date, rules_broken: list[str]) -> None:
    facts = rules.LicenceFacts(
        date(2027, 10, 1), kind="renewal", predecessor_until=LAST, valid_from=start, valid_until=date(2028, 11, 1)
    )
    assert [u.rule for u in rules_guards.term_sound(facts)] == rules_broken


def test_a_change_keeps_the_last_day_and_never_grants_less_than_is_used() -> None:
    row = rules.ScopeRow("fuji", "fresh", "apple-80", 5_000, label="富士")
    facts = rules.LicenceFacts(
        date(2027, 1, 1), rows=(row,), kind="change", predecessor_state="licensed", predecessor_until=LAST,
        valid_from=date(2027, 1, 1), valid_until=date(2028, 1, 1), used={row.key: 6_000},
    )  # fmt: skip
    assert [u.rule for u in rules_guards.term_sound(facts)] == ["PP-25"]
    assert [u.rule for u in rules_guards.predecessor_sound(facts)] == ["PP-23"]


@pytest.mark.parametrize(
    ("state", "until", "provisional", "today", "rule"),
    [
        ("screened", None, False, date(2026, 11, 20), "PP-30"),
        ("publicised", date(2026, 11, 27), True, date(2026, 12, 20), "PP-31"),
        ("publicised", date(2026, 11, 27), False, date(2026, 11, 27), "PP-32"),
        ("publicised", date(2026, 11, 27), False, date(2026, 11, 28), None),
    ],
)
def test_nothing_is_approved_before_its_publication_period_is_over(
    state: str, until: date | None, provisional: bool, today: date, rule: str | None
) -> None:
    facts = rules.LicenceFacts(
        today, state=state, procedure=rules.Procedure(publicity_days=5), publicity_until=until,
        publicity_provisional=provisional,
    )  # fmt: skip
    assert [u.rule for u in rules_guards.publicity_over(facts)] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("grounds", "reason", "broken"),
    [
        ((), "基地证明与实地不符，差距很大。", ["PP-34"]),
        (("origin", "nonsense"), "基地证明与实地不符，差距很大。", ["PP-34"]),
        (("origin",), "不符。", ["PP-35"]),
        (("origin", "quality"), "基地证明与实地不符，差距很大。", []),
        (None, None, []),
    ],
)
def test_a_refusal_cites_published_conditions_and_says_what_was_found(
    grounds: tuple[str, ...] | None, reason: str | None, broken: list[str]
) -> None:
    facts = rules.LicenceFacts(FIRST, grounds=grounds, reason=reason)
    assert [u.rule for u in rules_guards.grounds_cited(facts)] == broken


@given(
    st.integers(1, 10**9), st.integers(0, 10**9), st.integers(1, 10**5), st.integers(1, 50_000),
    st.none() | st.tuples(st.integers(1, 10**9), st.integers(0, 10**9)),
)  # fmt: skip
def test_a_draw_is_let_through_exactly_when_nothing_would_go_below_zero(
    granted: int, used: int, pieces: int, net: int, share: tuple[int, int] | None
) -> None:
    used = min(used, granted)
    part, part_used = share if share is not None else (None, 0)
    facts = rules_quota.QuotaFacts(granted, used, part, min(part_used, part or 0))
    ok = granted - used >= pieces * net and (part is None or part - min(part_used, part) >= pieces * net)
    unmet = rules_quota.unmet_draw(facts, pieces, net)
    assert (not unmet) is ok
    if unmet:
        assert facts.pieces_left(net) < pieces
        assert f"{facts.pieces_left(net):,} 张" in unmet[0].message


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({}, []),
        ({"licence_state": "suspended"}, ["SL-01"]),
        ({"row_grams": 0}, ["SL-02"]),
        ({"grams": 1001}, ["SL-03"]),
        ({"grams": 0}, ["SL-04"]),
        ({"valid_from": date(2027, 11, 1), "valid_until": date(2027, 10, 1)}, ["SL-05"]),
        ({"valid_until": date(2027, 11, 20)}, ["SL-06"]),
        ({"today": date(2027, 11, 20)}, ["SL-07"]),
        ({"partner_active": False}, ["SL-08"]),
        ({"partner_kind": "bureau"}, ["SL-09"]),
        ({"partner_has_own": True, "other_live": True}, ["SL-10", "SL-11"]),
    ],
)
def test_a_share_stays_within_the_licence_and_goes_to_a_fit_partner(
    changes: dict[str, object], broken: list[str]
) -> None:
    values: dict[str, object] = {
        "today": FIRST, "valid_from": FIRST, "valid_until": LAST, "grams": 1000, "licence_until": LAST, "row_grams": 1000,
    }  # fmt: skip
    facts = rules_sub.SubFacts(**(values | changes))  # type: ignore[arg-type]
    assert [u.rule for guard in rules_sub.CONDITIONS for u in guard(facts)] == broken


@pytest.mark.parametrize(
    ("ended", "pauses", "held"),
    [
        (None, [], [(1, 30)]),
        (20, [], [(1, 19)]),
        (1, [], []),
        (None, [(5, None)], [(1, 4)]),
        (None, [(1, 3)], [(3, 30)]),
        (None, [(10, 12), (5, 8)], [(1, 4), (8, 9), (12, 30)]),
        (None, [(5, 5)], [(1, 4), (5, 30)]),
        (7, [(5, 7)], [(1, 4)]),
        (None, [(28, 31)], [(1, 27)]),
    ],
)
def test_the_days_a_licence_held_are_its_term_without_end_and_suspensions(
    ended: int | None, pauses: list[tuple[int, int | None]], held: list[tuple[int, int]]
) -> None:
    def day(n: int) -> date:
        return date(2026, 10, n)

    given = [rules.Pause(day(a), day(b) if b else None) for a, b in pauses]
    found = rules.spells(day(1), day(30), day(ended) if ended else None, given)

    assert found == [(day(a), day(b)) for a, b in held]
    for n in range(1, 31):
        holds = rules.in_force(day(1), day(30), day(ended) if ended else None, day(n), given)
        assert any(a <= day(n) <= b for a, b in found) == holds
