"""Rules of the information form: pasted stores, numbers that fit together, the season of the yearly confirmation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.information.rules import (
    COUNTS,
    FIGURES,
    MOST_STORES,
    Store,
    changed_fields,
    data_faults,
    due_on,
    missing,
    read_stores,
    reminder_step,
    standing,
)
from admin.information.rules_policy import InformationTerms

SHOP = "https://shop.example.cn/1"
TERMS = InformationTerms()


def test_pasted_stores_are_read_with_any_separator() -> None:
    text = f"淘宝，示例果园，{SHOP}\n\n京东,示例果园,{SHOP}\n抖音\t示例直播\t{SHOP}\n线下门店|示例门市"
    stores, faults = read_stores(text)
    assert faults == []
    assert stores == [
        Store("淘宝", "示例果园", SHOP), Store("京东", "示例果园", SHOP), Store("抖音", "示例直播", SHOP), Store("线下门店", "示例门市"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"某宝，示例果园，{SHOP}", "XX-02"),
        (f"淘宝，，{SHOP}", "XX-03"),
        ("淘宝", "XX-03"),
        (f"淘宝，{'长' * 61}，{SHOP}", "XX-03"),
        ("淘宝，示例果园，", "XX-04"),
        ("淘宝，示例果园，javascript:alert(1)", "XX-04"),
        ("淘宝，示例果园，https://shop.example.cn/<script>", "XX-04"),
        (f"淘宝，示例果园，https://shop.example.cn/{'a' * 300}", "XX-04"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_by_its_number(line: str, code: str) -> None:
    stores, faults = read_stores(f"京东，示例果园，{SHOP}\n{line}")
    assert [f.rule for f in faults] == [code]
    assert "第 2 行" in faults[0].message
    assert len(stores) == 1


def test_the_same_store_twice_and_too_many_lines_are_refused() -> None:
    assert [f.rule for f in read_stores(f"淘宝，示例，{SHOP}\n淘宝，示例，{SHOP}/2")[1]] == ["XX-05"]
    lines = [f"淘宝，示例{n}，{SHOP}" for n in range(MOST_STORES + 1)]
    assert [f.rule for f in read_stores("\n".join(lines))[1]] == ["XX-01"]
    assert read_stores("\n".join(lines[1:]))[1] == []


@given(st.text(max_size=200))
def test_whatever_is_pasted_is_read_or_explained(text: str) -> None:
    stores, faults = read_stores(text)
    assert len(stores) + len(faults) >= len([line for line in text.splitlines() if line.strip()])


def test_parts_do_not_exceed_the_whole() -> None:
    assert data_faults({"staff": 10, "staff_local": 10, "turnover_fen": 5, "retail_fen": 5}) == []
    assert [f.rule for f in data_faults({"staff": 9, "staff_local": 10})] == ["XX-07"]
    assert [f.rule for f in data_faults({"turnover_fen": 4, "retail_fen": 5})] == ["R84"]
    for key, (label, limit) in COUNTS.items():
        for wrong in (-1, limit + 1):
            assert label in data_faults({key: wrong})[0].message


def test_an_empty_figure_is_missing_and_nought_is_not() -> None:
    assert len(missing({})) == len(COUNTS) + len(FIGURES)
    assert missing(dict.fromkeys([*COUNTS, *FIGURES], 0)) == []


@pytest.mark.parametrize(
    ("left", "step"), [(31, None), (30, 30), (8, 30), (7, 7), (1, 7), (0, 0), (-1, 0), (-59, 0), (-60, None)]
)
def test_the_reminder_due_is_the_latest_whose_day_came(left: int, step: int | None) -> None:
    day = due_on(2027, TERMS) - timedelta(days=left)
    assert reminder_step(day, TERMS) == (None if step is None else (2027, step))


def test_the_last_day_is_the_towns() -> None:
    assert due_on(2027, replace(TERMS, confirm_until=(6, 30))) == date(2027, 6, 30)


def test_the_history_names_what_changed() -> None:
    labels = {"staff": "从业人数", "land_m2": "种植面积"}
    assert changed_fields({"staff": 1, "land_m2": 2}, {"staff": 1, "land_m2": 3}, labels) == ["种植面积"]
    assert changed_fields({}, {"staff": 0}, labels) == ["从业人数"]


@pytest.mark.parametrize(
    ("today", "entered", "words"),
    [
        (date(2026, 3, 1), date(2025, 1, 1), "30 天内确认"),
        (date(2026, 3, 31), date(2025, 1, 1), "今天截止"),
        (date(2026, 4, 1), date(2025, 1, 1), "缺报"),
        (date(2026, 4, 1), date(2026, 3, 31), "缺报"),
        (date(2026, 9, 10), date(2026, 4, 1), "截止以后入驻，请尽快确认"),
        (date(2026, 4, 1), None, "缺报"),
    ],
)
def test_only_who_was_here_before_the_last_day_is_called_missing(today: date, entered: date | None, words: str) -> None:
    assert standing(today, date(2026, 3, 31), entered) == words
