"""What a cart tells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shop.cart import rules

LINE = rules.LineFacts(1, "富士苹果", 2, 5980, 5980, 10, True, None)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"on_sale": False}, ["gone"]),
        ({"available": 0}, ["sold_out"]),
        ({"available": 1}, ["short"]),
        ({"available": 2}, []),
        ({"cap": 1}, ["cap"]),
        ({"cap": 2}, []),
        ({"price_fen": 6980}, ["price"]),
        ({"available": 1, "cap": 1, "price_fen": 4980}, ["short", "cap", "price"]),
    ],
)
def test_everything_that_changed_is_told(change, codes):
    assert [n.code for n in rules.notes_of(replace(LINE, **change))] == codes


def test_a_changed_price_is_told_but_blocks_nothing():
    assert rules.unmet_of([replace(LINE, price_fen=1)]) == []


def test_an_empty_cart_cannot_be_ordered():
    assert [u.rule for u in rules.unmet_of([])] == ["cart.empty"]


def test_the_stamp_changes_with_quantity_and_price_and_not_with_order():
    other = replace(LINE, variant_id=2)
    stamp = rules.stamp([LINE, other])

    assert rules.stamp([other, LINE]) == stamp
    assert rules.stamp([replace(LINE, quantity=3), other]) != stamp
    assert rules.stamp([replace(LINE, price_fen=5981), other]) != stamp


@pytest.mark.parametrize(("quantity", "ok"), [(0, False), (1, True), (999, True), (1000, False)])
def test_a_line_holds_1_to_999(quantity, ok):
    assert (rules.check_quantity(quantity) == []) is ok
