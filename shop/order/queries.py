"""Figures and lists of orders for screens, statistics and the enterprise's workbench."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Date, and_, case, cast, func, or_, select

from core import clock
from core.db import db
from shop.catalogue.rules import Deal
from shop.order.models import Order, OrderLine
from shop.payment.models import Payment, Share

CONFIRMED = Order.confirmed_at.is_not(None)


@dataclass(frozen=True, slots=True)
class MonthTotals:
    """Online sales of one month (``YYYY-MM``, by the day of ordering in Shanghai), in 分."""

    month: str
    orders: int
    gross_fen: int
    refunded_fen: int


@dataclass(frozen=True, slots=True)
class DayTotals:
    """A seller's confirmed orders of one day, in 分."""

    on: date
    orders: int
    gross_fen: int


@dataclass(frozen=True, slots=True)
class Todo:
    """Something a seller has to do now: how many, and where."""

    key: str
    title: str
    count: int
    url: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a seller's shop is: draft and published listings, pieces on hand, orders."""

    listings: int
    published: int
    stock_rows: int
    orders: int


def monthly_totals(months: Sequence[str], organisation_id: int | None = None) -> list[MonthTotals]:
    """Orders that were confirmed, by month of ordering; a month without any is there with zeros.

    ``gross_fen`` counts goods and freight of every confirmed order; ``refunded_fen`` those cancelled after payment
    or acceptance, so that gross minus refunded is what remained.
    """
    month = func.to_char(func.timezone("Asia/Shanghai", Order.placed_at), "YYYY-MM")
    query = (
        select(
            month.label("month"),
            func.count(),
            func.coalesce(func.sum(Order.total_fen), 0),
            func.coalesce(func.sum(case((Order.state == "cancelled", Order.total_fen), else_=0)), 0),
        )
        .where(CONFIRMED, month.in_(list(months)))
        .group_by(month)
    )
    if organisation_id is not None:
        query = query.where(Order.organisation_id == organisation_id)
    found = {row[0]: MonthTotals(row[0], row[1], int(row[2]), int(row[3])) for row in db.session.execute(query)}
    return [found.get(m, MonthTotals(m, 0, 0, 0)) for m in months]


def seven_days(organisation_id: int) -> list[DayTotals]:
    """The seller's confirmed and not cancelled orders of the last seven days, today last, empty days with zeros."""
    today = clock.today()
    first = today - timedelta(days=6)
    day = cast(func.timezone("Asia/Shanghai", Order.placed_at), Date)
    rows = db.session.execute(
        select(day, func.count(), func.sum(Order.total_fen))
        .where(
            Order.organisation_id == organisation_id,
            CONFIRMED,
            Order.state != "cancelled",
            Order.placed_at >= clock.day_start(first),
        )
        .group_by(day)
    )
    found = {row[0]: DayTotals(row[0], row[1], int(row[2])) for row in rows}
    days = [first + timedelta(days=n) for n in range(7)]
    return [found.get(d, DayTotals(d, 0, 0)) for d in days]


def open_todos(organisation_id: int) -> list[Todo]:
    """What the seller has to do with its orders, most urgent first; nothing to do gives an empty list."""
    refund = select(Share.order_key).join(Payment, Payment.id == Share.payment_id).where(Payment.state == "refund_due")
    row = db.session.execute(
        select(
            func.count().filter(and_(Order.state == "placed", Order.method == "cod")),
            func.count().filter(and_(Order.state == "placed", Order.method == "transfer")),
            func.count().filter(Order.state == "to_ship"),
            func.count().filter(and_(Order.state == "cancelled", Order.public_id.in_(refund))),
        ).where(
            Order.organisation_id == organisation_id,
            or_(Order.state.in_(("placed", "to_ship")), Order.public_id.in_(refund)),
        )
    ).one()
    base = "/enterprise/orders"
    todos = [
        Todo("refund", "待退款", row[3], f"{base}?state=cancelled", urgent=True),
        Todo("ship", "待发货", row[2], f"{base}?state=to_ship", urgent=True),
        Todo("accept", "待接单", row[0], f"{base}?state=placed"),
        Todo("transfer", "待登记到账", row[1], f"{base}?state=placed"),
    ]
    return [t for t in todos if t.count]


def order_count(organisation_id: int) -> int:
    """How many orders the seller has ever had."""
    return int(
        db.session.scalar(select(func.count()).select_from(Order).where(Order.organisation_id == organisation_id)) or 0
    )


def progress(organisation_id: int) -> Progress:
    """How far the seller's shop is, for the guided start."""
    from shop.catalogue.queries import count_by_state
    from shop.stock.queries import rows_of

    states = count_by_state(organisation_id)
    return Progress(
        sum(states.values()), states.get("published", 0), len(rows_of(organisation_id)), order_count(organisation_id)
    )


def find_by_number(number: str, organisation_id: int, limit: int = 8) -> Sequence[Order]:
    """The seller's orders whose order number starts with, or whose waybill number is, what was typed (6 signs or more)."""
    if not 6 <= len(number) <= 40:
        return []
    typed = or_(Order.order_no.startswith(number, autoescape=True), Order.waybill_no == number)
    return db.session.scalars(
        select(Order).where(Order.organisation_id == organisation_id, typed).order_by(Order.id.desc()).limit(limit)
    ).all()


def deals_of(variant_id: int) -> list[Deal]:
    """Every price at which the variant was really sold, oldest first; cancelled orders were no deals.

    With ``catalogue.rules.reference_price`` it answers what may be called an earlier price (明码标价规定 art. 16).
    """
    rows = db.session.execute(
        select(OrderLine.at, OrderLine.price_fen)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.variant_id == variant_id, CONFIRMED, Order.state != "cancelled")
        .order_by(OrderLine.at, OrderLine.id)
    )
    return [Deal(row[0], row[1]) for row in rows]


def orders_of_user(user_id: int) -> Sequence[Order]:
    """A buyer's own orders, newest first."""
    return db.session.scalars(select(Order).where(Order.user_id == user_id).order_by(Order.id.desc()).limit(100)).all()


@dataclass(frozen=True, slots=True)
class HostLine:
    """What a host sees of an order line: goods and state, nothing about the buyer."""

    on: date
    title: str
    spec: str
    quantity: int
    line_fen: int
    state: str
    seller_name: str
    rule_version: str


def lines_of_host(host_id: int, limit: int = 200) -> list[HostLine]:
    """The lines that count for a host, newest first, without any buyer's data."""
    rows = db.session.execute(
        select(OrderLine, Order.state, Order.seller_name)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.host_id == host_id)
        .order_by(OrderLine.id.desc())
        .limit(limit)
    )
    return [
        HostLine(
            clock.local(line.at).date(),
            line.title,
            line.spec,
            line.quantity,
            line.line_fen,
            state,
            seller,
            line.rule_version,
        )
        for line, state, seller in rows
    ]


def buyers_of_lot(lot_id: int) -> Sequence[Order]:
    """Every order with a piece of the lot that is not cancelled, for a recall."""
    return db.session.scalars(
        select(Order)
        .where(Order.id.in_(select(OrderLine.order_id).where(OrderLine.lot_id == lot_id)), Order.state != "cancelled")
        .order_by(Order.id)
    ).all()
