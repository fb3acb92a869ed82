"""Orders from placing to closing, with stock, payment and books beside them."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from core import clock as core_clock
from core.db import db
from core.errors import Conflict, InvalidMove, NotFound, RuleBroken
from core.ledger.queries import balance
from shop.order import queries, service
from shop.payment import service as payments
from shop.stock import queries as stock_queries
from shop.stock import service as stock
from tests.integration.shop.conftest import open_stall


def books(order):
    return {a: balance(a, order=order.order_no) for a in ("S1110", "S1210", "S4110", "S4120", "S2220")}


def test_placing_freezes_price_lot_and_record_and_reserves_stock(stall):
    order = stall.buy(3, method="transfer")

    line = order.lines[0]
    assert (line.quantity, line.price_fen, line.line_fen, line.lot_no) == (3, 5980, 17940, stall.lot.lot_no)
    assert line.record_id == stall.stock.record_id
    assert (order.goods_fen, order.freight_fen, order.total_fen) == (17940, 800, 18740)
    db.session.refresh(stall.stock)
    assert (stall.stock.on_hand, stall.stock.reserved) == (10, 3)
    assert books(order) == {"S1110": 0, "S1210": 0, "S4110": 0, "S4120": 0, "S2220": 0}
    assert stock_queries.differences() == []


def test_a_transfer_order_walks_to_closed_and_every_step_posts_once(stall, clock):
    order = stall.buy(2, method="transfer")

    service.confirm_transfer(stall.actor, order, reference="20261120-77", received_fen=order.total_fen)
    assert order.state == "to_ship"
    assert order.due_at is None
    assert books(order) == {"S1110": 12760, "S1210": 0, "S4110": 12760, "S4120": 0, "S2220": 0}

    service.ship(stall.actor, order, carrier="zhongtong", waybill_no=" ７5312345678901 ")
    assert (order.state, order.waybill_no) == ("shipped", "75312345678901")
    db.session.refresh(stall.stock)
    assert (stall.stock.on_hand, stall.stock.reserved) == (8, 0)

    service.sign(order)
    clock.advance(hours=47, minutes=59)
    with pytest.raises(RuleBroken):
        service.close(order)
    clock.advance(minutes=1)
    service.close(order)

    assert order.state == "closed"
    assert stock_queries.differences() == []


def test_a_transfer_of_another_sum_is_refused_with_both_amounts(stall):
    order = stall.buy(1, method="transfer")

    with pytest.raises(RuleBroken) as refused:
        service.confirm_transfer(stall.actor, order, reference="", received_fen=order.total_fen - 1)

    assert [u.rule for u in refused.value.unmet] == ["order.confirm.reference", "order.confirm.amount"]
    assert order.state == "placed"


def test_cash_on_delivery_is_owed_when_accepted_and_received_when_signed_for(stall):
    order = stall.buy(1)

    service.accept(stall.actor, order)
    assert books(order)["S1210"] == order.total_fen
    service.ship(stall.actor, order, carrier="county", waybill_no="GX-2026112001")
    service.deliver(stall.actor, order)

    assert books(order)["S1210"] == 0
    assert books(order)["S1110"] == order.total_fen
    assert payments.of_order(order.public_id)[0].state == "paid"


def test_cancelling_a_paid_order_frees_the_stock_and_owes_the_money_back(stall):
    order = stall.buy(4, method="transfer")
    service.confirm_transfer(stall.actor, order, reference="20261120-78", received_fen=order.total_fen)

    service.cancel(stall.actor, order, reason="这批卖完了")

    db.session.refresh(stall.stock)
    assert (stall.stock.on_hand, stall.stock.reserved) == (10, 0)
    assert books(order)["S2220"] == order.total_fen
    assert [t.key for t in queries.open_todos(stall.organisation_id)] == ["refund"]
    service.register_refund(stall.actor, order, reference="20261121-01")
    assert books(order) == {"S1110": 0, "S1210": 0, "S4110": order.total_fen, "S4120": order.total_fen, "S2220": 0}
    with pytest.raises(Conflict):
        service.register_refund(stall.actor, order, reference="20261121-02")


def test_cancelling_an_accepted_cash_order_reverses_its_sale(stall):
    order = stall.buy(1)
    service.accept(stall.actor, order)

    service.cancel(stall.actor, order, reason="买家电话取消")

    assert books(order) == {"S1110": 0, "S1210": 0, "S4110": 0, "S4120": 0, "S2220": 0}
    assert payments.of_order(order.public_id)[0].state == "cancelled"


def test_cancelling_needs_a_reason(stall):
    order = stall.buy(1)

    with pytest.raises(RuleBroken) as refused:
        service.cancel(stall.actor, order, reason="  ")

    assert refused.value.unmet[0].rule == "shop.order.cancel.reason"


@pytest.mark.parametrize(("hours", "lapsed"), [(47.99, False), (48, True), (60, True)])
def test_an_unconfirmed_cash_order_lapses_after_two_days(stall, clock, hours, lapsed):
    order = stall.buy(5)
    clock.advance(hours=hours)

    if not lapsed:
        with pytest.raises(RuleBroken):
            service.expire(order)
        return
    service.expire(order)

    db.session.refresh(stall.stock)
    assert (order.state, stall.stock.reserved) == ("cancelled", 0)


def test_a_late_confirmation_after_the_order_lapsed_is_refused(stall, clock):
    order = stall.buy(1, method="transfer")
    clock.advance(days=4)
    service.expire(order)

    with pytest.raises(InvalidMove):
        service.confirm_transfer(stall.actor, order, reference="20261124-1", received_fen=order.total_fen)


def test_another_organisation_finds_no_such_order(stall, as_user):
    order = stall.buy(1)
    other = as_user("owner")

    with pytest.raises(NotFound):
        service.get_for_seller(other.actor, order.public_id)
    with pytest.raises(RuleBroken):
        service.accept(other.actor, order)
    with pytest.raises(NotFound):
        service.register_refund(other.actor, order, reference="20261121-01")


def test_a_waybill_number_is_used_once(stall):
    first, second = stall.buy(1), stall.buy(1, mobile="13900000000")
    for order in (first, second):
        service.accept(stall.actor, order)
    service.ship(stall.actor, first, carrier="yunda", waybill_no="462598779470531")

    with pytest.raises(RuleBroken) as refused:
        service.ship(stall.actor, second, carrier="yunda", waybill_no="462598779470531")

    assert [u.rule for u in refused.value.unmet] == ["order.ship.waybill_taken"]


def test_a_held_lot_does_not_leave(stall):
    order = stall.buy(1)
    service.accept(stall.actor, order)
    stock.hold_lot(stall.lot.id, source="recall", reason="抽检复核")

    with pytest.raises(RuleBroken) as refused:
        service.ship(stall.actor, order, carrier="county", waybill_no="GX-2026112002")

    assert [u.rule for u in refused.value.unmet] == ["order.ship.lot"]
    stock.lift_hold(stall.lot.id, source="recall")
    service.ship(stall.actor, order, carrier="county", waybill_no="GX-2026112002")
    assert order.state == "shipped"


def test_receiver_is_sealed_in_the_database_and_masked_in_lists(stall):
    order = stall.buy(1)

    raw = db.session.execute(text("select * from shop_order_order where id = :i"), {"i": order.id}).mappings().one()

    assert "13800000000" not in str(dict(raw))
    assert "示例路" not in str(dict(raw))
    assert b"13800000000" not in bytes(raw["receiver_sealed"])
    assert order.receiver_masked == "示**，138****0000"


def test_a_placed_orders_lines_and_sums_cannot_be_rewritten(stall):
    order = stall.buy(1)
    for statement in (
        "update shop_order_line set price_fen = 1, line_fen = 1",
        "delete from shop_order_line",
        "update shop_order_order set total_fen = 801, goods_fen = 1",
        "update shop_stock_move set on_hand_change = 99",
    ):
        with pytest.raises(DatabaseError), db.session.begin_nested():
            db.session.execute(text(statement))
    assert order.total_fen == 6780


def test_a_buyer_with_many_unconfirmed_orders_is_asked_to_pay_first(stall):
    for _ in range(service.MAX_OPEN_PER_BUYER):
        stall.buy(1)

    with pytest.raises(Conflict) as refused:
        stall.buy(1)

    assert refused.value.code == "order.too_many_open"
    assert stall.buy(1, mobile="13900000001").state == "placed"


def test_monthly_totals_count_confirmed_orders_by_the_day_of_ordering(stall, clock):
    clock.set("2026-10-31 23:59:59")
    october = stall.buy(1)
    clock.set("2026-11-01 00:00:00")
    november, cancelled, waiting = stall.buy(1), stall.buy(2, mobile="13900000002"), stall.buy(1, mobile="13900000003")
    for order in (october, november, cancelled):
        service.accept(stall.actor, order)
    service.cancel(stall.actor, cancelled, reason="缺货")
    assert waiting.state == "placed"

    rows = queries.monthly_totals(["2026-10", "2026-11", "2026-12"], stall.organisation_id)

    assert [(r.month, r.orders, r.gross_fen, r.refunded_fen) for r in rows] == [
        ("2026-10", 1, 6780, 0),
        ("2026-11", 2, 6780 + 12760, 12760),
        ("2026-12", 0, 0, 0),
    ]


def test_seven_days_end_today_and_leave_out_other_sellers(stall, as_user, clock):
    service.accept(stall.actor, stall.buy(1))
    other = open_stall(as_user)
    service.accept(other.actor, other.buy(1, mobile="13900000004"))

    days = queries.seven_days(stall.organisation_id)

    assert len(days) == 7
    assert (days[-1].on, days[-1].orders, days[-1].gross_fen) == (core_clock.today(), 1, 6780)
    assert sum(d.orders for d in days[:-1]) == 0
