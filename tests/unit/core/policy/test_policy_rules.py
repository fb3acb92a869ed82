"""Kinds and ranges of values, the value of a day, and what a change needs; no database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policy import registry, rules
from core.policy.rules import ChangeFacts, Dated, Key, read, setting, show, text_of

DAYS = Key(
    "test.days", "陈述的时间", "working_days", 3, "R60", "监管制度", "提出问题之日", "监督检查", least=1, most=15
)
NOV = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("kind", "typed", "value", "shown"),
    [
        ("working_days", "5", 5, "5 个工作日"),
        ("days", "30", 30, "30 天"),
        ("months", "24", 24, "24 个月"),
        ("times", "5", 5, "5 倍"),
        ("percent", "90％", 90, "90%"),
        ("rounds", "2", 2, "2 次"),
        ("day_of_month", "5", 5, "5 日"),
        ("ratio", "4/6", Fraction(2, 3), "2/3"),
        ("fen", "2000.5", 200_050, "2,000.50 元"),
        ("month_day", "3-31", (3, 31), "3月31日"),
        ("day_list", "30，7,0", (30, 7, 0), "30、7、0 天"),
        ("switch", "是", True, "是"),
        ("switch", "no", False, "否"),
    ],
)
def test_a_value_is_read_shown_and_stored_by_its_kind(kind, typed, value, shown):
    assert (read(kind, typed), show(kind, value)) == (value, shown)
    assert read(kind, text_of(kind, value)) == value


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("working_days", "-1"), ("working_days", "5.5"), ("working_days", "五"), ("working_days", ""), ("days", "1" * 10),
        ("days", "५"), ("ratio", "3/2"), ("ratio", "0/3"), ("ratio", "2/0"), ("ratio", "2"), ("month_day", "2-29"), ("month_day", "13-1"),
        ("day_list", "7,30"), ("day_list", "7,7"), ("day_list", "9,8,7,6,5,4,3"), ("switch", "也许"), ("switch", "1"),
    ],
)  # fmt: skip
def test_what_is_no_value_of_the_kind_is_refused(kind, typed):
    with pytest.raises(ValueError, match=r".*"):
        read(kind, typed)


@pytest.mark.parametrize(
    ("on", "value", "since"),
    [
        (date(2026, 10, 31), 3, None),
        (NOV, 5, NOV),
        (date(2026, 12, 31), 5, NOV),
        (date(2027, 1, 1), 4, date(2027, 1, 1)),
    ],
)
def test_a_day_has_the_value_approved_for_it_and_before_that_the_default(on, value, since):
    dated = [Dated(NOV, "5"), Dated(date(2027, 1, 1), "9"), Dated(date(2027, 1, 1), "4")]

    assert rules.in_force(DAYS, dated, on) == (value, since)
    assert rules.ahead(dated, date(2026, 11, 2)) == [Dated(date(2027, 1, 1), "4")]


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 40), st.integers(1, 15)), max_size=12))
def test_what_held_on_a_day_never_changes_once_the_day_has_begun(steps):
    """Approvals come in the order of days; each one is for a later day than its own."""
    dated: list[Dated] = []
    today, seen = date(2026, 1, 1), {}
    for wait, ahead, value in steps:
        for _ in range(wait):
            seen[today] = rules.in_force(DAYS, sorted(dated, key=lambda d: d.valid_from), today)[0]
            today += timedelta(days=1)
        seen[today] = rules.in_force(DAYS, sorted(dated, key=lambda d: d.valid_from), today)[0]
        dated.append(Dated(today + timedelta(days=ahead), str(value)))

    ordered = sorted(dated, key=lambda d: d.valid_from)
    assert {day: rules.in_force(DAYS, ordered, day)[0] for day in seen} == seen


def facts(**more):
    given = ChangeFacts(
        today=date(2026, 10, 12), key=DAYS, text="5", valid_from=NOV, before=3, document="会议纪要 9 号",
        reason="三天不够企业找齐凭证。",
    )  # fmt: skip
    return replace(given, **more)


@pytest.mark.parametrize(
    ("guard", "changed", "words"),
    [
        (rules.possible, {}, ""),
        (rules.possible, {"text": "0"}, "要在1 个工作日到 15 个工作日之间"),
        (rules.possible, {"text": "16"}, "要在1 个工作日到 15 个工作日之间"),
        (rules.possible, {"text": "三"}, "看不懂"),
        (rules.possible, {"text": "3"}, "本来就是 3 个工作日"),
        (rules.possible, {"key": None}, "已经停用"),
        (rules.not_backwards, {}, ""),
        (rules.not_backwards, {"valid_from": date(2026, 10, 13)}, ""),
        (rules.not_backwards, {"valid_from": date(2026, 10, 12)}, "最早是 2026年10月13日"),
        (rules.not_backwards, {"valid_from": date(2020, 1, 1)}, "已经开始的日子不改"),
        (rules.not_backwards, {"valid_from": date(2036, 1, 1)}, "生效日太远"),
        (rules.grounds_given, {}, ""),
        (rules.grounds_given, {"reason": "要改"}, "理由太短"),
        (rules.grounds_given, {"document": " "}, "没有写依据"),
    ],
)
def test_a_change_stays_in_range_looks_forward_and_gives_its_grounds(guard, changed, words):
    found = guard(facts(**changed))

    assert bool(found) == bool(words)
    assert words in "".join(u.message for u in found)


def test_every_member_of_a_list_keeps_to_the_range():
    key = replace(DAYS, kind="day_list", default=(30, 7), least=0, most=180)

    assert not rules.out_of_range(key, (180, 0))
    assert rules.out_of_range(key, (181, 0))


def test_a_default_outside_its_own_range_is_a_defect_of_the_room():
    @dataclass(frozen=True, slots=True)
    class Wrong:
        PREFIX: ClassVar[str] = "wrong"
        TOPIC: ClassVar[str] = "追溯"
        days: int = setting("几天", "days", 9, most=5, clause="R1", source="无", clock="当日")

    with pytest.raises(ValueError, match="default"):
        registry.declare(Wrong)
    assert registry.find("wrong.days") is None
