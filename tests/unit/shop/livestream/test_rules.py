"""Whom an order counts for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.workflow.table import faults
from shop.livestream import rules

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
CLICK = rules.Click(1, 7, 3, 30, True, NOW - timedelta(days=1))


def credit(*clicks, listing_id=7, buyer=None):
    return rules.attribute(clicks, listing_id=listing_id, buyer_user_id=buyer, now=NOW)


def test_the_table_is_well_formed():
    assert faults(rules.HOST) == []


def test_the_last_click_counts_with_the_version_of_the_rule():
    later = replace(CLICK, link_id=2, host_id=4, at=NOW - timedelta(hours=1))

    assert credit(CLICK, later) == rules.Attribution(4, 2, rules.RULE_VERSION)


@pytest.mark.parametrize(
    ("age", "counts"),
    [
        (timedelta(days=29, hours=23, minutes=59, seconds=59), True),
        (timedelta(days=30), False),
        (timedelta(seconds=-1), False),
    ],
)
def test_a_click_counts_for_thirty_days(age, counts):
    assert (credit(replace(CLICK, at=NOW - age)) is not None) is counts


def test_another_listing_the_host_themselves_and_a_suspended_host_do_not_count():
    assert credit(CLICK, listing_id=8) is None
    assert credit(CLICK, buyer=30) is None
    assert credit(replace(CLICK, host_active=False)) is None
    assert credit(CLICK, buyer=31) is not None


def test_a_suspended_last_host_gives_nothing_to_the_one_before():
    assert credit(CLICK, replace(CLICK, host_id=4, host_active=False, at=NOW)) is None
