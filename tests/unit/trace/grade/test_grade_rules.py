"""Judging measured values against grades: ranges with their ends, nothing measured is never a pass."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.workflow.table import faults
from trace.grade import rules
from trace.grade.rules import CriterionRow, GradeRow, VersionFacts

BEST = GradeRow("best", "特级", 1, (CriterionRow("diameter", Decimal(80)), CriterionRow("colour", Decimal(90))))
NEXT = GradeRow("next", "一级", 2, (CriterionRow("diameter", Decimal(70)), CriterionRow("colour", Decimal(60))))


def test_the_workflow_is_well_formed():
    assert faults(rules.VERSION) == []


@pytest.mark.parametrize(
    ("value", "included", "excluded"), [("79.9", False, False), ("80", True, True), ("85", True, False), ("85.1", False, False)]
)  # fmt: skip
def test_both_ends_belong_to_a_range_unless_the_upper_one_is_excluded(value, included, excluded):
    assert CriterionRow("diameter", Decimal(80), Decimal(85)).holds(Decimal(value)) is included
    assert CriterionRow("diameter", Decimal(80), Decimal(85), high_excluded=True).holds(Decimal(value)) is excluded


def test_the_best_grade_that_holds_is_named():
    judged = rules.judge({"diameter": Decimal(75), "colour": Decimal(95)}, [NEXT, BEST])

    assert [g.grade.key for g in judged.grades] == ["best", "next"]
    assert judged.of("best").fails
    assert judged.best.grade.key == "next"
    assert not judged.best.open


def test_what_was_not_measured_or_needs_an_eye_leaves_the_grade_open():
    looked_at = GradeRow("best", "特级", 1, (*BEST.criteria, CriterionRow("words", words="无病虫果")))

    judged = rules.judge({"diameter": Decimal(85), "colour": Decimal(95)}, [looked_at]).best
    assert [line.outcome for line in judged.lines] == ["met", "met", "by_eye"]
    assert judged.open

    assert rules.judge({"diameter": Decimal(85)}, [BEST]).best.open
    assert rules.judge({}, [BEST]).best is None


@given(st.decimals(0, 200, places=2), st.decimals(0, 200, places=2), st.decimals(0, 200, places=2))
def test_adjoining_steps_hold_a_value_exactly_once(low, high, value):
    low, high = min(low, high), max(low, high)
    below = CriterionRow("diameter", Decimal(0), low, high_excluded=True)
    within = CriterionRow("diameter", low, high, high_excluded=True)
    above = CriterionRow("diameter", high)

    assert sum(c.holds(value) for c in (below, within, above)) == 1


@pytest.mark.parametrize("typed", ["-1", "abc", "NaN", "Infinity", "14.25", "100001"])
def test_figures_that_cannot_be_are_refused(typed):
    with pytest.raises(BadInput):
        rules.number(typed, "brix", "low")


def test_shares_end_at_a_hundred_and_empty_is_nothing():
    assert rules.number("", "colour", "low") is None
    assert rules.number("100", "colour", "low") == 100
    with pytest.raises(BadInput):
        rules.number("100.1", "colour", "low")


def test_a_version_is_published_only_whole_confirmed_and_owned():
    doubtful = GradeRow("best", "特级", 1, (CriterionRow("diameter", Decimal(80), to_be_confirmed=True),))

    assert rules.ready(VersionFacts([BEST, NEXT])) == []
    assert {u.rule for u in rules.ready(VersionFacts([doubtful, GradeRow("x", "次", 2)], has_owner=False, dated=False))} == {
        "grade.unconfirmed", "grade.no_criteria", "grade.reference", "grade.dated",
    }  # fmt: skip
    assert {u.rule for u in rules.ready(VersionFacts())} == {"grade.empty"}


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (CriterionRow("diameter", Decimal("80.000"), Decimal(85), True), "果径 80 以上、不到 85 mm"),
        (CriterionRow("diameter", Decimal(80), Decimal(85)), "果径 80–85 mm"),
        (CriterionRow("colour", Decimal(90)), "着色面积 ≥ 90 %"),
        (CriterionRow("defect-share", None, Decimal(5)), "缺陷果 ≤ 5 %"),
        (CriterionRow("words", words="果面光洁"), "果面光洁"),
    ],
)
def test_a_criterion_reads_as_a_sentence(row, text):
    assert row.text() == text
