"""The enterprise's pages: series, a new series with preview, download, register."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from core.account.access import access, current_actor
from core.errors import DomainError
from core.qr import qr_svg
from core.ui import flash
from core.ui.filters import moment
from core.ui.tables import Column, Filter, Table
from trace.code import labels, printing, queries, rules, service
from trace.code.forms import PrintForm, SeriesForm
from trace.code.models import FORMATS, PrintRun, Series
from trace.code.permissions import PRINT
from trace.item.models import Item
from trace.lot.models import Lot
from trace.signing.queries import get as get_record
from trace.signing.queries import payload_of, record_for_lot

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
def new(lot_id: uuid.UUID) -> str | Redirect:
    actor = current_actor()
    lot, item = queries.lot_for_actor(lot_id, actor)
    left = max((lot.pieces or 0) - queries.issued_for_lot(lot.id), 0)
    form = SeriesForm(data={"count": left} if request.method == "GET" else None)
    if form.validate_on_submit():
        form.claim_once()
        try:
            series = service.issue_series(lot_id, int(form.count.data or 0), actor, covered=bool(form.covered.data))
        except DomainError as error:
            if error.unmet or not form.put_error(error):
                raise
        else:
            flash(f"已赋码 {series.unit_count:,} 个。先试印一张，量一量、扫一扫，再印整批。")
            return redirect(url_for("code.show", public_id=series.public_id))
    record = record_for_lot(lot.id)
    facts = rules.label_facts(record.payload["credentialSubject"]) if record and record.payload else None
    return render_template(
        "trace/code/new.html", form=form, lot=lot, item=item, left=left, facts=facts,
        unmet=service.explain_issue(lot_id, 1, actor),
    )  # fmt: skip


@bp.get("/<uuid:public_id>")
@access(PRINT)
def show(public_id: uuid.UUID) -> str:
    series = queries.series_for_actor(public_id, current_actor())
    form = PrintForm(data={"format": "test", "first": 1, "last": min(series.unit_count, rules.MAX_PRINT)})
    return _series_page(series, form)


def _series_page(series: Series, form: PrintForm) -> str:
    lot, item = queries.lot_of(series)
    address = queries.unit_address(series, 1)
    prints = queries.prints_of(series.id)
    rows = [
        (moment(run.printed_at), FORMATS[run.format], _span(run, series), run.reason if run.reprint else "首次")
        for run in prints
    ]
    return render_template(
        "trace/code/show.html", series=series, lot=lot, item=item, form=form, prints=prints, print_rows=rows, address=address, serial=address[-13:], qr=qr_svg(address, label="第 1 张的二维码"),
        facts=rules.label_facts(payload_of(get_record(series.record_id))["credentialSubject"]),
        per_sheet=labels.PER_SHEET,
    )  # fmt: skip


def _span(run: PrintRun, series: Series) -> str:
    first, last = run.first_unit - series.start_unit + 1, run.last_unit - series.start_unit + 1
    return f"第 {first:,} 张" if first == last else f"第 {first:,}–{last:,} 张"


@bp.post("/<uuid:public_id>/print")
@access(PRINT)
def download(public_id: uuid.UUID) -> str | Response:
    actor = current_actor()
    form = PrintForm()
    if not form.validate_on_submit():
        return _series_page(queries.series_for_actor(public_id, actor), form)
    form.claim_once()
    kind, first, last = str(form.format.data), int(form.first.data or 0), int(form.last.data or 0)
    if kind == "test":
        last = first
    series, run = service.register_print(public_id, first, last, kind, actor, reason=form.reason.data or "")
    subject = payload_of(get_record(series.record_id))["credentialSubject"]
    pdf = printing.pdf(series, subject, run.first_unit, run.last_unit, kind)
    name = f"labels-{subject['lotNo']}-{series.series_no}-{first}-{last}-{kind}.pdf"
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'})
