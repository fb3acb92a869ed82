"""What a recall asks of orders: whom each lot went to, and telling one buyer (hooks of the core)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from core.db import db
from core.hooks import LotParty, RecallNotice, recall_facts
from core.notice import service as notices
from shop.order.models import Order, OrderLine
from shop.order.receiver import open_receiver
from shop.order.rules import ORDER

LEFT = ("shipped", "signed", "closed")


def lot_parties(lot_ids: Sequence[int]) -> list[LotParty]:
    """One party per order and lot, cancelled orders left out; ``done`` once the parcel has left.  No buyer is named."""
    rows = db.session.execute(
        select(OrderLine.lot_id, OrderLine.quantity, OrderLine.net_g, OrderLine.unit, Order)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.lot_id.in_(list(lot_ids)), Order.state != "cancelled")
        .order_by(Order.id, OrderLine.id)
    )
    found: dict[tuple[uuid.UUID, int], LotParty] = {}
    for lot_id, quantity, net_g, _unit, order in rows:
        earlier = found.get((order.public_id, lot_id))
        pieces, grams = (
            quantity + (earlier.pieces or 0 if earlier else 0),
            quantity * net_g + (earlier.mass_g if earlier else 0),
        )
        found[(order.public_id, lot_id)] = LotParty(
            key=f"order:{order.public_id}:{lot_id}", kind="order", lot_id=lot_id, title=f"订单 {order.order_no}",
            note=f"{order.region}，{ORDER.label_of(order.state)}", mass_g=grams, pieces=pieces,
            at=order.shipped_at or order.placed_at, organisation_id=order.organisation_id,
            href=f"/enterprise/orders/{order.public_id}", done=order.state in LEFT,
        )  # fmt: skip
    return list(found.values())


def tell_party(*, key: str, title: str, body: str, link: str) -> str | None:
    """The receiver of the order gets a short message, and a buyer with an account finds it in the inbox too."""
    if not key.startswith("order:"):
        return None
    order = db.session.scalar(select(Order).where(Order.public_id == uuid.UUID(key.split(":")[1])))
    if order is None:
        return ""
    if order.user_id is not None:
        notices.send(to_user_id=order.user_id, title=title, body=body, link=link)
    mobile = open_receiver(order).mobile
    if not mobile:
        return "inbox" if order.user_id is not None else ""
    notices.deliver("sms", mobile, title, f"{body}订单 {order.order_no}。")
    return "sms"


def notices_of(lots: Mapping[int, str], lang: str) -> dict[str, RecallNotice]:
    """What the recall room says of these lots (row id to number), by lot number; lots without a recall are not named."""
    found: dict[str, RecallNotice] = {}
    for lot_id, lot_no in sorted(lots.items(), key=lambda pair: pair[1]):
        for hook in recall_facts:
            notice = hook(lot_id=lot_id, lang=lang)
            if notice is not None:
                found.setdefault(lot_no, notice)
    return found
