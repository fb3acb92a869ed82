"""The enterprise's pages: series, a new series with preview, outputs, register, voids, signing with an own key."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from core import clock
from core.account.access import access, current_actor
from core.errors import BadInput, DomainError, NotFound
from core.qr import qr_svg
from core.ui import flash, once
from core.ui.filters import moment
from core.ui.tables import Column, Filter, Table
from trace.code import bigprint, designs, fates, outputs, queries, register_service, roots, service
from trace.code.errors import CannotIssue
from trace.code.forms import CoveredForm, DestroyForm, PrintForm, SeriesForm, SignedForm, VoidForm
from trace.code.models import FORMATS, Departure, PrintRun, Series, Void
from trace.code.permissions import COVERED, DESTROY, PRINT, VOID
from trace.item.models import Item
from trace.lot.models import Lot
from trace.signing.queries import signs_itself

bp = Blueprint("code", __name__, template_folder="templates", url_prefix="/codes")


@bp.get("/")
@access(PRINT)
def index() -> Response | str:
    actor = current_actor()
    table = Table(
        queries.series_table(actor),
        columns=[
            Column("lot_no", "批次", sort=Lot.lot_no, link=lambda r: url_for("code.show", public_id=r.public_id)),
            Column("item_name", "商品项", sort=Item.name),
            Column("series_no", "赋码批", kind="number", sort=Series.series_no),
            Column("unit_count", "件数", kind="number", sort=Series.unit_count),
            Column("covered_version", "防伪码", value=lambda r: "有" if r.covered_version else "无"),
            Column("issued_at", "赋码时间", kind="moment", sort=Series.issued_at),
        ],
        filters=[Filter("q", "批次或商品项", search=(Lot.lot_no, Item.name))],
        default_sort="-issued_at",
        name="codes",
        empty="还没有赋码。封存一批以后，在上面选它赋码。",
    )
    page: Response | str = table.respond("trace/code/index.html", lots=queries.printable_lots(actor))
    return page


@bp.route("/lots/<uuid:lot_id>/new", methods=["GET", "POST"])
@access(PRINT)
def new(lot_id: uuid.UUID) -> Redirect | tuple[str, int]:
    actor = current_actor()
    lot, item = queries.lot_for_actor(lot_id, actor)
    left = max((lot.pieces or 0) - queries.standing_codes(lot.id), 0)
    form = SeriesForm(data={"count": left} if request.method == "GET" else None)
    if form.validate_on_submit():
        form.claim_once()
        try:
            series = service.issue_series(
                lot_id, int(form.count.data or 0), actor, covered=bool(form.covered.data), mark=form.mark.data != "off"
            )
        except DomainError as error:
            if error.unmet or not form.put_error(error):
                raise
        else:
            flash(f"已赋码 {series.unit_count:,} 个。先试印一张，量一量、扫一扫，再印整批。")
            return redirect(url_for("code.show", public_id=series.public_id))
    return render_template(
        "trace/code/new.html", form=form, lot=lot, item=item, left=left, facts=designs.facts_of_lot(lot.id),
        licence=service.licence_of(lot, item), unmet=service.explain_issue(lot_id, 1, actor),
        quota=service.quota_of(lot, item),
    ), 422 if form.errors else 200  # fmt: skip


@bp.get("/<uuid:public_id>")
@access(PRINT)
def show(public_id: uuid.UUID) -> str:
    series = queries.series_for_actor(public_id, current_actor())
    form = PrintForm(data={"format": "test", "first": 1, "last": series.unit_count, "mark": "", "design": ""})
    return _series_page(series, form)


def _series_page(series: Series, form: PrintForm) -> str:
    actor = current_actor()
    lot, item = queries.lot_of(series)
    form.design.choices = _design_choices(actor.organisation_id or 0)
    if series.covered_version is None or not actor.can(COVERED):
        del form.covered
    address = queries.unit_address(series, 1)
    prints, voids = queries.prints_of(series.id), queries.voids_of(series.id)
    return render_template(
        "trace/code/show.html", series=series, lot=lot, item=item, form=form, address=address, serial=address[-13:],
        qr=qr_svg(address, label="第 1 张的二维码"), prints=[_print_row(run, series) for run in prints],
        voids=[(moment(void.voided_at), span(void, series), void.reason) for void in voids],
        gone=[_gone_row(one, series) for one in fates.departures_of(series)], may_destroy=actor.can(DESTROY),
        facts=designs.facts_of_lot(series.lot_id),
        root=roots.root_of(series.id), statement=roots.statement_of(series), unsigned=_unsigned(series, prints, voids),
        signs_itself=signs_itself(roots.signer_id(series)), may_covered=actor.can(COVERED), may_void=actor.can(VOID),
        licence=service.licence_of(lot, item),
    )  # fmt: skip


def _design_choices(organisation_id: int) -> list[tuple[str, str]]:
    made = designs.newest_of(organisation_id)
    return [("", "平台版式 50 × 30 mm"), *((str(d.public_id), f"{d.name}，第 {d.version} 版") for d in made)]


def _print_row(run: PrintRun, series: Series) -> dict[str, Any]:
    notes = ["带品牌标志"] if run.marked else []
    notes += ["含防伪码"] if run.covered else []
    return {
        "at": moment(run.printed_at), "format": FORMATS[run.format], "span": span(run, series), "notes": "，".join(notes),
        "reason": run.reason or ("补印" if run.reprint else "首次"),
        "href": url_for(".parts", public_id=series.public_id, run_id=run.public_id) if bigprint.is_big(run) else "",
    }  # fmt: skip


def _gone_row(row: Departure, series: Series) -> tuple[str, str, str]:
    words = "已售出" if row.kind == "sold" else "已销毁"
    return moment(row.happened_at), span(row, series), words if row.undone_at is None else f"{words}，已冲正"


def span(row: PrintRun | Void | Departure, series: Series) -> str:
    """第 a–b 张, counted from 1 within the series."""
    first = max(row.first_unit, series.start_unit) - series.start_unit + 1
    last = min(row.last_unit, series.last_unit) - series.start_unit + 1
    return f"第 {first:,} 张" if first == last else f"第 {first:,}–{last:,} 张"


def _unsigned(series: Series, prints: list[PrintRun], voids: list[Void]) -> list[tuple[str, str]]:
    """Statements an enterprise with its own key has still to sign: what, and the address of its page."""
    waiting: list[tuple[str, Series | PrintRun | Void]] = [("赋码批的根散列", series)]
    waiting += [(f"补印{span(run, series)}", run) for run in prints if run.reprint]
    waiting += [(f"作废{span(void, series)}", void) for void in voids]
    return [
        (words, url_for(".own_signature", public_id=series.public_id, statement_id=source.public_id))
        for words, source in waiting
        if roots.statement_of(source) is None
    ]


@bp.post("/<uuid:public_id>/sign")
@access(PRINT)
def sign(public_id: uuid.UUID) -> Redirect:
    """Root and signature of a series that has none yet (issued before roots existed, or a background job that failed)."""
    once.claim(request.form.get("once"))
    if service.sign_series(public_id, current_actor()):
        flash("已签名，正在写入存证日志。")
    else:
        flash("本单位自管密钥：下载待签内容，签好再上传。", "todo")
    return redirect(url_for(".show", public_id=public_id), 303)


@bp.post("/<uuid:public_id>/print")
@access(PRINT)
def download(public_id: uuid.UUID) -> str | Response | Redirect:
    """The output, streamed; a big one is made in the background and its page shown."""
    actor, form = current_actor(), PrintForm()
    form.design.choices = _design_choices(actor.organisation_id or 0)
    if not form.validate_on_submit():
        return _series_page(queries.series_for_actor(public_id, actor), form)
    form.claim_once()
    design = designs.for_actor(form.design.data, actor) if form.design.data else None
    spec = designs.spec_of(design)
    kind, first, last = str(form.format.data), int(form.first.data or 0), int(form.last.data or 0)
    wish = register_service.Wish(
        kind, first, first if kind == "test" else last, form.reason.data or "", form.mark.data or spec.mark,
        bool(form.covered.data), design,
    )  # fmt: skip
    series, run = register_service.register_print(public_id, wish, actor)
    if bigprint.is_big(run):
        bigprint.start(run)
        return redirect(url_for(".parts", public_id=public_id, run_id=run.public_id), 303)
    return _send(bigprint.output(series, run, actor), bigprint.filename(series, run))


def _send(body: Any, name: str) -> Response:
    media = outputs.MEDIA_BY_ENDING[name.rpartition(".")[2]]
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, content_type=media, headers=headers)


@bp.get("/<uuid:public_id>/prints/<uuid:run_id>")
@access(PRINT)
def parts(public_id: uuid.UUID, run_id: uuid.UUID) -> str:
    """The progress of a big print and its finished files; a fragment for htmx."""
    series = queries.series_for_actor(public_id, current_actor())
    run = queries.print_of(series, run_id)
    template = "trace/code/_parts.html" if request.headers.get("HX-Request") else "trace/code/parts.html"
    lot, item = queries.lot_of(series)
    return render_template(
        template, series=series, run=run, lot=lot, item=item, made=queries.parts_of(run.id), total=bigprint.part_count(run),
        format=FORMATS[run.format],
    )  # fmt: skip


@bp.get("/<uuid:public_id>/prints/<uuid:run_id>/<int:number>")
@access(PRINT)
def part(public_id: uuid.UUID, run_id: uuid.UUID, number: int) -> Response:
    """One finished file of a big print."""
    series = queries.series_for_actor(public_id, current_actor())
    run = queries.print_of(series, run_id)
    found = next((one for one in queries.parts_of(run.id) if one.number == number), None)
    if found is None:
        raise NotFound("这一份还没有做好。", code="code.part_missing", help="等进度走完再下载。")
    return _send(bigprint.read_part(found), bigprint.filename(series, run, found))


@bp.route("/<uuid:public_id>/covered", methods=["GET", "POST"])
@access(COVERED)
def covered(public_id: uuid.UUID) -> tuple[str, int] | Response:
    """The list of covered codes for the printer of the scratch film; every export is in the audit trail."""
    actor = current_actor()
    series = queries.series_for_actor(public_id, actor)
    form = CoveredForm(data={"first": 1, "last": series.unit_count} if request.method == "GET" else None)
    if form.validate_on_submit():
        form.claim_once()
        wish = register_service.Wish("covered", int(form.first.data or 0), int(form.last.data or 0), form.reason.data)
        series, run = register_service.register_print(public_id, wish, actor)
        return _send(bigprint.output(series, run, actor), bigprint.filename(series, run))
    lot, _item = queries.lot_of(series)
    page = render_template("trace/code/covered.html", form=form, series=series, lot=lot)
    return page, 422 if form.errors else 200


@bp.route("/<uuid:public_id>/void", methods=["GET", "POST"])
@access(VOID)
def void(public_id: uuid.UUID) -> Redirect | tuple[str, int]:
    """Units that answer 已作废 from now on; asked on a page of its own because it cannot be undone."""
    actor, form = current_actor(), VoidForm()
    series = queries.series_for_actor(public_id, actor)
    if form.validate_on_submit():
        form.claim_once()
        first, last = int(form.first.data or 0), int(form.last.data or 0)
        service.void_units(public_id, first, last, actor, reason=form.reason.data)
        flash(f"已作废 {last - first + 1:,} 个编号，空出的件数可以重新赋码。")
        return redirect(url_for(".show", public_id=public_id), 303)
    lot, _item = queries.lot_of(series)
    page = render_template("trace/code/void.html", form=form, series=series, lot=lot)
    return page, 422 if form.errors else 200


@bp.route("/<uuid:public_id>/destroy", methods=["GET", "POST"])
@access(DESTROY)
def destroy(public_id: uuid.UUID) -> Redirect | tuple[str, int]:
    """Boxes that were destroyed with their goods; the deed is answered by a reversal on the lot's page where it was wrong."""
    actor, form = current_actor(), DestroyForm(data={"on": clock.today()} if request.method == "GET" else None)
    series = queries.series_for_actor(public_id, actor)
    if form.validate_on_submit():
        form.claim_once()
        first, last = int(form.first.data or 0), int(form.last.data or 0)
        try:
            fates.destroy(public_id, first, last, actor, reason=form.reason.data or "", on=form.on.data)
        except DomainError as error:
            if error.unmet or not form.put_error(error):
                raise
        else:
            flash(f"已登记销毁 {last - first + 1:,} 件，扫码的人从现在起会看到。")
            return redirect(url_for(".show", public_id=public_id), 303)
    lot, _item = queries.lot_of(series)
    page = render_template("trace/code/destroy.html", form=form, series=series, lot=lot)
    return page, 422 if form.errors else 200


