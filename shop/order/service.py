"""Orders are placed out of reserved stock, confirmed, sent, signed for, closed or cancelled; each step once."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select

from core import clock, numbers
from core.account.actor import GUEST, SYSTEM, Actor
from core.db import db
from core.errors import Conflict, Denied, RuleBroken
from core.notice.service import send
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from core.workflow.table import Move
from shop.order import books, permissions, rules
from shop.order.errors import OrderNotFound
from shop.order.models import Order, OrderLine
from shop.order.receiver import Receiver, digest, masked, seal_receiver
from shop.payment import service as payments
from shop.payment.adapters import Evidence
from shop.payment.models import Payment
from shop.stock import lots
from shop.stock import service as stock
from shop.stock.rules import LotFacts, unsellable
from trace.aggregation import selling

MAX_OPEN_PER_BUYER = 6
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


@dataclass(frozen=True, slots=True)
class NewLine:
    """One line to be frozen: pieces of one lot at one price."""

    listing_id: int
    variant_id: int
    item_id: int
    stock_id: int
    lot: LotFacts
    title: str
    spec: str
    unit: str
    net_g: int
    quantity: int
    price_fen: int
    host_id: int | None = None
    host_link_id: int | None = None
    rule_version: str = ""


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order of one seller, as checkout hands it over."""

    key: uuid.UUID
    checkout_id: int
    organisation_id: int
    seller_name: str
    method: str
    freight_fen: int
    perishable: bool
    claim_hours: int
    claim_terms: str
    receiver: Receiver
    region: str
    due_at: datetime
    lines: Sequence[NewLine]


def place_order(new: NewOrder, actor: Actor) -> Order:
    """The order stands as 待确认 with frozen lines; stock is reserved for its key already, the seller is told."""
    now = clock.now()
    goods = sum(x.quantity * x.price_fen for x in new.lines)
    order = Order(
        public_id=new.key,
        order_no=rules.order_no(clock.today(), numbers.sequence("order")),
        token=secrets.token_urlsafe(24),
        checkout_id=new.checkout_id,
        organisation_id=new.organisation_id,
        seller_name=new.seller_name,
        user_id=actor.user_id,
        method=new.method,
        goods_fen=goods,
        freight_fen=new.freight_fen,
        total_fen=goods + new.freight_fen,
        perishable=new.perishable,
        claim_hours=new.claim_hours,
        claim_terms=new.claim_terms,
        receiver_sealed=seal_receiver(new.key, new.receiver),
        buyer_digest=digest(new.receiver.mobile),
        receiver_masked=masked(new.receiver),
        region=new.region,
        placed_at=now,
        due_at=new.due_at,
        lines=[_frozen(line, now) for line in new.lines],
    )
    db.session.add(order)
    db.session.flush()  # the notice and the audit row name it
    record("order.placed", order, actor, total_fen=order.total_fen, method=order.method, lines=len(order.lines))
    send(
        to_organisation_id=order.organisation_id,
        title=f"新订单 {order.order_no}",
        body=f"{order.region}，{order.total_fen / 100:.2f} 元，请在 {clock.local(new.due_at):%m-%d %H:%M} 前确认。",
        link=f"/enterprise/orders/{order.public_id}",
    )
    return order


def _frozen(line: NewLine, now: datetime) -> OrderLine:
    return OrderLine(
        listing_id=line.listing_id,
        variant_id=line.variant_id,
        item_id=line.item_id,
        lot_id=line.lot.lot_id,
        stock_id=line.stock_id,
        record_id=line.lot.record_id,
        lot_no=line.lot.lot_no,
        harvested_on=line.lot.harvested_on,
        title=line.title,
        spec=line.spec,
        unit=line.unit,
        net_g=line.net_g,
        quantity=line.quantity,
        price_fen=line.price_fen,
        line_fen=line.quantity * line.price_fen,
        host_id=line.host_id,
        host_link_id=line.host_link_id,
        rule_version=line.rule_version,
        at=now,
    )


def check_open_orders(mobile: str) -> None:
    """Refuses a buyer who already holds many unconfirmed orders, so that nobody freezes a seller's stock for nothing."""
    waiting = db.session.scalar(
        select(func.count()).select_from(Order).where(Order.buyer_digest == digest(mobile), Order.state == "placed")
    )
    if (waiting or 0) >= MAX_OPEN_PER_BUYER:
        raise Conflict(
            f"这个手机号已有 {waiting} 笔订单等待确认。",
            code="order.too_many_open",
            field="mobile",
            help="先付款或取消其中几笔，再下新单。",
        )


