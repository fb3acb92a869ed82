"""The enterprise's pages: boxes, the packing station, contents, labels, shipping; and what a box's QR shows to anybody."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core.account.access import access, current_actor, public
from core.config import settings
from core.db import db
from core.errors import DomainError, NotFound, RuleBroken, Unmet
from core.organisation.queries import get_organisation
from core.ui import flash, once
from core.ui.filters import moment
from core.ui.tables import Column, Filter, Table
from core.web.errors import wants_json
from core.web.security import limiter
from trace.aggregation import labels, numbers, photo, queries, service, station, telling
from trace.aggregation.forms import BoxesForm, DissolveForm, PrefixForm, ScanForm, ShipForm
from trace.aggregation.models import KINDS, Content, LogisticUnit
from trace.aggregation.permissions import NUMBERING, PACK
from trace.code.queries import printable_lots
from trace.item.queries import item_by_id
from trace.item.rules import lot_uri
from trace.lot.models import Lot
from trace.resolver.keys import AskedKey
from trace.resolver.rules import Level, Target

bp = Blueprint("aggregation", __name__, template_folder="templates", url_prefix="/packing")
box_bp = Blueprint("box", __name__, template_folder="templates")
_OPEN = "the code on a carton says what is in it to whoever stands before it"


def state_of(row: Any) -> tuple[str, str]:
    """A box's state in a word, with the tone of its chip."""
    if row.dissolved_at is not None:
        return "已拆", "none"
    if row.shipped_at is not None:
        return "已发货", "ok"
    return ("已封箱", "ok") if row.closed_at is not None else ("装箱中", "busy")


@bp.get("/")
@access(PACK)
def index() -> Response | str:
    actor = current_actor()
    table = Table(
        queries.box_table(actor),
        columns=[
            Column("code", "箱号", link=lambda r: url_for("aggregation.show", public_id=r.public_id), sort=LogisticUnit.code),
            Column("kind", "种类", value=lambda r: KINDS[r.kind]),
            Column("lot_no", "批次", value=lambda r: r.lot_no or "不限"),
            Column("inside", "装了", value=lambda r: f"{r.inside} / {r.capacity}"),
            Column("state", "状态", kind="chip", value=state_of),
            Column("made_at", "新建时间", kind="moment", sort=LogisticUnit.made_at),
        ],
        filters=[Filter("q", "箱号", search=(LogisticUnit.code,))],
        default_sort="-made_at",
        name="boxes",
        empty="还没有箱。新建一个，用扫码枪或手机往里装。",
    )  # fmt: skip
    numbering = queries.numbering_of(actor.organisation_id or 0)
    page: Response | str = table.respond(
        "trace/aggregation/index.html",
        open_boxes=queries.open_boxes(actor),
        prefix=numbering.gs1_prefix if numbering else "",
    )
    return page


@bp.route("/new", methods=["GET", "POST"])
@access(PACK)
def new() -> ResponseReturnValue:
    actor, form = current_actor(), BoxesForm()
    form.lot.choices = [
        ("", "不限批次（混装）"), *((str(lot.public_id), f"{item.name}，批次 {lot.lot_no}") for lot, item, _ in printable_lots(actor)),
    ]  # fmt: skip
    if form.validate_on_submit():
        form.claim_once()
        try:
            made = service.make_boxes(
                actor, kind=str(form.kind.data), count=form.count.data or 0, capacity=form.capacity.data or 0,
                lot_public_id=uuid.UUID(form.lot.data) if form.lot.data and form.kind.data == "carton" else None,
            )  # fmt: skip
        except DomainError as error:
            if error.unmet or not form.put_error(error):
                raise
        else:
            if len(made) == 1:
                return redirect(url_for(".scan", public_id=made[0].public_id), 303)
            flash(f"新建了 {len(made)} 个，先打印箱签，贴好再装。")
            return redirect(url_for(".print_labels", first=made[0].code, last=made[-1].code, page=1), 303)
    return render_template("trace/aggregation/new.html", form=form), (400 if form.errors else 200)


@bp.route("/numbering", methods=["GET", "POST"])
@access(NUMBERING)
def numbering() -> ResponseReturnValue:
    """The GS1 company prefix of the organisation, and how many SSCCs it gives."""
    actor = current_actor()
    row = queries.numbering_of(actor.organisation_id or 0)
    form = PrefixForm(data={"gs1_prefix": row.gs1_prefix if row else ""} if request.method == "GET" else None)
    if form.validate_on_submit():
        form.claim_once()
        try:
            service.set_prefix(actor, form.gs1_prefix.data or "")
        except DomainError as error:
            if not form.put_error(error):
                raise
        else:
            flash("箱号规则已保存，从下一个箱起用。")
            return redirect(url_for(".index"), 303)
    left = numbers.capacity(row.gs1_prefix) - row.next_reference if row and row.gs1_prefix else None
    return render_template("trace/aggregation/numbering.html", form=form, row=row, left=left), (
        400 if form.errors else 200
    )


