"""Pages of shipments: list, send, one with the receiver's answer, void, take back, goods from outside."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core.account.access import access, current_actor
from core.errors import BadInput, DomainError, InvalidMove, RuleBroken
from core.file.service import store
from core.organisation import queries as organisations
from core.place import queries as places
from core.ui import flash
from core.ui.forms import WeightField
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import history
from trace.item import queries as items
from trace.lot import queries as lots
from trace.lot.deeds import LotSource
from trace.lot.rules import in_kg, kg
from trace.movement import queries, rules, service
from trace.movement.forms import OutsideForm, ReasonForm, ReceiveForm, SendForm
from trace.movement.models import Shipment
from trace.movement.permissions import RECEIVE, SEND, VIEW
from trace.movement.rules import SHIPMENT

bp = Blueprint("movement", __name__, template_folder="templates", url_prefix="/shipments")
_SITES = ("packhouse", "store", "station")


class _Bounds:
    """The bounds that the weight field's own reading asks for."""

    minimum_g, maximum_g = 0, 10**11


_WEIGHT: Any = _Bounds()


def _grams(name: str, word: str) -> int:
    typed = request.form.get(name, "").strip()
    if not typed:
        return 0
    try:
        value: int = WeightField.parse(_WEIGHT, typed)
    except ValueError as wrong:
        raise BadInput(f"{word}：{wrong}", code="movement.grams", field="lines") from None
    return value


@bp.get("/")
@access(VIEW)
def index() -> ResponseReturnValue:
    organisation_id = current_actor().organisation_id or 0
    side = request.args.get("side", "")
    table = Table(
        queries.table_of(organisation_id, side),
        [
            Column("number", "发货单", sort=Shipment.number, link=lambda r: url_for(".show", public_id=r.public_id)),
            Column("way", "方向", value=lambda r: "发出" if r.organisation_id == organisation_id else "收进"),
            Column("other", "对方", value=lambda r: r.receiver if r.organisation_id == organisation_id else r.sender),
            Column("sent_on", "发货日期", kind="date", sort=Shipment.sent_on),
            Column("waybill_no", "运单号"),
            Column("state", "状态", kind="chip", sort=Shipment.state, value=_chip),
        ],
        filters=[
            Filter("q", "发货单或运单号", search=(Shipment.number, Shipment.waybill_no)),
            Filter("state", "状态", column=Shipment.state, choices=[(s.key, s.label) for s in SHIPMENT.states]),
        ],
        default_sort="-number",
        name="shipments",
        caption="收发货",
        empty="还没有收发货。",
        scalars=False,
    )
    page: ResponseReturnValue = table.respond(
        "trace/movement/index.html", side=side, waiting=queries.waiting(organisation_id)
    )
    return page


def _chip(row: Any) -> tuple[str, str]:
    return SHIPMENT.label_of(row.state), SHIPMENT.state(row.state).tone


@bp.route("/send", methods=["GET", "POST"])
@access(SEND)
def send() -> ResponseReturnValue:
    actor, form = current_actor(), SendForm()
    organisation_id = actor.organisation_id or 0
    fields: Any = form
    fields.place.choices = places.choices(organisation_id, *_SITES)
    stock = [x for x in lots.lots_of(organisation_id, states=("open", "sealed")) if x.remainder_g > 0]
    unmet: Any = ()
    if form.validate_on_submit():
        try:
            form.claim_once()
            shipment = service.send(
                actor,
                receiver_code=fields.receiver.data,
                lines=_chosen(stock, organisation_id),
                papers=service.Papers(
                    fields.vehicle.data or "",
                    fields.waybill_no.data or "",
                    fields.document_no.data or "",
                    fields.note.data or "",
                ),
                sent_on=fields.sent_on.data,
                from_place=places.pick(fields.place.data, organisation_id, *_SITES),
            )
            flash(f"发货单 {shipment.number} 已开，等对方收货。")
            return redirect(url_for(".show", public_id=shipment.public_id))
        except RuleBroken as error:
            unmet = error.unmet
        except DomainError as error:
            form.put_error(error)
    elif not form.is_submitted():
        fields.sent_on.data = clock.today()
    page = render_template("trace/movement/send.html", form=form, stock=stock, unmet=unmet)
    return page, 422 if unmet or form.errors else 200


def _chosen(stock: list[lots.LotView], organisation_id: int) -> list[LotSource]:
    found = []
    for lot in stock:
        grams = _grams(f"take-{lot.public_id}", f"批次 {lot.lot_no}")
        if grams:
            found.append((lots.pick(lot.public_id, organisation_id, field="lines"), grams))
    if not found:
        raise BadInput("至少写一批发多少。", code="movement.lines", field="lines")
    return found


