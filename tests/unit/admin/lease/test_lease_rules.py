"""Rules of leases: what may be offered, what a lease is called on a day, how many months count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.lease.rules import LEASE, LONGEST_YEARS, Terms, chip, months_between, offer_faults, reminder_due

FIRST, LAST = date(2026, 3, 1), date(2027, 2, 28)
SOUND = Terms("A-101", 300, 300, FIRST, LAST, "storage", 0)


def test_sound_terms_have_no_fault() -> None:
    assert offer_faults(SOUND) == []
    assert offer_faults(replace(SOUND, starts_on=LAST)) == []  # one day is a lease


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"rival": (FIRST, LAST)}, "2026-03-01–2027-02-28已出租"),
        ({"area_m2": 0}, "1 到 300 平方米"),
        ({"area_m2": 301}, "1 到 300 平方米"),
        ({"ends_on": FIRST - timedelta(days=1)}, "结束日早于开始日"),
        ({"ends_on": date(FIRST.year + LONGEST_YEARS + 1, 1, 1)}, "最长 20 年"),
        ({"purpose": "housing"}, "不在园区允许用途内"),
        ({"monthly_rent_fen": -1}, "不能是负数"),
        ({"deposit_fen": -1}, "不能是负数"),
    ],
)
def test_each_fault_is_named_alone_with_what_to_do(changed: dict[str, object], words: str) -> None:
    (found,) = offer_faults(replace(SOUND, **changed))  # type: ignore[arg-type]
    assert words in found.message
    assert found.help


def test_all_faults_are_told_at_once() -> None:
    assert (
        len(offer_faults(replace(SOUND, area_m2=0, purpose="housing", monthly_rent_fen=-1, rival=(FIRST, LAST)))) == 4
    )


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (FIRST - timedelta(days=1), "已签租，待起租"),
        (FIRST, "租赁中"),
        (LAST, "租赁中"),
        (LAST + timedelta(days=1), "租期已满，待续租或腾退"),
    ],
)
def test_a_started_lease_is_called_by_the_day(day: date, label: str) -> None:
    assert chip("running", FIRST, LAST, day)[0] == label


def test_other_states_do_not_go_by_the_day() -> None:
    for state in LEASE.states:
        if state.key != "running":
            names = {chip(state.key, FIRST, LAST, day) for day in (date(2020, 1, 1), FIRST, date(2030, 1, 1))}
            assert names == {(state.label, state.tone)}


DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))


@given(st.lists(DAYS, min_size=3, max_size=3), DAYS, DAYS)
def test_months_of_two_halves_are_those_of_the_whole_or_differ_by_the_split_month(
    days: list[date], low: date, high: date
) -> None:
    start, middle, end = sorted(days)
    whole = months_between(low, high, start, end)
    halves = months_between(low, high, start, middle) + months_between(low, high, middle + timedelta(days=1), end)
    assert abs(whole - halves) <= 1
    assert whole <= (end.year - start.year) * 12 + end.month - start.month + 1
    assert whole == months_between(start, end, low, high)  # the shared days are the same either way


def test_fifteen_days_of_a_month_count_and_fourteen_do_not() -> None:
    assert months_between(date(2026, 1, 1), date(2026, 12, 31), date(2026, 1, 17), date(2026, 1, 31)) == 1
    assert months_between(date(2026, 1, 1), date(2026, 12, 31), date(2026, 1, 18), date(2026, 1, 31)) == 0
    assert months_between(date(2026, 1, 1), date(2026, 12, 31), date(2026, 1, 1), date(2026, 12, 31)) == 12
    assert months_between(date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28)) == 0


@pytest.mark.parametrize(
    ("left", "sent", "due"),
    [
        (61, (), None),
        (60, (), 60),
        (31, (60,), None),
        (30, (60,), 30),
        (30, (), 30),  # the first was missed: the nearest is told, not both
        (29, (60, 30), None),
        (0, (60,), 30),
        (-1, (), None),
    ],
)
def test_the_nearest_notice_of_the_end_is_due_once(left: int, sent: tuple[int, ...], due: int | None) -> None:
    assert reminder_due(FIRST, LAST, LAST - timedelta(days=left), sent, (60, 30)) == due


def test_a_short_or_coming_lease_has_no_notice_at_its_signing() -> None:
    end = FIRST + timedelta(days=45)
    assert reminder_due(FIRST, end, FIRST, (), (60, 30)) is None
    assert reminder_due(FIRST, end, end - timedelta(days=30), (), (60, 30)) == 30
    assert reminder_due(FIRST, end, FIRST - timedelta(days=1), (), (60, 45)) is None