@bp.get("/<uuid:public_id>")
@access(PACK)
def show(public_id: uuid.UUID) -> str:
    box = queries.box_for_actor(public_id, current_actor())
    inside = queries.contents(box.id)
    return render_template(
        "trace/aggregation/show.html", box=box, kind=KINDS[box.kind], state=state_of(box), spaced=numbers.spaced(box.code),
        inside=[_content_row(row) for row in inside], past=[_past_row(row) for row in queries.past_contents(box.id)],
        lots=_lot_rows(box), chain=queries.chain_of_box(box.id), link=_link(box),
        lot=db.session.get_one(Lot, box.lot_id) if box.lot_id else None, form=DissolveForm(),
    )  # fmt: skip


def _content_row(row: Content) -> tuple[str, str, str]:
    if row.child_id is not None:
        child = db.session.get_one(LogisticUnit, row.child_id)
        return child.code, f"{queries.count_of(child.id)} 件", moment(row.valid_from)
    lot = db.session.get_one(Lot, row.lot_id)
    serial = telling.serial_of(row.item_id or 0, row.unit or 0)
    return f"{serial[:4]} {serial[4:8]} {serial[8:12]} {serial[12:]}", lot.lot_no, moment(row.valid_from)


def _past_row(row: Content) -> tuple[str, str, str, str]:
    name, _, since = _content_row(row)
    return name, since, moment(row.valid_to), row.removal_reason


def _lot_rows(box: LogisticUnit) -> list[dict[str, Any]]:
    """Each lot in the box with its item, count and mass."""
    rows = []
    for lot_id, count in sorted(queries.lots_in(box.id).items()):
        lot = db.session.get_one(Lot, lot_id)
        item = item_by_id(lot.item_id)
        rows.append(
            {"lot": lot, "item": item, "count": count, "grams": count * item.net_content_g, "held": lot.state == "held",
             "uri": lot_uri(item.uri, lot.lot_no)}
        )  # fmt: skip
    return rows


def _link(box: LogisticUnit) -> str:
    owner = get_organisation(box.organisation_id)
    return numbers.link(box.code, origin=settings().link_origin, owner_code=owner.code)


@bp.get("/<uuid:public_id>/station")
@access(PACK)
def scan(public_id: uuid.UUID) -> str:
    """The packing station of one box; works with a hand scanner, a camera, or by hand, and without script."""
    box = queries.box_for_actor(public_id, current_actor())
    recent = queries.contents(box.id)[-8:][::-1]
    return render_template(
        "trace/aggregation/station.html", box=box, kind=KINDS[box.kind], form=ScanForm(), count=queries.count_of(box.id),
        recent=[_content_row(row) for row in recent], spaced=numbers.spaced(box.code),
        lot=db.session.get_one(Lot, box.lot_id) if box.lot_id else None,
    )  # fmt: skip


@bp.post("/<uuid:public_id>/deeds")
@access(PACK)
def deed(public_id: uuid.UUID) -> ResponseReturnValue:
    """One scan.  JSON for the station's script, a redirect with the answer in words for a plain form."""
    actor = current_actor()
    key, verb = request.form.get("key") or once.new_key(), request.form.get("verb", "")
    answer = station.do(public_id, key, verb, request.form.get("code", ""), actor)
    if wants_json():
        return jsonify(answer)
    flash(f"{answer['message']} {answer['thing']}".strip() + f"，现在 {answer['count']} / {answer['capacity']} 件。")
    target = ".show" if answer["closed"] else ".scan"
    return redirect(url_for(target, public_id=public_id), 303)


@bp.post("/<uuid:public_id>/photo")
@limiter.limit("30 per minute")
@access(PACK)
def photograph(public_id: uuid.UUID) -> ResponseReturnValue:
    """A photo of one or more labels: JSON with a line per code for the station's script, else the station with the lines."""
    given = request.files.get("photo")
    data = given.stream.read(photo.MAX_BYTES + 1) if given else b""
    answer = photo.add(public_id, request.form.get("key") or once.new_key(), data, current_actor())
    if wants_json():
        return jsonify(answer)
    for one in answer["results"]:
        flash(f"{one['code']}：{one['message']} {one['note']}".strip(), "todo" if one["state"] == "bad" else "ok")
    flash(f"装入 {answer['added']} 件，现在 {answer['count']} / {answer['capacity']} 件。")
    return redirect(url_for(".scan", public_id=public_id), 303)


@bp.post("/<uuid:public_id>/dissolve")
@access(PACK)
def dissolve(public_id: uuid.UUID) -> ResponseReturnValue:
    queries.box_for_actor(public_id, current_actor())
    form = DissolveForm()
    if form.validate_on_submit():
        form.claim_once()
        count = service.dissolve(public_id, current_actor(), reason=form.reason.data)
        flash(f"已拆箱，{count} 件可以重新装。")
    else:
        flash("没有拆：要写明原因。", "todo")
    return redirect(url_for(".show", public_id=public_id), 303)


