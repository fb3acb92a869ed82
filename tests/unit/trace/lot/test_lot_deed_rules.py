"""Outputs of deeds, merging, best-before days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import BadInput, RuleBroken
from trace.lot import rules_deeds
from trace.lot.rules_deeds import MergeSource

DAY = date(2026, 10, 20)
A = MergeSource("A", 1, 7, "first", 1)
B = MergeSource("B", 1, 7, "second", 2)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a shared machine
@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=20), st.integers(0, 10**9), st.integers(-1000, 1000))
def test_what_comes_out_is_exactly_what_was_taken_or_nothing_happens(masses, waste, off):
    taken = sum(masses) + waste + off
    if off == 0:
        rules_deeds.check_outputs(masses, taken_g=taken, waste_g=waste)
    else:
        with pytest.raises(RuleBroken):
            rules_deeds.check_outputs(masses, taken_g=taken, waste_g=waste)


@pytest.mark.parametrize("masses", [[], [0], [-1, 5], [1] * 21])
def test_impossible_outputs_are_refused(masses):
    with pytest.raises(BadInput):
        rules_deeds.check_outputs(masses, taken_g=sum(masses))


def test_lots_of_one_grade_merge_and_keep_it():
    assert rules_deeds.check_merge([A, A]) == "first"
    assert rules_deeds.check_merge([MergeSource("A", 1, None, "", None)] * 2) == ""


def test_different_grades_merge_only_into_a_named_lower_one():
    with pytest.raises(RuleBroken) as error:
        rules_deeds.check_merge([A, B])
    assert error.value.unmet[0].rule == "lot.merge_grade"
    with pytest.raises(RuleBroken) as error:
        rules_deeds.check_merge([A, B], downgrade_key="first", downgrade_rank=1)
    assert error.value.unmet[0].rule == "lot.merge_upgrade"
    assert rules_deeds.check_merge([A, B], downgrade_key="second", downgrade_rank=2) == "second"
    assert rules_deeds.check_merge([A, B], downgrade_key="third", downgrade_rank=3) == "third"


def test_all_that_keeps_lots_from_merging_is_told_at_once():
    with pytest.raises(RuleBroken) as error:
        rules_deeds.check_merge([A, MergeSource("C", 2, 8, "first", 1)])
    assert {u.rule for u in error.value.unmet} == {"lot.merge_item", "lot.merge_standard"}
    with pytest.raises(BadInput):
        rules_deeds.check_merge([A])


def test_another_box_makes_nothing_fresher():
    known = [date(2027, 1, 10), date(2027, 1, 5), None]

    assert rules_deeds.best_before_of(None, known, DAY) == date(2027, 1, 5)
    assert rules_deeds.best_before_of(date(2027, 1, 1), known, DAY) == date(2027, 1, 1)
    with pytest.raises(BadInput) as error:
        rules_deeds.best_before_of(date(2027, 1, 6), known, DAY)
    assert error.value.code == "lot.best_before_later"
    with pytest.raises(BadInput) as error:
        rules_deeds.best_before_of(None, [DAY], DAY)
    assert error.value.code == "lot.past_best"
    assert rules_deeds.best_before_of(None, [None], DAY) is None
