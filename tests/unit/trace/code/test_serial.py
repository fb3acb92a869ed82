from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trace.code.serial import ALPHABET, MalformedSerial, SerialKey, from_number, normalise, texts, to_number

KEY = SerialKey(bytes(range(32)), item_id=7, version=1)


@given(st.integers(0, (1 << 63) - 1))
def test_a_serial_gives_its_unit_back(unit):
    serial = KEY.serial(unit)

    assert len(serial) == 13
    assert set(serial) <= set(ALPHABET)
    assert KEY.unit(serial) == unit


@given(st.text(ALPHABET, min_size=13, max_size=13))
def test_any_thirteen_symbols_are_a_number_and_back(serial):
    assert from_number(to_number(serial)) == serial
    assert normalise(serial.lower()) == serial


def test_serials_of_a_range_come_in_the_order_of_the_units():
    assert texts(KEY.symbols(1000, 500)) == [KEY.serial(unit) for unit in range(1000, 1500)]


def test_neighbouring_units_have_serials_without_likeness():
    first, second = KEY.serial(1), KEY.serial(2)

    assert sum(a == b for a, b in zip(first, second, strict=True)) < 6


@pytest.mark.parametrize(
    "other", [SerialKey(bytes(range(32)), 8, 1), SerialKey(bytes(range(32)), 7, 2), SerialKey(bytes(32), 7, 1)]
)
def test_another_item_version_or_key_gives_another_serial(other):
    assert other.serial(5) != KEY.serial(5)


@pytest.mark.parametrize(
    "written",
    ["0G7TK4M2QX9VB", "og7t k4m2 qx9v b", "0g7t-k4m2-qx9v-b", "ＯＧ７ＴＫ４Ｍ２ＱＸ９ＶＢ", "0G7T　K4M2　QX9V　B"],
)
def test_what_people_type_is_read(written):
    assert normalise(written) == "0G7TK4M2QX9VB"


def test_letters_i_and_l_are_read_as_one():
    assert normalise("IIIIIlllllOOo") == "1111111111000"


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("0G7TK4M2QX9VU", "第 13 个字符“U”"),
        ("0G7T*4M2QX9VB", "第 5 个字符“*”"),
        ("0G7TK4M2QX9V", "读到 12 位"),
        ("0G7TK4M2QX9VBB", "读到 14 位"),
        ("", "读到 0 位"),
    ],
)
def test_a_misread_serial_is_refused_with_the_place_to_look_at(written, hint):
    with pytest.raises(MalformedSerial) as refusal:
        normalise(written)

    assert hint in refusal.value.message


def test_the_key_is_not_shown():
    assert "key=" not in repr(KEY)