def bought_before(mobile: str, variant_ids: Sequence[int]) -> dict[int, int]:
    """Pieces by variant this mobile number has in orders that are neither cancelled nor closed, for caps."""
    rows = db.session.execute(
        select(OrderLine.variant_id, func.sum(OrderLine.quantity))
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            Order.buyer_digest == digest(mobile),
            OrderLine.variant_id.in_(variant_ids),
            Order.state.not_in(("cancelled", "closed")),
        )
        .group_by(OrderLine.variant_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def confirm_transfer(actor: Actor, order: Order, *, reference: str, received_fen: int) -> None:
    """The transfer has arrived in full: payment settled, order 待发货, stock kept, both postings made."""
    payload = {"bank_reference": reference, "received_fen": received_fen}
    fire(rules.ORDER, order, "confirm_transfer", actor, payload=payload)


def accept(actor: Actor, order: Order) -> None:
    """A 货到付款 order will be served: 待发货, stock kept, the buyer owes."""
    fire(rules.ORDER, order, "accept", actor)


def ship(actor: Actor, order: Order, *, carrier: str, waybill_no: str, scans: Sequence[str] = ()) -> None:
    """The parcel is on its way: carrier and number written down, the pieces have left the stock, scanned units are sold."""
    payload = {"carrier": carrier, "waybill_no": rules.normalise_waybill(waybill_no)[:64], "scans": list(scans)}
    fire(rules.ORDER, order, "ship", actor, payload=payload)


def deliver(actor: Actor, order: Order) -> None:
    """The seller has the carrier's word that the parcel was signed for; cash on delivery counts as received."""
    fire(rules.ORDER, order, "deliver", actor)


def sign(order: Order, actor: Actor = GUEST) -> None:
    """The buyer, known by the order's link or login, has the parcel; the time for claims runs from now."""
    fire(rules.ORDER, order, "sign", actor)


def cancel(actor: Actor, order: Order, *, reason: str) -> None:
    """The seller does not serve the order: stock free again, what was paid is owed back."""
    fire(rules.ORDER, order, "cancel", actor, reason=reason)


def cancel_by_buyer(order: Order, actor: Actor = GUEST) -> None:
    """The buyer takes the unconfirmed order back: stock free again."""
    fire(rules.ORDER, order, "cancel_by_buyer", actor)


def register_refund(actor: Actor, order: Order, *, reference: str) -> None:
    """What was owed back for a cancelled order has been paid out, and the books say so."""
    if order.organisation_id != actor.organisation_id:
        raise OrderNotFound
    if not actor.can(permissions.CANCEL):
        raise Denied("退款由本单位经办员登记。", help="请换一个身份办理。")
    payment = payments.confirm_refunded(order.public_id, reference=reference, actor=actor)
    books.refunded(order, payment.refunded_fen, actor)
    record("order.refunded", order, actor, amount_fen=payment.refunded_fen)


def expire(order: Order) -> None:
    """An order nobody confirmed in time is cancelled and its stock free again."""
    fire(rules.ORDER, order, "expire", SYSTEM)


def close(order: Order) -> None:
    """A signed order whose time for claims is over is done."""
    fire(rules.ORDER, order, "close", SYSTEM)


def get_by_token(token: str) -> Order:
    """The order of a guest's link; OrderNotFound otherwise."""
    if not _TOKEN.fullmatch(token):
        raise OrderNotFound
    order = db.session.scalar(select(Order).where(Order.token == token))
    if order is None:
        raise OrderNotFound
    return order


def get_for_seller(actor: Actor, public_id: uuid.UUID) -> Order:
    """An order of the actor's organisation; another's is not there."""
    order = db.session.scalar(select(Order).where(Order.public_id == public_id))
    if order is None or actor.organisation_id is None or order.organisation_id != actor.organisation_id:
        raise OrderNotFound
    return order


# --- workflow ---------------------------------------------------------------------------------------------------------


def load_facts(order: Order, move: Move, _actor: Actor, now: datetime, payload: Mapping[str, Any]) -> rules.OrderFacts:
    """What the guards look at, under the row lock."""
    carrier, waybill = str(payload.get("carrier", "")), str(payload.get("waybill_no", ""))
    taken, stopped = False, []
    if move.key == "ship":
        taken = bool(
            waybill
            and db.session.scalar(
                select(exists().where(Order.carrier == carrier, Order.waybill_no == waybill, Order.id != order.id))
            )
        )
        stopped = stopped_lots(order)
    return rules.OrderFacts(
        method=order.method,
        total_fen=order.total_fen,
        bank_reference=str(payload.get("bank_reference", "")),
        received_fen=int(payload.get("received_fen", 0)),
        carrier=carrier,
        waybill_no=waybill,
        waybill_taken=taken,
        lots_stopped=stopped,
        now=now,
        due_at=order.due_at,
        signed_at=order.signed_at,
        claim_hours=order.claim_hours,
    )


def stopped_lots(order: Order) -> list[str]:
    """Numbers of the order's lots that are held, recalled or withdrawn now."""
    return sorted(held_lots(order).values())


def held_lots(order: Order) -> dict[int, str]:
    """The order's lots that are held, recalled or withdrawn now: row id to number."""
    facts = lots.facts([x.lot_id for x in order.lines])
    stops = ("stock.lot.recalled", "stock.lot.held", "stock.lot.record")
    return {
        lot_id: lot.lot_no
        for lot_id, lot in facts.items()
        if any(u.rule in stops for u in unsellable(lot, clock.today()))
    }


def on_confirmed(order: Order, context: MoveContext) -> None:
    """The order will be served: its promise has no end, the buyer owes; a transfer is settled with it."""
    order.confirmed_at, order.due_at = context.now, None
    stock.keep(order.public_id)
    books.accepted(order, context.actor)
    if context.move.key == "confirm_transfer":
        payment = _pending(order)
        reference, fen = str(context.payload["bank_reference"]), int(context.payload["received_fen"])
        payments.settle("transfer", Evidence(payment.once_key, reference, fen, context.now), context.actor)
    if context.move.key in ("confirm_transfer", "settle"):
        books.received(order, context.actor)


def on_shipped(order: Order, context: MoveContext) -> None:
    """The parcel has a number and the pieces have left."""
    order.shipped_at = context.now
    order.carrier, order.waybill_no = str(context.payload["carrier"]), str(context.payload["waybill_no"])
    db.session.flush()  # a number taken at the same moment is told here
    stock.take(order.public_id, context.actor)
    if scans := context.payload.get("scans"):
        wanted: dict[int, int] = {}
        for line in order.lines:
            wanted[line.lot_id] = wanted.get(line.lot_id, 0) + line.quantity
        selling.sell(
            scans, wanted, context.actor, source=f"order:{order.public_id}", to=f"订单 {order.order_no}",
            document=order.waybill_no,
        )  # fmt: skip


def on_signed(order: Order, context: MoveContext) -> None:
    """The time for claims runs; cash on delivery is in the seller's hands."""
    order.signed_at = context.now
    if order.method == "cod":
        payment = _pending(order)
        evidence = Evidence(payment.once_key, f"签收 {order.order_no}", payment.amount_fen, context.now)
        payments.settle("cod", evidence, context.actor)
        books.received(order, context.actor)


def on_cancelled(order: Order, context: MoveContext) -> None:
    """Stock is free again; unpaid attempts are void, what was paid is owed back and taken out of the sales."""
    order.cancelled_at, order.due_at = context.now, None
    stock.release(order.public_id, context.actor)
    payments.cancel(order.public_id)
    owed = payments.owe_refund(order.public_id, context.actor)
    books.cancelled(order, owed, context.actor)
    if order.user_id is not None and context.move.key != "cancel_by_buyer":
        send(
            to_user_id=order.user_id,
            title=f"订单 {order.order_no} 已取消",
            body=context.reason or "逾期未确认，库存已放回。",
            link=f"/o/{order.token}",
        )


def on_paid(order_key: uuid.UUID, _payment: Payment, _actor: Actor) -> None:
    """A provider's notice settles the order, once (hook of the payment room); a move that pays by itself is past 待确认."""
    order = db.session.scalar(select(Order).where(Order.public_id == order_key))
    if order is not None and order.state == "placed":
        fire(rules.ORDER, order, "settle", SYSTEM)


def lock_order(order_key: uuid.UUID) -> None:
    """The order is locked before its payment (hook of the payment room)."""
    db.session.execute(select(Order.id).where(Order.public_id == order_key).with_for_update())


def _pending(order: Order) -> Payment:
    payment = next((p for p in payments.of_order(order.public_id) if p.state == "pending"), None)
    if payment is None:
        raise RuleBroken("这笔订单没有待付的款。", code="order.no_payment", help="刷新页面看看最新状态。")
    return payment
