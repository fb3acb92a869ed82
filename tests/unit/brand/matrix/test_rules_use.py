"""Rules of use by version: what may be published, and which version holds on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from brand.matrix import rules_use
from brand.matrix.rules_use import Charge, UseFacts, changes, in_force, last_days, read_ref, split

BODY = "总则写在前面。\n第一条 谁可以用。\n第二条　怎么用。\n接着写第二条。"
GOOD = UseFacts(date(2026, 9, 1), "示例使用管理规则", BODY, "", date(2026, 9, 10), None, True, ())
FEE = Charge("fee", "示例使用费", 1200, "yearly", "示例文件〔2026〕1号")


def _unmet(facts: UseFacts) -> list[str]:
    guards = (rules_use.text_complete, rules_use.dates_sound, rules_use.charges_stated)
    return [u.rule for guard in guards for u in guard(facts)]


def test_a_complete_version_has_nothing_unmet() -> None:
    assert _unmet(GOOD) == []


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({"title": ""}, ["GZ-01"]),
        ({"body": "没有条号的文字"}, ["GZ-02"]),
        ({"body": "第一条 甲\n第一条 乙"}, ["GZ-03"]),
        ({"body": "第一条\n第二条 乙"}, ["GZ-04"]),
        ({"previous_from": date(2026, 8, 1)}, ["GZ-05"]),
        ({"effective_from": None}, ["GZ-06"]),
        ({"effective_from": date(2026, 8, 31)}, ["GZ-07"]),
        ({"effective_from": date(2026, 9, 1)}, []),
        ({"previous_from": date(2026, 9, 10), "change_note": "改了第二条"}, ["GZ-08"]),
        ({"previous_from": date(2026, 9, 9), "change_note": "改了第二条"}, []),
        ({"charges": (FEE,)}, ["GZ-09"]),
        ({"free": False}, ["GZ-10"]),
        ({"free": False, "charges": (replace(FEE, basis=""),)}, ["GZ-11"]),
        ({"free": False, "charges": (FEE,)}, []),
    ],
)
def test_each_fault_of_a_version_is_named(change: dict[str, object], rules: list[str]) -> None:
    assert _unmet(replace(GOOD, **change)) == rules


def test_everything_unmet_is_told_at_once() -> None:
    bare = UseFacts(date(2026, 9, 1))

    assert _unmet(bare) == ["GZ-01", "GZ-02", "GZ-06", "GZ-10"]


def test_articles_are_read_with_the_lines_that_follow_them() -> None:
    preamble, articles = split(BODY)

    assert preamble == "总则写在前面。"
    assert [(a.number, a.text) for a in articles] == [("第一条", "谁可以用。"), ("第二条", "怎么用。\n接着写第二条。")]
    assert [a.number for a in split("第12条 甲\n第一百零三条 乙\n第条 丙")[1]] == ["第12条", "第一百零三条"]


def test_a_later_text_is_compared_article_by_article() -> None:
    found = changes("第一条 甲\n第二条 乙", "第一条 甲\n第三条 丙\n第二条 乙改")

    assert [(c.kind, c.number) for c in found] == [("added", "第三条"), ("changed", "第二条")]
    assert [(c.kind, c.number) for c in changes("第一条 甲", "")] == [("dropped", "第一条")]


STARTS = [(1, date(2026, 1, 1)), (3, date(2026, 9, 10)), (2, date(2026, 6, 1))]


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), 1),
        (date(2026, 5, 31), 1),
        (date(2026, 6, 1), 2),
        (date(2026, 9, 9), 2),
        (date(2026, 9, 10), 3),
    ],
)
def test_the_version_in_force_changes_at_the_start_of_its_first_day(day: date, number: int | None) -> None:
    assert in_force(STARTS, day) == number


def test_a_version_holds_until_the_next_one_begins() -> None:
    assert last_days(STARTS) == {1: date(2026, 6, 1), 2: date(2026, 9, 10), 3: None}


@pytest.mark.parametrize(
    ("text", "found"),
    [("linyi-apple-2", ("linyi-apple", 2)), ("yidun-12", ("yidun", 12)), ("1", None), ("", None), ("yidun-", None)],
)
def test_a_reference_is_read_back(text: str, found: tuple[str, int] | None) -> None:
    assert read_ref(text) == found
    assert found is None or rules_use.ref(*found) == text
