"""Which lots are sold and which go first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.stock import rules

TODAY = date(2026, 11, 20)
GOOD = rules.LotFacts(
    lot_id=1, lot_no="26101802", item_id=1, organisation_id=1, sealed=True, licensed=True,
    licence_until=date(2026, 11, 20), expires_on=date(2026, 11, 20),
)  # fmt: skip


def test_a_sealed_licensed_lot_is_sold_on_its_last_day():
    assert rules.unsellable(GOOD, TODAY) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"sealed": False}, "stock.lot.sealed"),
        ({"record_withdrawn": True}, "stock.lot.record"),
        ({"recalled": True}, "stock.lot.recalled"),
        ({"held": True}, "stock.lot.held"),
        ({"licensed": False}, "stock.lot.licence"),
        ({"licence_until": date(2026, 11, 19)}, "stock.lot.licence"),
        ({"expires_on": date(2026, 11, 19)}, "stock.lot.expired"),
    ],
)
def test_each_reason_against_selling_is_named_with_what_helps(change, rule):
    (unmet,) = rules.unsellable(replace(GOOD, **change), TODAY)

    assert unmet.rule == rule
    assert unmet.help


def test_all_reasons_are_told_at_once():
    bad = replace(GOOD, sealed=False, recalled=True, held=True, licensed=False, expires_on=date(2026, 1, 1))

    assert len(rules.unsellable(bad, TODAY)) == 5


def row(stock_id, available, expires=None, harvested=None):
    return rules.Candidate(stock_id, stock_id, available, expires, harvested)


def test_first_expired_goes_first_then_first_harvested_then_the_older_row():
    rows = [
        row(4, 1), row(3, 1, date(2027, 1, 1)), row(2, 1, date(2026, 12, 1), date(2026, 10, 9)),
        row(1, 1, date(2026, 12, 1), date(2026, 10, 12)),
    ]  # fmt: skip

    assert [c.stock_id for c in rules.fefo(rows)] == [2, 1, 3, 4]


rows = st.lists(
    st.builds(
        rules.Candidate, stock_id=st.integers(1, 50), lot_id=st.integers(1, 9), available=st.integers(0, 30),
        expires_on=st.none() | st.dates(date(2026, 11, 1), date(2027, 2, 1)),
    ),
    max_size=8, unique_by=lambda c: c.stock_id,
)  # fmt: skip


@given(rows, st.integers(0, 200))
def test_an_allocation_takes_what_is_wanted_or_all_there_is_and_never_more_than_a_row_holds(candidates, wanted):
    picks = rules.allocate(candidates, wanted)
    held = {c.stock_id: c.available for c in candidates}

    assert sum(p.quantity for p in picks) == min(wanted, sum(held.values()))
    assert all(0 < p.quantity <= held[p.stock_id] for p in picks)
    assert len({p.stock_id for p in picks}) == len(picks)
    order = [c.stock_id for c in rules.fefo(candidates) if c.available]
    assert [p.stock_id for p in picks] == order[: len(picks)]


@pytest.mark.parametrize(
    ("method", "delta"), [("transfer", timedelta(days=3)), ("cod", timedelta(days=2)), ("card", timedelta(minutes=35))]
)
def test_pieces_are_kept_as_long_as_the_way_to_pay_needs(method, delta):
    now = datetime(2026, 11, 20, tzinfo=UTC)

    assert rules.reserved_until(method, now) == now + delta
