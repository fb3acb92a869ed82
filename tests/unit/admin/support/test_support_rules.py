"""What a published support rule gives, and when it gives nothing (R81, R82, R87)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.support.rules import (
    KINDS,
    Facts,
    Rule,
    as_data,
    compute,
    faults_of_period,
    from_data,
    quarter,
    read_tiers,
    rule_faults,
)

GOOD = Facts(amount=1_000_000, confirmed=True, has_lease=True)
RENT = Rule("rent", percent_bp=3000, cap_fen=200_000, needs_lease=True)
money = st.integers(0, 10**12)


def test_a_percentage_is_of_what_exceeds_the_threshold_and_ends_at_the_cap() -> None:
    assert compute(Rule("tax", percent_bp=3000, threshold_fen=400_000), GOOD).fen == 180_000
    found = compute(RENT, GOOD)
    assert found.fen == 200_000
    assert [line.text for line in found.lines] == ["期间应付租金", "按 30% 计", "封顶 2,000.00 元", "可申领"]


def test_units_are_counted_up_to_the_most_and_tiers_give_the_highest_reached() -> None:
    assert compute(Rule("innovation", unit_fen=50_000, most_units=3), replace(GOOD, amount=5)).fen == 150_000
    tiers = Rule("performance", tiers=((1_000_000, 10_000), (5_000_000, 60_000)))
    assert [compute(tiers, replace(GOOD, amount=n)).fen for n in (999_999, 1_000_000, 6_000_000)] == [0, 10_000, 60_000]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"taken": "税收奖励"}, "同一期间已享受税收奖励"),
        ({"state": "probation"}, "整改观察期"),
        ({"active": False}, "不在册"),
        ({"has_lease": False}, "没有在租的园区单元"),
        ({"confirmed": False}, "还没有确认"),
        ({"period_over": False}, "期间还没有结束"),
        ({"amount": None}, "还没有填期间应付租金"),
        ({"amount": 0}, "算出的金额是 0"),
    ],
)  # fmt: skip
def test_each_condition_that_fails_leaves_nothing_and_is_told(facts: dict, words: str) -> None:
    found = compute(RENT, replace(GOOD, **facts))

    assert found.fen == 0
    assert [words in unmet.message for unmet in found.unmet] == [True]


@given(amount=money, percent=st.integers(1, 10_000), threshold=money, cap=money)
def test_no_entitlement_is_negative_above_its_cap_or_above_what_it_is_a_part_of(
    amount: int, percent: int, threshold: int, cap: int
) -> None:
    found = compute(Rule("tax", percent_bp=percent, threshold_fen=threshold, cap_fen=cap), replace(GOOD, amount=amount))

    assert 0 <= found.fen <= min(amount, cap or amount)
    assert bool(found.unmet) == (found.fen == 0)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (Rule("gift"), "FC-01"),
        (Rule("tax"), "FC-02"),
        (Rule("tax", percent_bp=100, tiers=((1, 1),)), "FC-02"),
        (Rule("tax", unit_fen=100), "FC-03"),
        (Rule("tax", percent_bp=10_001), "FC-04"),
        (Rule("tax", percent_bp=1, cap_fen=-1), "FC-05"),
        (Rule("tax", tiers=((5, 1), (4, 2))), "FC-06"),
    ],
)
def test_a_rule_that_counts_in_no_sound_way_is_not_published(rule: Rule, code: str) -> None:
    assert [unmet.rule for unmet in rule_faults(rule)] == [code]


def test_a_stored_rule_comes_back_as_it_was() -> None:
    rule = Rule("performance", tiers=((100, 1), (200, 2)), cap_fen=5)
    assert from_data(as_data(rule)) == rule


def test_periods_are_quarters_or_the_year_and_versions_do_not_overlap() -> None:
    assert [quarter(2026, n) for n in (0, 1, 4)] == [
        (date(2026, 1, 1), date(2026, 12, 31)),
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 10, 1), date(2026, 12, 31)),
    ]
    force = [(date(2026, 1, 1), date(2026, 12, 31))]
    assert faults_of_period(force, date(2026, 12, 31), date(2027, 1, 1))[0].rule == "FC-09"
    assert faults_of_period(force, date(2027, 1, 1), date(2027, 1, 2)) == []
    assert faults_of_period([], date(2027, 1, 2), date(2027, 1, 1))[0].rule == "FC-08"


def test_tiers_are_read_line_by_line_and_a_wrong_line_is_named() -> None:
    assert read_tiers("100 5\n200，10") == ((10_000, 500), (20_000, 1_000))
    with pytest.raises(ValueError, match="2"):
        read_tiers("100 5\n-1 5")


def test_kinds_differ_in_their_first_letter_for_the_constraints_tell_them_apart_by_it() -> None:
    assert len({kind[0] for kind in KINDS}) == len(KINDS)  # docs/adr/0085
