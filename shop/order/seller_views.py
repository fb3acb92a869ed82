"""The seller's order list and case page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy import select

from core.account.access import access, current_actor
from core.db import db
from core.errors import BadInput, Conflict, DomainError, RuleBroken
from core.ui import flash
from core.ui.moves import requested_move
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import history, moves_for
from shop.order import permissions, rules, service
from shop.order.forms import RefundForm, ShipForm, TransferForm
from shop.order.models import Order
from shop.order.receiver import open_receiver
from shop.order.show import lines_of
from shop.payment import service as payments
from shop.payment.adapters import ADAPTERS

blueprint = Blueprint("seller_order", __name__, template_folder="templates")
PLAIN_MOVES = ("accept", "deliver", "cancel")


@blueprint.get("/enterprise/orders")
@access(permissions.VIEW)
def index() -> Any:
    """The seller's orders; buyers masked."""
    table = Table(
        select(Order).where(Order.organisation_id == current_actor().organisation_id),
        columns=[
            Column(
                "order_no",
                "订单号",
                sort=Order.order_no,
                link=lambda r: url_for("seller_order.show", public_id=r.public_id),
            ),
            Column(
                "state",
                "状态",
                kind="chip",
                value=lambda r: (rules.ORDER.label_of(r.state), rules.ORDER.state(r.state).tone),
            ),
            Column("placed_at", "下单", kind="moment", sort=Order.placed_at),
            Column("receiver_masked", "收货人"),
            Column("region", "地区"),
            Column("method", "付款", value=lambda r: ADAPTERS[r.method].label),
            Column("total_fen", "金额（元）", kind="money", sort=Order.total_fen),
        ],
        filters=[
            Filter("q", "订单号或快递单号", search=(Order.order_no, Order.waybill_no)),
            Filter("state", "状态", column=Order.state, choices=[(s.key, s.label) for s in rules.ORDER.states]),
        ],
        default_sort="-placed_at",
        name="orders",
        caption="订单",
        empty="还没有订单。",
    )
    return table.respond("shop/order/seller_index.html")


@blueprint.get("/enterprise/orders/<uuid:public_id>")
@access(permissions.VIEW)
def show(public_id: UUID) -> Any:
    """One order with its receiver, lines, moves and history."""
    return _page(service.get_for_seller(current_actor(), public_id))


def _page(
    order: Order,
    *,
    ship: ShipForm | None = None,
    transfer: TransferForm | None = None,
    refund: RefundForm | None = None,
) -> str:
    actor = current_actor()
    return render_template(
        "shop/order/seller_show.html",
        order=order,
        receiver=open_receiver(order),
        lines=lines_of(order),
        moves=[v for v in moves_for(rules.ORDER, order, actor) if v.move.key in PLAIN_MOVES and (v.move.key != "accept" or order.method == "cod")],
        ship=ship or ShipForm(formdata=None),
        transfer=transfer or TransferForm(formdata=None),
        refund=refund or RefundForm(formdata=None),
        payments=payments.of_order(order.public_id),
        past=history(rules.ORDER, order.id),
        workflow=rules.ORDER,
        method=ADAPTERS[order.method].label,
        carriers=rules.CARRIER_NAMES,
        stopped=service.stopped_lots(order),
    )  # fmt: skip


def _back(order: Order, message: str) -> Any:
    flash(message)
    return redirect(url_for("seller_order.show", public_id=order.public_id))


@blueprint.post("/enterprise/orders/<uuid:public_id>/move")
@access(permissions.VIEW)
def move(public_id: UUID) -> Any:
    """Accept, deliver or cancel."""
    actor, order = current_actor(), service.get_for_seller(current_actor(), public_id)
    wish = requested_move(rules.ORDER, order, back=url_for("seller_order.show", public_id=public_id))
    if wish.page:
        return wish.page
    if wish.key == "accept":
        service.accept(actor, order)
    elif wish.key == "deliver":
        service.deliver(actor, order)
    elif wish.key == "cancel":
        service.cancel(actor, order, reason=wish.reason)
    else:
        raise BadInput("这一步要填单据，请用下面的表办理。", code="move.unknown", help="返回订单页。")
    return _back(order, f"订单现在是：{rules.ORDER.label_of(order.state)}。")


def _told(form: Any, error: DomainError) -> None:
    """Each unmet rule at the field it is about."""
    fields = {"order.ship.carrier": "carrier", "order.ship.waybill": "waybill_no", "order.ship.waybill_taken": "waybill_no",
              "order.confirm.reference": "reference", "order.confirm.amount": "received_fen"}  # fmt: skip
    for unmet in error.unmet:
        error_at = RuleBroken(unmet.message, code=unmet.rule, field=fields.get(unmet.rule), help=unmet.help)
        form.put_error(error_at)
    if not error.unmet:
        form.put_error(error)


@blueprint.post("/enterprise/orders/<uuid:public_id>/ship")
@access(permissions.SHIP)
def ship(public_id: UUID) -> Any:
    """The parcel leaves."""
    actor, order = current_actor(), service.get_for_seller(current_actor(), public_id)
    form = ShipForm()
    if form.validate_on_submit():
        form.claim_once()
        try:
            with db.session.begin_nested():  # a scan that does not fit leaves the order as it was
                service.ship(
                    actor, order, carrier=form.carrier.data, waybill_no=form.waybill_no.data or "", scans=form.scans()
                )
        except (RuleBroken, Conflict, BadInput) as error:
            _told(form, error)
        else:
            guess = rules.guess_carrier(order.waybill_no)
            if guess and guess != order.carrier:
                flash(f"这个单号看起来像{rules.CARRIER_NAMES[guess]}的，请再对照一次面单。", "todo")
            return _back(order, "已登记发货。")
    return _page(order, ship=form), 422


@blueprint.post("/enterprise/orders/<uuid:public_id>/transfer")
@access(permissions.CONFIRM)
def transfer(public_id: UUID) -> Any:
    """The transfer has arrived."""
    actor, order = current_actor(), service.get_for_seller(current_actor(), public_id)
    form = TransferForm()
    if form.validate_on_submit():
        form.claim_once()
        try:
            service.confirm_transfer(
                actor, order, reference=form.reference.data or "", received_fen=form.received_fen.data or 0
            )
        except RuleBroken as error:
            _told(form, error)
        else:
            return _back(order, "到账已登记，可以备货发出了。")
    return _page(order, transfer=form), 422


@blueprint.post("/enterprise/orders/<uuid:public_id>/refund")
@access(permissions.CANCEL)
def refund(public_id: UUID) -> Any:
    """What was owed has been paid back."""
    actor, order = current_actor(), service.get_for_seller(current_actor(), public_id)
    form = RefundForm()
    if form.validate_on_submit():
        form.claim_once()
        try:
            service.register_refund(actor, order, reference=form.reference.data or "")
        except DomainError as error:
            if not form.put_error(error):
                raise
        else:
            return _back(order, "退款已登记。")
    return _page(order, refund=form), 422
