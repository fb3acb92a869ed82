"""Timers: orders nobody confirmed lapse, signed orders close."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from core import clock
from core.db import db, unit_of_work
from core.job.service import loop
from shop.order import rules, service
from shop.order.models import Order


@loop("shop.orders", 30.0, own_unit=True)
def tick() -> int:
    """Each due order makes its move in a unit of its own; returns how many did."""
    return lapse_due() + close_due()


def lapse_due(limit: int = 50) -> int:
    """Orders past their reserved time are cancelled; one locked by somebody else just now waits for the next round."""
    with unit_of_work() as session:
        ids = session.scalars(
            select(Order.id).where(Order.state == "placed", Order.due_at <= clock.now()).order_by(Order.id).limit(limit)
        ).all()
    done = 0
    for order_id in ids:
        with unit_of_work():
            order = db.session.scalar(select(Order).where(Order.id == order_id).with_for_update(skip_locked=True))
            if order is not None and order.state == "placed":
                service.expire(order)
                done += 1
    return done


def close_due(limit: int = 50) -> int:
    """Orders whose time for claims is over are done."""
    shortest = clock.now() - timedelta(hours=24)
    done = 0
    with unit_of_work() as session:
        rows = session.execute(
            select(Order.id, Order.signed_at, Order.claim_hours)
            .where(Order.state == "signed", Order.signed_at <= shortest)
            .order_by(Order.signed_at)
            .limit(limit)
        ).all()
    now = clock.now()
    for order_id, signed_at, hours in rows:
        if not rules.window_over(rules.OrderFacts("", 0, now=now, signed_at=signed_at, claim_hours=hours)):
            with unit_of_work() as session:
                order = session.get_one(Order, order_id)
                if order.state == "signed":
                    service.close(order)
                    done += 1
    return done
