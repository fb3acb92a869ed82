"""What an order posts to the shop's book (book S of the ledger): every figure about sales stands on these.

The platform holds no money of these orders: transfers and cash go to the seller's own hands (S1110 企业自收款).
"""

from __future__ import annotations

from core.account.actor import Actor
from core.ledger.queries import entry_of
from core.ledger.rules import Line, credit, debit
from core.ledger.service import post, reverse
from shop.order.models import Order

BOOK = "S"


def _dims(order: Order) -> dict[str, str]:
    return {"seller": str(order.organisation_id), "order": order.order_no}


def _post(order: Order, kind: str, lines: list[Line], actor: Actor, memo: str) -> None:
    post(BOOK, kind, order, lines, actor, memo)


def accepted(order: Order, actor: Actor) -> None:
    """The buyer owes the whole order, the seller has sold it."""
    dims = _dims(order)
    lines = [debit("S1210", order.total_fen, **dims), credit("S4110", order.total_fen, **dims)]
    _post(order, "order.accepted", lines, actor, f"订单 {order.order_no} 成交")


def received(order: Order, actor: Actor) -> None:
    """The seller has the money in its own hands."""
    dims = _dims(order)
    lines = [debit("S1110", order.total_fen, **dims), credit("S1210", order.total_fen, **dims)]
    _post(order, "order.received", lines, actor, f"订单 {order.order_no} 收款")


def cancelled(order: Order, owed_fen: int, actor: Actor) -> None:
    """A paid order is owed back; an accepted one that nobody paid is reversed; an unconfirmed one never was a sale."""
    dims = _dims(order)
    if owed_fen:
        lines = [debit("S4120", owed_fen, **dims), credit("S2220", owed_fen, **dims)]
        _post(order, "order.refund_owed", lines, actor, f"订单 {order.order_no} 取消，应退买家")
        return
    entry = entry_of(BOOK, "order.accepted", "shop_order_order", str(order.id))
    if entry is not None:
        reverse(entry, actor, f"订单 {order.order_no} 取消")


def refunded(order: Order, fen: int, actor: Actor) -> None:
    """The seller has paid back what it owed."""
    dims = _dims(order)
    lines = [debit("S2220", fen, **dims), credit("S1110", fen, **dims)]
    _post(order, "order.refunded", lines, actor, f"订单 {order.order_no} 退款")
