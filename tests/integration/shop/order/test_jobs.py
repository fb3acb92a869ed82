"""The timers of orders, on real commits."""

from __future__ import annotations

from sqlalchemy import select

from core import clock as core_clock
from core.db import db, unit_of_work
from shop.catalogue.rules import reference_price
from shop.order import jobs, queries, service
from shop.order.models import Order
from shop.stock.models import StockRow
from shop.stock.queries import differences
from tests.integration.shop.conftest import open_stall


def test_due_orders_lapse_and_signed_orders_close_each_in_a_unit_of_its_own(cloned_db, clock):
    seller = cloned_db.as_user("owner")
    with cloned_db.app.app_context():
        with unit_of_work():
            stall = open_stall(None, seller=seller)
            waiting, signed = stall.buy(2).id, stall.buy(1, mobile="13900000000")
            service.accept(stall.actor, signed)
            service.ship(stall.actor, signed, carrier="county", waybill_no="GX20261120")
            service.sign(signed)
            signed_id = signed.id
        clock.advance(hours=47, minutes=59)
        assert jobs.tick() == 0
        clock.advance(minutes=1)

        assert jobs.tick() == 2
        assert jobs.tick() == 0

        with unit_of_work():
            states = {o.id: o.state for o in db.session.scalars(select(Order))}
            assert states == {waiting: "cancelled", signed_id: "closed"}
            row = db.session.scalars(select(StockRow)).one()
            assert (row.on_hand, row.reserved) == (9, 0)
            assert differences() == []


def test_only_what_was_really_sold_sets_the_price_that_may_be_struck_through(stall, clock):
    from shop.catalogue import service as catalogue

    sold = stall.buy(1)
    service.accept(stall.actor, sold)
    clock.advance(days=1)
    catalogue.change_price(stall.actor, stall.variant, 4980)
    cancelled, waiting = stall.buy(1, mobile="13900000001"), stall.buy(1, mobile="13900000002")
    service.accept(stall.actor, cancelled)
    service.cancel(stall.actor, cancelled, reason="缺货")
    clock.advance(days=1)

    deals = queries.deals_of(stall.variant.id)

    assert waiting.state == "placed"
    assert [d.price_fen for d in deals] == [5980]
    assert reference_price(deals, core_clock.now()) == 5980


def test_orders_are_found_by_either_number_by_their_own_seller_only(stall, as_user):
    order = stall.buy(1)
    service.accept(stall.actor, order)
    service.ship(stall.actor, order, carrier="county", waybill_no="GX20261199")
    other = as_user("owner").actor

    for typed in (order.order_no, order.order_no[:10], "GX20261199"):
        assert [o.id for o in queries.find_by_number(typed, stall.organisation_id)] == [order.id]
        assert list(queries.find_by_number(typed, other.organisation_id)) == []
    assert list(queries.find_by_number("DD2", stall.organisation_id)) == []
    assert list(queries.find_by_number("%%%%%%", stall.organisation_id)) == []
