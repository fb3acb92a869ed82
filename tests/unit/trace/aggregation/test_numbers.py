"""Numbers of cartons and pallets: check digits, capacity, addresses, and what a scanner may read of them."""

from __future__ import annotations

import pytest

from core.errors import Conflict
from core.gs1 import digital_link
from trace.aggregation import code128, numbers, reading
from trace.aggregation.errors import Unreadable

SERIAL = "0G7TK4M2QX9VB"


def test_an_sscc_has_extension_prefix_reference_and_check_digit():
    assert numbers.sscc("9521234", 1) == "095212340000000013"
    assert all(numbers.is_sscc(numbers.sscc("9521234", n)) for n in (0, 9, 10**9 - 1, 10**9, 10**10 - 1))
    assert numbers.sscc("9521234", 10**9)[0] == "1"


@pytest.mark.parametrize(("prefix", "count"), [("9521", 10**13), ("9521234", 10**10), ("952123456789", 10**5)])
def test_a_prefix_gives_ten_extension_digits_times_what_it_leaves(prefix, count):
    assert numbers.capacity(prefix) == count
    assert len({numbers.sscc(prefix, n) for n in (0, 1, count // 2, count - 1)}) == 4
    with pytest.raises(Conflict):
        numbers.sscc(prefix, count)


@pytest.mark.parametrize("prefix", ["952", "9" * 13, "95A1", ""])
def test_other_prefixes_are_refused(prefix):
    with pytest.raises(ValueError, match="4 to 12"):
        numbers.sscc(prefix, 0)


def test_one_changed_digit_is_noticed():
    code = numbers.sscc("9521234", 123)

    assert not any(
        numbers.is_sscc(code[:place] + str((int(code[place]) + step) % 10) + code[place + 1 :])
        for place in range(18)
        for step in range(1, 10)
    )


def test_addresses_of_boxes_are_gs1_ones_or_below_our_own_host():
    code, own = numbers.sscc("9521234", 7), numbers.own_number("carton", 7)

    assert numbers.uri(code, identity_host="demo.example", owner_code="X") == f"https://id.gs1.org/00/{code}"
    assert (
        numbers.uri(own, identity_host="demo.example", owner_code="91140821MA0ABCDE1X")
        == f"https://demo.example/id/uscc/91140821MA0ABCDE1X/box/{own}"
    )
    assert digital_link.parse(numbers.link(code, origin="https://a.example/", owner_code="")).get("00") == code


@pytest.mark.parametrize(
    "text",
    [
        "HTTPS://A.EXAMPLE/00/095212340000000013", "https://a.example/x/00/095212340000000013", "(00)095212340000000013",
        "00095212340000000013", "095212340000000013", "]C100095212340000000013", " 0952 1234 0000 0000 13\n",
    ],
)  # fmt: skip
def test_an_sscc_is_read_however_a_scanner_sends_it(text):
    assert reading.read(text) == reading.BoxCode("095212340000000013")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"HTTPS://A.EXAMPLE/01/09520123456788/10/L1/21/{SERIAL}", reading.UnitCode(SERIAL, gtin="09520123456788", lot_no="L1")),
        (
            f"HTTP://127.0.0.1:8000/ID/USCC/91140821MA0ABCDE1X/PROD/FJ80/LOT/L1/SER/{SERIAL}",
            reading.UnitCode(SERIAL, owner_code="91140821MA0ABCDE1X", own_code="FJ80", lot_no="L1"),
        ),
        ("0g7t k4m2 qx9v b", reading.UnitCode(SERIAL)),
        ("https://a.example/id/uscc/91140821MA0ABCDE1X/box/C0000000000", reading.BoxCode("C0000000000", "91140821MA0ABCDE1X")),
    ],
)  # fmt: skip
def test_units_and_own_boxes_are_read_from_addresses_and_by_hand(text, found):
    assert reading.read(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "x" * 301, "https://pay.example/abc", "https://a.example/01/09520123456788/10/L1",
        "HTTPS://A.EXAMPLE/ID/USCC/91140821MA0ABCDE1X/PROD/FJ80/LOT/L1", "095212340000000014", "C0000000001",
        "https://a.example/id/uscc/91140821MA0ABCDE1X/box/C0000000001", "https://[", "WIFI:T:WPA;S:a;;",
    ],
)  # fmt: skip
def test_what_is_no_code_of_ours_is_told_in_plain_words(text):
    with pytest.raises(Unreadable) as refusal:
        reading.read(text)
    assert refusal.value.help


def test_bars_of_code_128_have_eleven_modules_per_symbol_and_thirteen_at_the_end():
    widths = code128.widths("00095212340000000013")

    assert sum(widths) == 11 * (2 + 10 + 1) + 13
    assert len(widths) == 6 * 13 + 7
    with pytest.raises(ValueError, match="pairs"):
        code128.widths("123")
