"""Targets: thresholds, strictness, conflicts, absence; months and breaks of the series."""

from __future__ import annotations

from datetime import date

import pytest

from admin.statistics import rules as statistics
from admin.statistics.rules import Month
from admin.target import rules
from admin.target.rules import TARGETS, Value


def by_key(values=None, resolved=None):
    return {r.target.key: r for r in rules.read(TARGETS, values or {}, resolved or {})}


@pytest.mark.parametrize(
    ("amount", "verdict", "note"), [(2999, "unmet", "还差 1 万元"), (3000, "met", "已达到"), (3001, "met", "已达到")]
)
def test_at_least_includes_the_number_itself(amount, verdict, note):
    reading = by_key({"online_retail": Value(amount, "口径")})["K03"]

    assert (reading.verdict, reading.note) == (verdict, note)


def test_more_than_excludes_the_number_itself():
    [target] = [t for t in TARGETS if t.key == "K02"]

    assert [rules.reaches(target, n) for n in (14_999, 15_000, 15_001)] == [False, False, True]


def test_an_undecided_conflict_shows_both_results_and_no_verdict():
    readings = by_key({"online_goods": Value(7, "核对计入")})

    assert [readings[k].verdict for k in ("K10/a", "K10/b")] == ["basis_pending", "basis_pending"]
    assert [readings[k].note for k in ("K10/a", "K10/b")] == ["按三(3)：已达到", "按五(四)2：还差 3 款"]


def test_a_resolution_decides_and_the_other_text_stays_readable():
    readings = by_key({"online_goods": Value(7, "核对计入")}, {"K10": "K10/b"})

    assert (readings["K10/b"].verdict, readings["K10/a"].verdict) == ("unmet", "met")
    assert readings["K10/a"].note.startswith("决议未采用")


def test_a_target_without_data_is_not_computable_and_says_what_is_missing():
    reading = by_key()["K06"]

    assert (reading.verdict, reading.value.amount) == ("not_computable", None)
    assert "就业台账" in reading.note


@pytest.mark.parametrize(
    ("current", "base", "amount"),
    [(110, 100, 10), (109, 100, 9), (90, 100, -10), (110, None, None), (110, 0, None), (None, 5, None)],
)
def test_growth_without_a_base_is_absent_and_never_a_hundred_percent(current, base, amount):
    assert rules.growth_percent(current, base).amount == amount


def test_every_code_of_the_plan_is_there_and_keys_are_unique():
    assert {t.code for t in TARGETS} == {f"K{n:02d}" for n in range(1, 24)}
    assert len({t.key for t in TARGETS}) == len(TARGETS)
    assert {t.conflict_group for t in TARGETS} - {""} == {"K01", "K10", "K14", "K16", "K21"}


def test_months_run_over_the_new_year():
    assert statistics.months_to(date(2027, 2, 3), 4) == ["2026-11", "2026-12", "2027-01", "2027-02"]


def test_months_before_the_first_order_are_gaps_and_later_empty_months_are_zero():
    rows = [Month("2026-08", 0, 0, 0), Month("2026-09", 2, 500, 100), Month("2026-10", 0, 0, 0)]

    found = statistics.since_first_order(rows)

    assert [r.known for r in found] == [False, True, True]
    assert statistics.year_total_fen(found, 2026) == 400
    assert statistics.year_total_fen(found, 2025) is None


def test_the_changed_definition_breaks_the_series_in_january_2026():
    assert statistics.comparable("2026-02", "2026-01")
    assert not statistics.comparable("2026-01", "2025-12")
    assert [Month(m, 0, 0, 0).after_break for m in ("2025-12", "2026-01")] == [False, True]


def test_a_target_in_wan_yuan_is_reached_by_what_is_there_not_by_rounding():
    assert [statistics.wan(f) for f in (2_999_999_999, 3_000_000_000)] == [2999, 3000]
