"""Plug orders in: tables, workflow, pages, timers, menu."""

from __future__ import annotations

from flask import Flask, url_for

from core import hooks
from core.account.actor import Actor
from core.ui import nav, search
from core.workflow.engine import bind
from shop.order import errors, jobs, models, permissions, queries, recall, rules, service  # noqa: F401 - jobs: loops
from shop.order.seller_views import blueprint as seller
from shop.order.views import blueprint
from shop.payment.service import lock_order, on_paid


def _waiting(actor: Actor) -> int | None:
    if actor.organisation_id is None:
        return None
    return sum(t.count for t in queries.open_todos(actor.organisation_id)) or None


def _find(text: str, actor: Actor) -> list[search.Hit]:
    """The seller's own orders by order or waybill number, for the staff search box."""
    if actor.organisation_id is None or not actor.can(permissions.VIEW):
        return []
    return [
        search.Hit(
            f"订单 {o.order_no}",
            f"{o.region}，{rules.ORDER.label_of(o.state)}",
            url_for("seller_order.show", public_id=o.public_id),
            "订单",
        )
        for o in queries.find_by_number(rules.normalise_waybill(text), actor.organisation_id)
    ]


def register(app: Flask) -> None:
    """Afterwards the room is part of ``app``."""
    errors.register()
    bind(
        rules.ORDER,
        model=models.Order,
        load_facts=service.load_facts,
        owner=lambda o: o.organisation_id,
        effects={
            "confirm_transfer": service.on_confirmed,
            "accept": service.on_confirmed,
            "settle": service.on_confirmed,
            "ship": service.on_shipped,
            "sign": service.on_signed,
            "deliver": service.on_signed,
            "cancel_by_buyer": service.on_cancelled,
            "cancel": service.on_cancelled,
            "expire": service.on_cancelled,
        },
    )
    on_paid.append(service.on_paid)
    lock_order.append(service.lock_order)
    hooks.lot_parties.append(recall.lot_parties)
    hooks.tell_party.append(recall.tell_party)
    search.register_finder(_find)
    app.register_blueprint(blueprint)
    app.register_blueprint(seller)
    nav.add("品牌与销售", "订单", "seller_order.index", permissions.VIEW, "yen", 34, badge=_waiting, phone=True)