@bp.route("/<uuid:public_id>/ship", methods=["GET", "POST"])
@access(PACK)
def ship(public_id: uuid.UUID) -> ResponseReturnValue:
    actor, form = current_actor(), ShipForm()
    box = queries.box_for_actor(public_id, actor)
    if form.validate_on_submit():
        form.claim_once()
        try:
            service.ship([public_id], actor, to=form.to.data, document=form.document.data or "")
        except DomainError as error:
            if not form.put_error(error):
                raise
        else:
            flash("已记为发货。")
            return redirect(url_for(".show", public_id=public_id), 303)
    return render_template("trace/aggregation/ship.html", box=box, form=form, kind=KINDS[box.kind]), (
        400 if form.errors else 200
    )


@bp.get("/labels")
@access(PACK)
def print_labels() -> ResponseReturnValue:
    """Labels of the boxes from number ``first`` to ``last`` (made together, so they share their words), as PDF."""
    actor = current_actor()
    first, last = request.args.get("first", ""), request.args.get("last", "") or request.args.get("first", "")
    boxes = queries.boxes_between(first, last, actor)
    if request.args.get("page"):
        return render_template("trace/aggregation/labels.html", boxes=boxes, first=first, last=last)
    if len({(box.kind, box.lot_id, box.closed_at is None) for box in boxes}) != 1 or (
        len(boxes) > 1 and boxes[0].closed_at
    ):
        raise RuleBroken(
            unmet=[
                Unmet(
                    "aggregation.labels_differ", "这些箱不是同一种，不能印在一个文件里。", help="封好的箱一个一个印。"
                )
            ]
        )
    body = labels.write(_words(boxes[0]), [labels.BoxCode(box.code, _link(box)) for box in boxes])
    headers = {"Content-Disposition": f'attachment; filename="boxes-{first}.pdf"', "Cache-Control": "no-store"}
    return Response(body, content_type="application/pdf", headers=headers)


def _words(box: LogisticUnit) -> labels.BoxWords:
    """What the label says: of a closed box what is in it, of an empty one what is to go in."""
    owner = get_organisation(box.organisation_id)
    rows = _lot_rows(box) if box.closed_at is not None else []
    lines: list[tuple[str, str]] = []
    if rows:
        lines = [("品名", "、".join(dict.fromkeys(row["item"].name for row in rows)))]
        lines += [
            ("批次", "、".join(row["lot"].lot_no for row in rows)),
            ("数量", f"{sum(row['count'] for row in rows):,} 件"),
        ]
        lines.append(("净重", f"{sum(row['grams'] for row in rows) / 1000:g} kg"))
        lines.append(("封箱", f"{clock.local(box.closed_at):%Y-%m-%d}" if box.closed_at else ""))
    elif box.lot_id is not None:
        lot = db.session.get_one(Lot, box.lot_id)
        lines = [("品名", item_by_id(lot.item_id).name), ("批次", lot.lot_no), ("装量", f"{box.capacity:,} 件")]
    else:
        lines = [("装量", f"{box.capacity:,} {'箱' if box.kind == 'pallet' else '件'}")]
    return labels.BoxWords(KINDS[box.kind], owner.name, tuple(lines))


@box_bp.get("/scan/00/<sscc>")
@public(_OPEN)
def by_sscc(sscc: str) -> str:
    return _public_page(f"https://id.gs1.org/00/{sscc}")


def page_of_key(key: AskedKey) -> str:
    """The page of ``/00/{sscc}`` for a reader (the resolver asks)."""
    return _public_page(f"https://id.gs1.org/00/{key.value}")


def level_of_key(key: AskedKey, origin: str) -> Level | None:
    """What the resolver tells machines of a box: its page, as default link and as traceability page."""
    try:
        box = queries.box_by_uri(f"https://id.gs1.org/00/{key.value}")
    except NotFound:
        return None
    words, page = f"{KINDS[box.kind]} {box.code}", f"{origin}/scan/00/{key.value}"
    trace = Target("traceability", page, words, "text/html", ("zh",))
    return Level(f"{origin}/00/{key.value}", words, Target("defaultLink", page, words), (trace,))


@box_bp.get("/id/uscc/<code>/box/<number>")
@box_bp.get("/ID/USCC/<code>/BOX/<number>", endpoint="by_number_upper")
@public(_OPEN)
def by_number(code: str, number: str) -> str:
    return _public_page(numbers.uri(number.upper(), identity_host=settings().identity_host, owner_code=code.upper()))


def _public_page(uri: str) -> str:
    """What is in the box, by lot, with the way to each lot's record; neither serials nor where it goes."""
    box = queries.box_by_uri(uri)
    return render_template(
        "trace/aggregation/box.html", box=box, kind=KINDS[box.kind], owner=get_organisation(box.organisation_id),
        lots=_lot_rows(box), spaced=numbers.spaced(box.code), state=state_of(box),
    )  # fmt: skip
