"""Stock rows: receiving, first expired first, holds, licences, counting."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core import clock as core_clock
from core import hooks
from core.account.actor import SYSTEM
from core.db import db, translate
from core.errors import NotFound, RuleBroken
from shop.stock import lots, queries, rules, service
from shop.stock.errors import OutOfStock
from tests.factories import shop as make


def reserve(stall, quantity, holder=None):
    until = core_clock.now() + timedelta(days=1)
    return service.reserve(
        holder or uuid.uuid4(), {stall.item.id: quantity}, seller=stall.organisation_id, until=until, actor=SYSTEM
    )


def test_the_lot_that_expires_first_goes_first_and_an_order_may_span_lots(stall, clock):
    early = make.make_lot(stall.item, best_before=date(2026, 12, 1))
    late = make.make_lot(stall.item, best_before=date(2027, 3, 1))
    make.make_stock(late, on_hand=10)
    make.make_stock(early, on_hand=2)

    taken = reserve(stall, 5)[stall.item.id]

    assert [(p.lot.lot_no, p.quantity) for p in taken] == [(early.lot_no, 2), (late.lot_no, 3)]
    assert queries.differences() == []


@pytest.mark.parametrize(("day", "there"), [("2026-12-01 23:59:59", 12), ("2026-12-02 00:00:00", 10)])
def test_a_lot_is_sold_until_the_end_of_its_last_day(stall, clock, day, there):
    make.make_stock(make.make_lot(stall.item, best_before=date(2026, 12, 1)), on_hand=2)
    clock.set(day)

    assert queries.available([stall.item.id], stall.organisation_id, core_clock.today())[stall.item.id].pieces == there


@pytest.mark.parametrize(("until", "there"), [(date(2026, 11, 19), 0), (date(2026, 11, 20), 10), (None, 0)])
def test_without_a_licence_in_force_nothing_is_sold(stall, until, there):
    stall.stock.licence_until = until
    db.session.flush()

    assert queries.available([stall.item.id], None, core_clock.today())[stall.item.id].pieces == there
    if there == 0:
        with pytest.raises(OutOfStock):
            reserve(stall, 1)


def test_a_hold_from_below_stops_sale_at_once_and_a_release_opens_it_again(stall):
    for react in hooks.lot_held:
        react(lot_id=stall.lot.id, held=True, reason="抽检复核", source="trace")
    with pytest.raises(OutOfStock):
        reserve(stall, 1)
    assert queries.counts([stall.item.id], core_clock.today())[stall.item.id] == 0

    for react in hooks.lot_held:
        react(lot_id=stall.lot.id, held=False, reason="复核无误", source="trace")
    assert len(reserve(stall, 1)[stall.item.id]) == 1


def test_a_lot_that_is_not_sealed_any_more_below_is_not_promised_even_without_a_hook(stall):
    db.session.execute(text("update trace_lot_lot set state = 'held' where id = :i"), {"i": stall.lot.id})

    with pytest.raises(OutOfStock):
        reserve(stall, 1)


def test_a_licence_that_ends_takes_the_sellers_goods_off_sale(stall, monkeypatch):
    monkeypatch.setattr(lots, "licence_until", lambda *_: None)
    for react in hooks.licence_changed:
        react(licence_id=1, organisation_id=stall.organisation_id, state="withdrawn", reason="用标不符")

    assert queries.available([stall.item.id], None, core_clock.today())[stall.item.id].pieces == 0


def test_taking_more_than_there_is_says_what_is_left_and_takes_nothing(stall):
    with pytest.raises(OutOfStock) as refused:
        reserve(stall, 11)

    assert "只剩 10 件" in refused.value.message
    db.session.refresh(stall.stock)
    assert stall.stock.reserved == 0


def test_the_database_itself_refuses_negative_stock_in_the_same_words(stall):
    with pytest.raises(IntegrityError) as refused, db.session.begin_nested():
        db.session.execute(text("update shop_stock_row set reserved = on_hand + 1"))

    told = translate(refused.value)
    assert told is not None
    assert told.code == "stock.out"
    assert told.message.startswith("库存不足")


def test_release_and_take_happen_once_however_often_they_are_called(stall):
    holder = uuid.uuid4()
    reserve(stall, 3, holder)
    service.release(holder, SYSTEM)
    service.release(holder, SYSTEM)
    service.take(holder, SYSTEM)

    db.session.refresh(stall.stock)
    assert (stall.stock.on_hand, stall.stock.reserved) == (10, 0)


def facts_of(stall, **changed):
    base = {
        "lot_id": stall.lot.id, "lot_no": stall.lot.lot_no, "item_id": stall.item.id, "organisation_id": stall.organisation_id,
        "sealed": True, "record_id": str(uuid.uuid4()), "licensed": True, "licence_until": date(2030, 1, 1), "pieces": 100,
    }  # fmt: skip
    return rules.LotFacts(**{**base, **changed})


def test_never_more_is_received_than_was_sealed(stall, monkeypatch):
    monkeypatch.setattr(lots, "get", lambda _: facts_of(stall, pieces=12))
    site = make.make_site(stall.organisation_id)
    service.receive(stall.actor, lot_id=stall.lot.id, site_id=site.id, quantity=2)

    with pytest.raises(RuleBroken) as refused:
        service.receive(stall.actor, lot_id=stall.lot.id, site_id=site.id, quantity=1)

    assert refused.value.code == "stock.receive.balance"
    assert "最多还能入库 0 件" in refused.value.message
    assert queries.differences() == []


def test_an_unsealed_or_foreign_lot_is_not_received(stall, as_user, monkeypatch):
    site = make.make_site(stall.organisation_id)
    monkeypatch.setattr(lots, "get", lambda _: facts_of(stall, sealed=False))
    with pytest.raises(RuleBroken) as refused:
        service.receive(stall.actor, lot_id=stall.lot.id, site_id=site.id, quantity=1)
    assert [u.rule for u in refused.value.unmet] == ["stock.lot.sealed"]

    with pytest.raises(NotFound):
        service.receive(as_user("owner").actor, lot_id=stall.lot.id, site_id=site.id, quantity=1)


def test_counting_fewer_than_promised_is_refused_and_fewer_otherwise_is_written_down(stall):
    reserve(stall, 4)
    with pytest.raises(OutOfStock):
        service.adjust(stall.actor, stall.stock, counted=3, reason="搬运破损")

    service.adjust(stall.actor, stall.stock, counted=9, reason="搬运破损")

    assert (stall.stock.on_hand, stall.stock.reserved) == (9, 4)
    assert queries.moves_of(stall.stock.id)[0].note == "搬运破损"