@bp.route("/<uuid:public_id>", methods=["GET", "POST"])
@access(VIEW)
def show(public_id: uuid.UUID) -> ResponseReturnValue:
    """Both parties see the shipment; the receiver answers it here."""
    actor = current_actor()
    shipment = queries.load(public_id, actor)
    receiving = shipment.receiver_id == actor.organisation_id and shipment.state == "in_transit"
    form: Any = ReceiveForm()
    form.place.choices = places.choices(actor.organisation_id or 0, *_SITES) if receiving else []
    unmet: Any = ()
    lines = service.lines_of(shipment)
    if receiving and actor.can(RECEIVE) and form.validate_on_submit():
        try:
            form.claim_once()
            told = {line.id: _told(line.id) for line in lines}
            place = places.pick(form.place.data, actor.organisation_id or 0, *_SITES)
            service.receive(shipment, actor, told, received_on=form.received_on.data, place=place)
            flash(f"发货单 {shipment.number}：{SHIPMENT.label_of(shipment.state)}。")
            return redirect(url_for(".show", public_id=public_id))
        except RuleBroken as error:
            unmet = error.unmet
        except DomainError as error:
            form.put_error(error)
    elif request.method == "POST" and not receiving:
        raise InvalidMove("这张发货单现在不能收货。", help="刷新页面看它的状态。")
    elif not form.is_submitted():
        form.received_on.data = clock.today()
    known = lots.lots_by_id({x for line in lines for x in (line.lot_id, line.part_lot_id) if x})
    page = render_template(
        "trace/movement/show.html", shipment=shipment, lines=lines, lots=known, form=form, receiving=receiving and actor.can(RECEIVE),
        unmet=unmet, parties=organisations.views([shipment.organisation_id, shipment.receiver_id]), workflow=SHIPMENT,
        mine=shipment.organisation_id == actor.organisation_id, history=history(SHIPMENT, shipment.id), in_kg=in_kg,
        producers=organisations.views([x.producer_id for x in known.values()]),
        may_void=shipment.state == "in_transit" and shipment.organisation_id == actor.organisation_id and actor.can(SEND),
        may_reopen=shipment.state in ("received", "differs", "refused") and shipment.receiver_id == actor.organisation_id and actor.can(RECEIVE),
    )  # fmt: skip
    return page, 422 if unmet or form.errors else 200


def _told(line_id: int) -> service.Told:
    return service.Told(
        _grams(f"damaged-{line_id}", "破损"), _grams(f"short-{line_id}", "短少"), _grams(f"refused-{line_id}", "拒收"),
        request.form.get(f"remark-{line_id}", "").strip()[:120],
    )  # fmt: skip


@bp.route("/<uuid:public_id>/void", methods=["GET", "POST"])
@access(SEND)
def void(public_id: uuid.UUID) -> ResponseReturnValue:
    return _with_reason(
        public_id, "撤销发货", "货没有发出去才撤销；对方收了货，由对方按实收办理。", service.void, queries.sent
    )


@bp.route("/<uuid:public_id>/reopen", methods=["GET", "POST"])
@access(RECEIVE)
def reopen(public_id: uuid.UUID) -> ResponseReturnValue:
    return _with_reason(
        public_id, "冲正收货", "收货数量记错了才冲正；冲正以后回到在途，重新收货。", service.reopen, queries.received
    )


def _with_reason(public_id: uuid.UUID, title: str, lead: str, deed: Any, find: Any) -> ResponseReturnValue:
    actor = current_actor()
    shipment = find(public_id, actor)
    form, unmet = ReasonForm(), ()
    if form.validate_on_submit():
        try:
            form.claim_once()
            deed(shipment, actor, form.reason.data or "")
            flash(f"{title}已办。")
            return redirect(url_for(".show", public_id=public_id))
        except RuleBroken as error:
            unmet = error.unmet  # type: ignore[assignment]
        except DomainError as error:
            if not form.put_error(error):
                raise
    page = render_template(
        "trace/movement/reason.html", shipment=shipment, form=form, title=title, lead=lead, unmet=unmet
    )
    return page, 422 if unmet or form.errors else 200


@bp.route("/outside", methods=["GET", "POST"])
@access(RECEIVE)
def outside() -> ResponseReturnValue:
    """Goods bought from a supplier that is not on the platform."""
    actor = current_actor()
    organisation_id = actor.organisation_id or 0
    form: Any = OutsideForm()
    loose = items.items_of(organisation_id, loose=True)
    form.item.choices = [(str(i.public_id), i.name) for i in loose]
    form.place.choices = places.choices(organisation_id, *_SITES)
    if form.validate_on_submit():
        try:
            form.claim_once()
            paper = form.paper.data
            kind = "document" if paper.filename.lower().endswith(".pdf") else "picture"
            stored = store(paper.stream, paper.filename, kind=kind, owner_organisation_id=organisation_id, actor=actor)
            lot = service.receive_from_outside(
                actor, item_id=items.get_item(form.item.data, actor).id, mass_g=form.mass_g.data,
                supplier=form.supplier.data, supplier_code=form.supplier_code.data or "", origin=form.origin.data,
                document_no=form.document_no.data or "", certificate_no=form.certificate_no.data or "",
                file_id=stored.id, received_on=form.received_on.data,
                place=places.pick(form.place.data, organisation_id, *_SITES),
            )  # fmt: skip
            flash(f"批次 {lot.lot_no} 已入库，{kg(lot.mass_g)} kg。")
            return redirect(url_for("lot.show", public_id=lot.public_id))
        except DomainError as error:
            form.put_error(error)
    elif not form.is_submitted():
        form.received_on.data = clock.today()
    return render_template("trace/movement/outside.html", form=form, loose=loose), 422 if form.errors else 200


__all__ = ["bp", "rules"]
