"""Each reason not to put a thing into a box has its own code and says what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trace.aggregation.errors import Refused
from trace.aggregation.rules import (
    BoxFacts,
    ThingFacts,
    check_close,
    check_dissolve,
    check_put,
    check_ship,
    check_take,
)

CARTON = BoxFacts("carton", "C0000000000", 12, 3, lot_no="26101801")
PALLET = BoxFacts("pallet", "P0000000000", 40, 3)
UNIT = ThingFacts("unit", lot_no="26101801")
BOX = ThingFacts("carton")


def test_a_fitting_unit_goes_into_a_carton_and_a_closed_carton_onto_a_pallet():
    check_put(CARTON, UNIT)
    check_put(replace(CARTON, lot_no=""), replace(UNIT, lot_no="other"))
    check_put(PALLET, BOX)


@pytest.mark.parametrize(
    ("box", "thing", "code"),
    [
        (replace(CARTON, closed=True), UNIT, "closed"),
        (replace(CARTON, closed=True, dissolved=True), UNIT, "dissolved"),
        (replace(CARTON, count=12), UNIT, "full"),
        (CARTON, replace(UNIT, own=False), "foreign"),
        (CARTON, replace(UNIT, issued=False), "foreign"),
        (CARTON, replace(UNIT, inside="C0000000018"), "already_packed"),
        (CARTON, replace(UNIT, inside="C0000000000", inside_this=True), "same_box"),
        (CARTON, replace(UNIT, voided=True), "voided"),
        (CARTON, replace(UNIT, lot_state="held"), "recalled"),
        (CARTON, replace(UNIT, lot_state="cancelled"), "lot_cancelled"),
        (CARTON, replace(UNIT, lot_no="26101802"), "other_lot"),
        (CARTON, BOX, "box_in_carton"),
        (PALLET, UNIT, "unit_on_pallet"),
        (PALLET, replace(BOX, closed=False), "child_open"),
        (PALLET, replace(BOX, dissolved=True), "child_open"),
        (PALLET, replace(BOX, shipped=True), "child_shipped"),
        (PALLET, replace(BOX, lot_state="held"), "recalled"),
    ],
)
def test_each_reason_is_told_by_its_own_code_with_what_to_do(box, thing, code):
    with pytest.raises(Refused) as refusal:
        check_put(box, thing)
    assert refusal.value.code == f"aggregation.{code}"
    assert refusal.value.help


def code_of(check, *arguments, **values) -> str:
    with pytest.raises(Refused) as refusal:
        check(*arguments, **values)
    return str(refusal.value.code)


def test_taking_out_closing_taking_apart_and_shipping():
    closed = replace(CARTON, closed=True)

    check_take(closed, inside=True)
    check_close(CARTON)
    check_dissolve(closed, inside="")
    check_ship(closed, inside="", held=False)
    assert code_of(check_take, CARTON, inside=False) == "aggregation.not_inside"
    assert code_of(check_take, replace(closed, shipped=True), inside=True) == "aggregation.shipped"
    assert code_of(check_close, replace(CARTON, count=0)) == "aggregation.empty"
    assert code_of(check_dissolve, CARTON, inside="") == "aggregation.not_closed"
    assert code_of(check_dissolve, closed, inside="P1") == "aggregation.on_pallet"
    assert code_of(check_ship, CARTON, inside="", held=False) == "aggregation.not_closed"
    assert code_of(check_ship, closed, inside="P1", held=False) == "aggregation.on_pallet"
    assert code_of(check_ship, closed, inside="", held=True) == "aggregation.recalled"
