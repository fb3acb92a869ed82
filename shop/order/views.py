"""The buyer's pages: an order by its link, one's own orders, a host's lines."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from core import clock
from core.account.access import access, current_actor, public
from core.db import lock
from core.organisation.queries import get_organisation
from core.ui import flash, once
from core.ui.page import page_settings
from shop.livestream import rules as host_rules
from shop.livestream.service import host_of
from shop.order import permissions, queries, recall, rules, service
from shop.order.receiver import open_receiver
from shop.order.show import lines_of
from shop.payment import service as payments
from shop.payment.adapters import ADAPTERS

blueprint = Blueprint("order", __name__, template_folder="templates")


@blueprint.after_request
def _private(response: Response) -> Response:
    """An order page holds an address: no browser, proxy or search engine keeps it (个人信息保护法 art. 51)."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.get("/o/<token>")
@public("whoever holds the order's unguessable link")
def show(token: str) -> Any:
    """The order: state in words, parcel, lines with their record, sums, after-sale, numbers."""
    order = service.get_by_token(token[:64])
    due = clock.local(order.due_at).strftime("%m-%d %H:%M") if order.due_at else ""
    receiver = open_receiver(order)
    held = service.held_lots(order)
    recalls = recall.notices_of(held, page_settings().lang)
    paid = next((p for p in payments.of_order(order.public_id) if p.paid_at), None)
    return render_template(
        "shop/order/show.html",
        order=order,
        head=rules.headline(
            order.state,
            method=order.method,
            carrier=rules.CARRIER_NAMES.get(order.carrier, ""),
            due=due,
            hours=order.claim_hours,
        ),
        steps=rules.STEPS,
        carrier=rules.CARRIER_NAMES.get(order.carrier, ""),
        lines=lines_of(order),
        address=receiver.address,
        method=ADAPTERS[order.method].label,
        account=payments.account_of(order.organisation_id)
        if order.state == "placed" and order.method == "transfer"
        else None,
        paid=paid,
        recalls=recalls,
        stopped=sorted(no for no in held.values() if no not in recalls),
        seller=get_organisation(order.organisation_id),
    )


@blueprint.post("/o/<token>/sign")
@public("whoever holds the order's unguessable link")
def sign(token: str) -> Any:
    """The buyer has the parcel."""
    order = service.get_by_token(token[:64])
    once.claim(request.form.get("once"))
    service.sign(order, current_actor())
    flash("已确认收货。坏果包赔从现在起算。")
    return redirect(url_for("order.show", token=token))


@blueprint.post("/o/<token>/cancel")
@public("whoever holds the order's unguessable link")
def cancel(token: str) -> Any:
    """The buyer takes an unconfirmed order back."""
    order = service.get_by_token(token[:64])
    once.claim(request.form.get("once"))
    lock(order)
    service.cancel_by_buyer(order, current_actor())
    flash("订单已取消，库存已放回。")
    return redirect(url_for("order.show", token=token))


@blueprint.get("/my/orders")
@access(permissions.MINE)
def mine() -> Any:
    """The signed-in buyer's orders."""
    rows = queries.orders_of_user(current_actor().user_id or 0)
    return render_template("shop/order/mine.html", rows=rows, workflow=rules.ORDER)


@blueprint.get("/host/orders")
@access(permissions.HOST)
def host() -> Any:
    """The lines that count for the signed-in host; nothing about the buyers."""
    found = host_of(current_actor())
    return render_template(
        "shop/order/host.html",
        host=found,
        rows=queries.lines_of_host(found.id) if found else [],
        workflow=rules.ORDER,
        rule=host_rules.RULE_TEXT,
    )