@bp.route("/<uuid:public_id>/statements/<uuid:statement_id>", methods=["GET", "POST"])
@access(PRINT)
def own_signature(public_id: uuid.UUID, statement_id: uuid.UUID) -> Redirect | tuple[str, int]:
    """An enterprise that keeps its own key downloads the words, signs them elsewhere and pastes the signed file here."""
    actor, form = current_actor(), SignedForm()
    series = queries.series_for_actor(public_id, actor)
    source = queries.source_of(series, statement_id)
    if form.validate_on_submit():
        form.claim_once()
        try:
            roots.take_signature(source, form.signed.data or "", actor)
        except (BadInput, CannotIssue) as error:
            if not form.put_error(error):
                raise
        else:
            flash("签名已核对，正在写入存证日志。")
            return redirect(url_for(".show", public_id=public_id), 303)
    lot, _item = queries.lot_of(series)
    page = render_template(
        "trace/code/own_signature.html", form=form, series=series, lot=lot, statement_id=statement_id
    )
    return page, 422 if form.errors else 200


@bp.get("/<uuid:public_id>/statements/<uuid:statement_id>/package")
@access(PRINT)
def package(public_id: uuid.UUID, statement_id: uuid.UUID) -> Response:
    """The words to be signed, the same at every download."""
    series = queries.series_for_actor(public_id, current_actor())
    body = roots.to_sign(queries.source_of(series, statement_id))
    headers = {"Content-Disposition": f'attachment; filename="series-{series.series_no}-to-sign.json"'}
    return Response(body, content_type="application/json", headers=headers)
