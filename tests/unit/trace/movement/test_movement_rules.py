"""The receiver's answer splits a line without making or losing a gram."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput, RuleBroken
from core.workflow.table import faults
from trace.movement import rules
from trace.movement.rules import Answer

grams = st.integers(0, 10**7)


def test_the_workflow_is_well_formed():
    assert faults(rules.SHIPMENT) == []


@given(st.integers(1, 10**7), grams, grams, grams)
def test_every_sent_gram_is_taken_damaged_short_or_refused(sent, damaged, short, refused):
    if damaged + short + refused > sent:
        with pytest.raises(RuleBroken):
            rules.answer(sent, damaged_g=damaged, short_g=short, refused_g=refused, what="批次")
        return
    found = rules.answer(sent, damaged_g=damaged, short_g=short, refused_g=refused, what="批次")
    assert found.taken_g + found.damaged_g + found.short_g + found.refused_g == sent
    assert found.taken_g >= 0


def test_packed_goods_are_answered_by_whole_pieces_and_never_below_nothing():
    with pytest.raises(BadInput):
        rules.answer(10_000, damaged_g=2_000, what="批次", step_g=5_000)
    with pytest.raises(BadInput):
        rules.answer(10_000, short_g=-1, what="批次")


@pytest.mark.parametrize(
    ("answers", "move"),
    [
        ([Answer(10, 0, 0, 0)], "receive"), ([Answer(9, 1, 0, 0)], "receive_differing"),
        ([Answer(0, 0, 0, 10)], "refuse"), ([Answer(0, 0, 0, 10), Answer(5, 0, 0, 0)], "receive_differing"),
        ([Answer(0, 0, 10, 0)], "receive_differing"),
    ],
)  # fmt: skip
def test_the_answers_make_the_move(answers, move):
    assert rules.move_of(answers) == move
