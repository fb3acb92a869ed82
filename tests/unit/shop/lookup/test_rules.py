"""Requests to find an order again, judged without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shop.lookup import rules

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tail", "fits"),
    [("0001", True), ("001", False), ("10001", False), ("", False), ("０００１", False), ("1000", False)],
)
def test_only_the_last_four_digits_fit(tail: str, fits: bool) -> None:
    assert rules.is_tail("13800010001", tail) is fits


def test_no_tail_fits_where_there_is_no_order() -> None:
    assert not rules.is_tail("", "0000")


@pytest.mark.parametrize(
    ("of_order", "of_address", "too_many"), [(2, 9, False), (3, 0, True), (0, 10, True), (0, 0, False)]
)
def test_a_fourth_request_for_an_order_or_an_eleventh_of_an_address_is_too_many(
    of_order: int, of_address: int, too_many: bool
) -> None:
    assert rules.is_too_many(of_order, of_address) is too_many


@pytest.mark.parametrize(
    ("left", "tries", "used", "may"),
    [(1, 4, False, True), (0, 0, False, False), (-1, 0, False, False), (1, 5, False, False), (1, 0, True, False)],
)
def test_a_code_is_open_until_its_last_moment_for_five_tries_and_once(
    left: int, tries: int, used: bool, may: bool
) -> None:
    assert rules.is_open(rules.Asked(NOW + timedelta(seconds=left), tries, used), NOW) is may
