"""Amounts: parsing, splitting, retention and the capital figures of vouchers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import money
from core.errors import BadInput

CAPITALS = [
    ("0", "零元整"),
    ("0.05", "伍分"),
    ("0.5", "伍角"),
    ("1409.50", "壹仟肆佰零玖元伍角"),
    ("6007.14", "陆仟零柒元壹角肆分"),
    ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
    ("107000.53", "壹拾万柒仟元零伍角叁分"),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ("325.04", "叁佰贰拾伍元零肆分"),
    ("100010", "壹拾万零壹拾元整"),
    ("1000001", "壹佰万零壹元整"),
    ("100000001", "壹亿零壹元整"),
    ("100001000", "壹亿零壹仟元整"),
    ("10020030.04", "壹仟零贰万零叁拾元零肆分"),
    ("1234567.89", "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
    ("100000000", "壹亿元整"),
    ("20000000.10", "贰仟万元零壹角"),
]


@pytest.mark.parametrize(("amount", "capitals"), CAPITALS)
def test_capital_figures_follow_the_voucher_rule(amount, capitals):
    assert money.rmb_upper(money.parse_yuan(amount)) == capitals


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("59.80", 5980),
        ("59.8", 5980),
        (" 1,234,567.89 ", 123456789),
        ("１２．５０", 1250),
        ("¥3", 300),
        ("0", 0),
        ("12元", 1200),
    ],
)
def test_yuan_text_becomes_fen(text, fen):
    assert money.parse_yuan(text) == fen


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.005", "money.too_many_decimals"),
        ("0.001", "money.too_many_decimals"),
        ("", "money.not_a_number"),
        ("1,23", "money.not_a_number"),
        ("12,3456.00", "money.not_a_number"),
        ("1e3", "money.not_a_number"),
        ("NaN", "money.not_a_number"),
        ("٣", "money.not_a_number"),
        ("1.", "money.not_a_number"),
        ("-5", "money.negative"),
        ("1000000000000", "money.too_large"),
    ],
)
def test_an_unclear_amount_is_refused_and_never_rounded(text, code):
    with pytest.raises(BadInput) as refused:
        money.parse_yuan(text, field="amount")

    assert (refused.value.code, refused.value.field) == (code, "amount")


def test_a_negative_amount_is_read_where_it_is_allowed():
    assert money.parse_yuan("-5.50", allow_negative=True) == -550
    assert money.yuan(-550) == "-5.50"
    assert money.yuan_grouped(-123456789) == "-1,234,567.89"


@given(st.integers(-money.MAX_FEN, money.MAX_FEN))
def test_what_is_printed_reads_back_the_same(fen):
    assert money.parse_yuan(money.yuan(fen), allow_negative=True) == fen
    assert money.parse_yuan(money.yuan_grouped(fen), allow_negative=True) == fen


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_a_split_conserves_the_sum_and_stays_within_one_fen_of_proportion(total, weights):
    shares = money.split(total, weights)

    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < sum(weights)
        assert weight or share == 0


def test_equal_remainders_go_to_the_earlier_share():
    assert money.split(100, [1, 1, 1]) == [34, 33, 33]
    assert money.split(0, [3, 2]) == [0, 0]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_a_split_without_a_base_is_a_programming_error(weights):
    with pytest.raises(ValueError, match="weights"):
        money.split(100, weights)


def test_ten_percent_of_an_odd_amount_is_rounded_half_up():
    assert money.share_of(123456789, 10, 100) == 12345679
    assert money.share_of(5, 1, 10) == 1
    assert money.share_of(-5, 1, 10) == -1
    assert money.share_of(4, 1, 10) == 0


def test_a_percentage_without_a_base_is_absent_and_not_zero():
    assert money.percentage(1, 0) is None
    assert money.percentage(72, 200) == Decimal("36.0")
    assert money.percentage(1, 3, 2) == Decimal("33.33")
    assert money.percentage(1, 8, 2) == Decimal("12.50")
    assert money.percentage(5, 1000) == Decimal("0.5")


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=30))
def test_retention_by_cumulative_ceiling_never_breaks_the_cap_and_exceeds_it_by_less_than_one_fen(instalments):
    gross = kept = 0
    for amount in instalments:
        r = money.retention(gross, amount, kept)
        assert 0 <= r <= amount
        gross, kept = gross + amount, kept + r

        assert 10 * (gross - kept) <= 9 * gross
        assert 10 * kept < gross + 10


def test_a_claim_of_one_fen_is_all_retention():
    assert money.retention(0, 1, 0) == 1
    assert money.retention(1, 9, 1) == 0


@given(st.integers(1, money.MAX_FEN))
def test_capital_figures_never_stutter(fen):
    text = money.rmb_upper(fen)

    assert "零零" not in text
    assert not text.startswith("零")
    assert text.endswith(("整", "角", "分"))


@pytest.mark.parametrize("fen", [-1, money.MAX_FEN + 1])
def test_capital_figures_refuse_what_they_cannot_spell(fen):
    with pytest.raises(ValueError, match="rmb_upper"):
        money.rmb_upper(fen)
