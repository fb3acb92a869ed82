"""Waybills, headlines, guards of orders."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core.workflow.table import faults
from shop.order import rules


def test_the_table_is_well_formed():
    assert faults(rules.ORDER) == []


@pytest.mark.parametrize(
    ("number", "unmet"),
    [
        ("462598779470531", 0), ("SF1234567890123", 0), ("A-1234", 0), ("ABCDE", 1), ("A" * 33, 1), ("A" * 32, 0), ("单号123456", 1),
        ("", 1), ("12345 6789", 1), ("12345;--", 1),
    ],
)  # fmt: skip
def test_a_waybill_number_has_6_to_32_letters_digits_or_dashes(number, unmet):
    facts = rules.OrderFacts("cod", 1, carrier="yunda", waybill_no=number)

    assert len(rules.parcel_known(facts)) == unmet


def test_an_unknown_carrier_and_a_used_number_are_told_together():
    facts = rules.OrderFacts("cod", 1, carrier="x", waybill_no="462598779470531", waybill_taken=True)

    assert [u.rule for u in rules.parcel_known(facts)] == ["order.ship.carrier", "order.ship.waybill_taken"]


@pytest.mark.parametrize(
    ("number", "carrier"),
    [("JT0123456789012", "jitu"), ("SF0123456789012", "shunfeng"), ("JDVA01234567890", "jingdong"), ("77316523125896", "shentong"),
     ("462598779470531", "yunda"), ("1240921381750", "youzheng"), ("AB123456789CN", "ems"), ("ZZZZZZ", None)],
)  # fmt: skip
def test_a_number_suggests_its_carrier_and_never_more(number, carrier):
    assert rules.guess_carrier(number) == carrier


def test_a_waybill_number_is_read_as_typed():
    assert rules.normalise_waybill(" ｓｆ０１２３ 456 ") == "SF0123456"


@pytest.mark.parametrize(
    ("name", "masked"), [("甲", "甲*"), ("示例", "示*"), ("示例甲", "示**"), ("欧阳示例甲", "欧**"), ("", "")]
)
def test_names_are_masked(name, masked):
    assert rules.mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "text"), [(1, "DD2026112100001"), (356, "DD2026112100356"), (123456, "DD20261121123456")]
)
def test_order_numbers_carry_the_day(number, text):
    assert rules.order_no(date(2026, 11, 21), number) == text


SIGNED = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "unmet"),
    [(timedelta(hours=47, minutes=59, seconds=59), 1), (timedelta(hours=48), 0), (timedelta(hours=49), 0)],
)
def test_an_order_closes_when_the_claim_window_is_over(after, unmet):
    assert len(rules.window_over(rules.OrderFacts("cod", 1, now=SIGNED + after, signed_at=SIGNED))) == unmet


def test_every_state_has_a_headline_in_words():
    titles = [
        rules.headline(s, method="transfer", carrier="韵达", due="11-23 10:00").title for s in rules.ORDER.state_keys()
    ]

    assert titles == ["等待转账", "卖家正在备货", "运输中", "已签收", "已完成", "已取消"]
    assert rules.headline("cancelled", method="cod").step is None
    assert rules.headline("placed", method="cod", due="x").title == "等待卖家接单"
