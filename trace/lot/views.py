"""Pages of lots: list, one with its balance and where it came from and went, receive, pack, write off."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from core import clock
from core.account.access import access, current_actor
from core.errors import BadInput, DomainError, RuleBroken
from core.organisation import queries as organisations
from core.place import queries as places
from core.ui import flash
from core.ui.forms import WeightField
from core.ui.moves import requested_move
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import history, moves_for
from trace.item import queries as items
from trace.item.models import Item
from trace.lot import facts, queries, screen, service
from trace.lot.forms import PackForm, ReceiveForm, WriteOffForm
from trace.lot.models import Lot
from trace.lot.permissions import MAKE, OVERSEE, VIEW
from trace.lot.rules import LOSSES, LOT, in_kg, kg
from trace.season import queries as seasons

bp = Blueprint("lot", __name__, template_folder="templates", url_prefix="/lots")


@bp.get("/")
@access(VIEW)
def index() -> ResponseReturnValue:
    organisation_id = current_actor().organisation_id or 0
    kind = request.args.get("kind", "")
    table = Table(
        queries.lot_table(organisation_id, unit={"packed": "piece", "raw": "gram"}.get(kind)),
        [
            Column("lot_no", "批次", sort=Lot.lot_no, link=lambda r: url_for(".show", public_id=r.public_id)),
            Column("name", "商品项", sort=Item.name),
            Column("made_on", "日期", kind="date", sort=Lot.made_on),
            Column("balance", "数量平衡", value=_balance, export=False),
            Column("left", "余量", align="right", value=_left),
            Column("state", "记录", kind="chip", sort=Lot.state, value=_state),
        ],
        filters=[
            Filter("q", "批号或商品项", search=(Lot.lot_no, Item.name)),
            Filter("state", "记录", column=Lot.state, choices=[(s.key, s.label) for s in LOT.states]),
        ],
        default_sort="-made_on",
        name="lots",
        caption="批次",
        empty="还没有批次。记了采收，就可以入库。",
        scalars=False,
    )
    waiting = queries.waiting_for_seal(organisation_id)
    page: ResponseReturnValue = table.respond("trace/lot/index.html", kind=kind, waiting=waiting)
    return page


def _balance(row: Any) -> Markup:
    """The bar and equation of one row."""
    lot = {
        "is_packed": row.unit == "piece",
        "incoming_g": row.mass_g + row.packing_loss_g,
        "mass_g": row.mass_g,
        "lost_g": row.lost_g,
        "packing_loss_g": row.packing_loss_g,
        "used_g": row.used_g,
        "remainder_g": row.mass_g - row.used_g - row.lost_g,
    }
    return Markup(render_template("trace/lot/_balance.html", lot=lot, in_kg=in_kg))  # noqa: S704 - our own template


def _left(row: Any) -> str:
    grams = row.mass_g - row.used_g - row.lost_g
    return f"{grams // row.net_content_g:,} 件" if row.unit == "piece" else f"{kg(grams)} kg"


def _state(row: Any) -> tuple[str, str]:
    return LOT.label_of(row.state), LOT.state(row.state).tone


@bp.get("/<uuid:public_id>")
@access(VIEW)
def show(public_id: uuid.UUID) -> ResponseReturnValue:
    return _show(public_id)


@bp.get("/<uuid:public_id>/oversee")
@access(OVERSEE)
def oversee(public_id: uuid.UUID) -> ResponseReturnValue:
    """The same page for the inspection, which may stop the sale."""
    return _show(public_id)


def _show(public_id: uuid.UUID) -> str:
    actor = current_actor()
    row = queries.load(public_id, actor)
    lot = queries.get_lot(public_id, actor)
    back = facts.load_background(lot.id)
    known = organisations.views([lot.producer_id, lot.holder_id, lot.sealer_id])
    return render_template(
        "trace/lot/show.html",
        lot=lot,
        row=row,
        back=back,
        checks=queries.sealing_checks(lot.id) if lot.state == "open" else [],
        late=queries.sealing_unmet(lot.id) if lot.is_sealed else [],
        **screen.page_facts(lot),
        parties=known,
        place=places.places_by_id([lot.place_id]).get(lot.place_id) if lot.place_id else None,
        moves=[m for m in moves_for(LOT, row, actor) if m.move.key not in ("seal", "withdraw")],
        history=history(LOT, row.id),
        workflow=LOT,
        in_kg=in_kg,
        seal_url=_seal_url(lot),
        public_path=urlsplit(lot.uri).path,
        mine=actor.organisation_id == lot.organisation_id,
        seals=actor.organisation_id == lot.sealer_id,
    )


def _seal_url(lot: queries.LotView) -> str | None:
    """The signing room's page for the lot: preview and sealing while open, afterwards additions and corrections."""
    if "sealing.seal" not in current_app.view_functions:
        return None
    if lot.is_sealed:
        return url_for("sealing.seal", lot_public_id=lot.public_id, kind="addendum")
    return url_for("sealing.seal", lot_public_id=lot.public_id)


def _amount(name: str) -> int:
    """Grams typed into the amount field of one source; 0 where left empty."""
    typed = request.form.get(name, "").strip()
    if not typed:
        return 0
    try:
        value: int = WeightField.parse(_WEIGHT, typed)
    except ValueError as wrong:
        raise BadInput(f"领用数量：{wrong}", code="lot.take", field="source") from None
    return value


class _Bounds:
    """The bounds that the weight field's own reading asks for."""

    minimum_g, maximum_g = 0, 10**11


_WEIGHT: Any = _Bounds()


def _places(form: Any, organisation_id: int) -> None:
    form.place.choices = places.choices(organisation_id, "packhouse", "store", "station")


