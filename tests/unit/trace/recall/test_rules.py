"""What a recall must have, tell and account for."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.workflow.table import faults
from trace.recall import rules
from trace.recall.rules import RECALL, LotLine, RecallFacts


def line(**values) -> LotLine:
    return LotLine(**({"lot_id": 1, "lot_no": "26101701", "mass_g": 1_000_000, "gone_g": 400_000} | values))


def test_the_table_is_well_formed():
    assert faults(RECALL) == []


def test_a_recall_without_lots_or_words_names_both():
    found = rules.has_scope(RecallFacts()) + rules.has_words(RecallFacts(has_texts=False))

    assert [u.rule for u in found] == ["recall.scope", "recall.texts"]


def test_a_lot_in_another_recall_is_named():
    found = rules.has_scope(RecallFacts(lots=(line(),), elsewhere=("批次 26101701（ZH-2026-0001）",)))

    assert [u.rule for u in found] == ["recall.elsewhere"]
    assert "ZH-2026-0001" in found[0].message


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({}, "recall.open"),
        ({"kept_g": 600_000, "returned_g": 399_999}, "recall.open"),
        ({"kept_g": 600_000, "returned_g": 400_000}, None),
        ({"kept_g": 600_000, "consumed_g": 400_000}, None),
        ({"kept_g": 600_000, "destroyed_g": 400_001}, "recall.over"),
    ],
)
def test_every_gram_must_be_somewhere(values, rule):
    found = rules.all_accounted(RecallFacts(lots=(line(**values),)))

    assert [u.rule for u in found] == ([rule] if rule else [])


@pytest.mark.parametrize(("untold", "count"), [(0, 0), (1, 1)])
def test_nobody_may_stay_untold(untold, count):
    assert len(rules.all_told(RecallFacts(parties=3, untold=untold))) == count


@pytest.mark.parametrize(("length", "enough"), [(19, False), (20, True)])
def test_a_summary_has_twenty_characters(length, enough):
    assert (rules.has_summary(RecallFacts(summary="查" * length)) == []) is enough


@pytest.mark.parametrize(
    ("kind", "mass_g", "code"),
    [("lost", 1, "recall.kind"), ("kept", 0, "recall.mass"), ("kept", 1_000_001, "recall.more_than_left")],
)
def test_a_recovery_that_cannot_be_is_refused(kind, mass_g, code):
    with pytest.raises(BadInput) as refusal:
        rules.check_recovery(kind, mass_g, line())

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("due", "fits"), [(date(2026, 11, 19), False), (date(2026, 11, 20), True), (date(2028, 1, 1), False)]
)
def test_the_report_is_due_between_today_and_a_year(due, fits):
    if fits:
        assert rules.check_due(due, date(2026, 11, 20)) == due
    else:
        with pytest.raises(BadInput):
            rules.check_due(due, date(2026, 11, 20))


def test_boxes_destroyed_in_the_packhouse_do_not_count_as_recovered():
    figures = rules.effectiveness([line(destroyed_g=600_000, returned_g=100_000)], parties=3, told=2, reached=1)

    assert (figures.gone_g, figures.back_g, figures.open_g) == (400_000, 100_000, 300_000)
    assert figures.recovered == pytest.approx(0.25)


@given(
    st.lists(
        st.builds(
            LotLine, lot_id=st.integers(1, 9), lot_no=st.just("1"), mass_g=st.integers(0, 10**9),
            gone_g=st.integers(0, 10**9), kept_g=st.integers(0, 10**9), returned_g=st.integers(0, 10**9),
            destroyed_g=st.integers(0, 10**9), consumed_g=st.integers(0, 10**9),
        ),
        max_size=8,
    )
)  # fmt: skip
def test_recovered_is_a_share_of_what_had_gone(lines):
    figures = rules.effectiveness(lines, parties=0, told=0, reached=0)

    assert 0 <= figures.back_g <= figures.gone_g
    assert figures.recovered is None or 0 <= figures.recovered <= 1
    assert figures.open_g >= 0
    assert figures.told_share is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "recall.reason_missing"),
        ("查" * 301, "recall.reason_long"),
        ("打 13800000000 找老王", "recall.personal_data"),
    ],
)
def test_public_words_are_short_and_name_nobody(text, code):
    with pytest.raises(BadInput) as refusal:
        rules.public_text(text, "reason", "原因")

    assert refusal.value.code == code
