"""Accounts, refunds, and what an adapter offers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.errors import BadInput
from core.workflow.table import faults
from shop.payment import adapters, rules

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_the_table_is_well_formed():
    assert faults(rules.PAYMENT) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [("6200 0000-00000001", "6200000000000001"), ("６２００００００", "62000000"), ("1" * 32, "1" * 32)],
)
def test_account_numbers_are_read(text, number):
    assert rules.check_account_no(text) == number


@pytest.mark.parametrize("text", ["1234567", "1" * 33, "62000000x", ""])
def test_account_numbers_that_are_none_are_refused(text):
    with pytest.raises(BadInput):
        rules.check_account_no(text)


def test_money_goes_to_an_account_in_the_sellers_own_name():
    assert rules.account_matches("临猗示例 合作社（示范）", "临猗示例合作社(示范)") == []
    assert [u.rule for u in rules.account_matches("张示例", "临猗示例合作社")] == ["payment.account.name"]


@pytest.mark.parametrize(("refund", "ok"), [(0, False), (1, True), (100, True), (101, False)])
def test_never_more_is_given_back_than_was_paid(refund, ok):
    assert (rules.not_over_refunded(rules.RefundFacts(100, refund)) == []) is ok


def seller(transfer, cash):
    return adapters.SellerAccount(1, transfer, cash)


@pytest.mark.parametrize(
    ("sellers", "keys"),
    [
        ([seller(True, True)], ["transfer", "cod"]),
        ([seller(True, True), seller(False, True)], ["cod"]),
        ([seller(True, False), seller(False, True)], []),
    ],
)
def test_only_what_every_seller_of_the_cart_takes_is_offered(sellers, keys):
    assert [a.key for a in adapters.offered(None, sellers)] == keys


@pytest.mark.parametrize(("reference", "fen"), [("", 100), ("123", 100), ("1" * 65, 100), ("2026-1", 0)])
def test_a_statement_line_without_number_or_sum_proves_nothing(reference, fen):
    with pytest.raises(BadInput):
        adapters.BankTransfer().confirm(adapters.Evidence("k", reference, fen, NOW))