def _harvests(organisation_id: int) -> list[dict[str, Any]]:
    """Every harvest day with something left, as lines of the receiving page."""
    found = []
    for season, place in seasons.seasons_of(organisation_id):
        for day, grams in queries.harvest_left(season.id):
            name = f"take-{season.public_id}-{day.isoformat()}"
            found.append({"name": name, "season": season, "place": place, "day": day, "left_g": grams})
    return found


@bp.route("/receive", methods=["GET", "POST"])
@access(MAKE)
def receive() -> ResponseReturnValue:
    actor = current_actor()
    form: Any = ReceiveForm()
    organisation_id = actor.organisation_id or 0
    loose = items.items_of(organisation_id, loose=True)
    form.item.choices = [(str(i.public_id), i.name) for i in loose]
    _places(form, organisation_id)
    lines = _harvests(organisation_id)
    unmet: Any = ()
    if form.validate_on_submit():
        try:
            form.claim_once()
            sources = [(r["season"], r["day"], g) for r in lines if (g := _amount(r["name"]))]
            lot = service.receive_harvest(
                actor,
                item_id=items.get_item(form.item.data, actor).id,
                sources=sources,
                lot_no=form.lot_no.data,
                made_on=form.made_on.data,
                place=places.pick(form.place.data, organisation_id, "packhouse", "store", "station"),
                storage_method=form.storage_method.data,
            )
            flash(f"批次 {lot.lot_no} 已入库，{kg(lot.mass_g)} kg。")
            return redirect(url_for(".show", public_id=lot.public_id))
        except RuleBroken as error:
            unmet = error.unmet
        except DomainError as error:
            form.put_error(error)
    elif not form.is_submitted():
        form.made_on.data = clock.today()
        form.item.data = form.item.choices[0][0] if len(loose) == 1 else None
    bad = bool(unmet or form.errors)
    page = render_template("trace/lot/receive.html", form=form, lines=lines, loose=loose, unmet=unmet, in_kg=in_kg)
    return page, 422 if bad else 200


@bp.route("/pack", methods=["GET", "POST"])
@access(MAKE)
def pack() -> ResponseReturnValue:
    actor = current_actor()
    form: Any = PackForm()
    organisation_id = actor.organisation_id or 0
    packed = items.items_of(organisation_id, loose=False)
    form.item.choices = [(str(i.public_id), i.name) for i in packed]
    _places(form, organisation_id)
    stock = queries.raw_stock(organisation_id)
    unmet: Any = ()
    if form.validate_on_submit():
        try:
            form.claim_once()
            sources = [
                (queries.pick(lot.public_id, organisation_id), grams)
                for lot in stock
                if (grams := _amount(f"take-{lot.public_id}"))
            ]
            lot = service.pack(
                actor,
                item_id=items.get_item(form.item.data, actor).id,
                sources=sources,
                pieces=form.pieces.data,
                lot_no=form.lot_no.data,
                packed_on=form.packed_on.data,
                place=places.pick(form.place.data, organisation_id, "packhouse", "store", "station"),
                storage_method=form.storage_method.data,
                best_before=form.best_before.data,
                brix=form.brix.data,
            )
            flash(f"批次 {lot.lot_no} 已装好，{lot.pieces:,} 件，损耗 {kg(lot.packing_loss_g)} kg。")
            return redirect(url_for(".show", public_id=lot.public_id))
        except RuleBroken as error:
            unmet = error.unmet
        except DomainError as error:
            form.put_error(error)
    elif not form.is_submitted():
        form.packed_on.data = clock.today()
        form.item.data = form.item.choices[0][0] if len(packed) == 1 else None
    bad = bool(unmet or form.errors)
    page = render_template("trace/lot/pack.html", form=form, stock=stock, packed=packed, unmet=unmet)
    return page, 422 if bad else 200


@bp.route("/<uuid:public_id>/write-off", methods=["GET", "POST"])
@access(MAKE)
def write_off(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    form: Any = WriteOffForm()
    row, lot = queries.load(public_id, actor), queries.get_lot(public_id, actor)
    unmet: Any = ()
    if form.validate_on_submit():
        try:
            form.claim_once()
            service.write_off(
                row,
                actor,
                mass_g=form.mass_g.data,
                reason=form.reason.data,
                lost_on=form.lost_on.data,
                kind=form.kind.data,
            )
            flash(f"{LOSSES[form.kind.data]} {kg(form.mass_g.data)} kg 已记。")
            return redirect(url_for(".show", public_id=lot.public_id))
        except RuleBroken as error:
            unmet = error.unmet
        except DomainError as error:
            if not form.put_error(error):
                raise
    elif not form.is_submitted():
        form.lost_on.data, form.kind.data = clock.today(), "loss" if not lot.is_packed else "destroy"
    bad = bool(unmet or form.errors)
    return render_template("trace/lot/write_off.html", form=form, lot=lot, unmet=unmet), 422 if bad else 200


@bp.post("/<uuid:public_id>/move")
@access(VIEW)
def move(public_id: uuid.UUID) -> ResponseReturnValue:
    return _move(public_id, "lot.show")


@bp.post("/<uuid:public_id>/oversee/move")
@access(OVERSEE)
def oversee_move(public_id: uuid.UUID) -> ResponseReturnValue:
    return _move(public_id, "lot.oversee")


def _move(public_id: uuid.UUID, back_to: str) -> ResponseReturnValue:
    actor = current_actor()
    row = queries.load(public_id, actor)
    back = url_for(back_to, public_id=public_id)
    wish = requested_move(LOT, row, back=back)
    if wish.page is not None:
        page: ResponseReturnValue = wish.page
        return page
    service.move_lot(row, wish.key, actor, wish.reason)
    flash(f"批次 {row.lot_no}：{LOT.label_of(row.state)}。")
    return redirect(back)
