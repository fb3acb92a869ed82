"""Pages: reports and certificates of the organisation, a new report, a certificate, the table of limits."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.account.access import access, current_actor
from core.errors import DomainError
from core.file.queries import files_by_id
from core.file.service import store
from core.ui import flash
from core.ui.tables import Column, Filter, Table
from trace.inspection import queries, rules, rules_units, service
from trace.inspection.forms import ReportForm
from trace.inspection.models import LABORATORY_KINDS, Limit
from trace.inspection.permissions import VIEW, WRITE
from trace.lot import queries as lots

if TYPE_CHECKING:
    from core.account.actor import Actor
    from core.file.models import StoredFile
    from trace.lot.evidence import ReportEvidence
    from trace.lot.models import Lot

bp = Blueprint("inspection", __name__, template_folder="templates", url_prefix="/inspection")
EXTRA_ROWS = 3


@bp.get("/")
@access(VIEW)
def index() -> ResponseReturnValue:
    organisation_id = current_actor().organisation_id or 0
    reports = queries.reports_of(organisation_id)
    certificates = queries.certificates_of(organisation_id)[:8]
    known = lots.lots_by_id([r.lot_id for r in reports] + [c.lot_id for c in certificates])
    open_lots = lots.lots_of(organisation_id, packed=True, states=("open",))
    certified = queries.certified_lots([x.id for x in open_lots])
    return render_template(
        "trace/inspection/index.html",
        reports=reports,
        certificates=certificates,
        voided=queries.voided([c.id for c in certificates]),
        lots=known,
        waiting=[x for x in open_lots if x.id not in certified],
        kinds=LABORATORY_KINDS,
    )


@bp.get("/limits")
@access(VIEW)
def limits() -> ResponseReturnValue:
    table = Table(
        queries.limit_table(),
        [
            Column("substance", "农药", sort=Limit.substance),
            Column("product", "食品", sort=Limit.product, value=limit_product),
            Column("value", "限量", sort=Limit.value, align="right", value=lambda r: rules.decimal_text(r.value)),
            Column("standard", "标准", sort=Limit.standard),
            Column("valid_from", "有效", value=limit_period, sort=Limit.valid_from),
            Column("mark", "说明", value=lambda r: "，".join(limit_marks(r))),
        ],
        filters=[
            Filter("q", "农药名称", search=(Limit.substance, Limit.english)),
            Filter("product", "食品", column=Limit.product, choices=[(p, p) for p in PRODUCTS]),
        ],
        default_sort="substance",
        name="limits",
        scalars=True,
    )
    found: ResponseReturnValue = table.respond("trace/inspection/limits.html")
    return found


PRODUCTS = ("苹果", "枣（鲜）", "仁果类水果", "核果类水果")


def limit_product(row: Limit) -> str:
    return f"{row.product}（{'、'.join(row.excludes)}除外）" if row.excludes else row.product


def limit_period(row: Limit) -> str:
    return f"{row.valid_from} 起" if row.valid_to is None else f"{row.valid_from} 至 {row.valid_to} 前"


def limit_marks(row: Limit) -> list[str]:
    return [rules.MARKS[k] for k, on in (("temporary", row.temporary), ("to_be_confirmed", row.to_be_confirmed)) if on]


# --- reports ---------------------------------------------------------------------------------------------------------


@bp.get("/reports/<uuid:public_id>")
@access(VIEW)
def report(public_id: uuid.UUID) -> ResponseReturnValue:
    return show_report(queries.get_report(public_id, current_actor()))


def show_report(found: ReportEvidence) -> ResponseReturnValue:
    """The page of a report, for the enterprise and for the office."""
    lot = lots.lot_by_id(found.lot_id)
    file = files_by_id([found.file_id]).get(found.file_id) if found.file_id else None
    return render_template(
        "trace/inspection/report.html",
        report=found,
        lot=lot,
        file=file,
        tones=rules.TONES,
        marks=rules.MARKS,
        kinds=LABORATORY_KINDS,
        gaps=queries.panel_gaps(found),
        first=queries.report_no_of(found.retest_of) if found.retest_of else "",
        own=lot.organisation_id == current_actor().organisation_id,
    )


@bp.route("/lots/<uuid:public_id>/report", methods=["GET", "POST"])
@access(WRITE)
def new_report(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    form: Any = ReportForm()
    lot = lots.get_lot(public_id, actor)
    return report_page(form, lot, lots.load(public_id, actor), actor)


def report_page(form: Any, lot: Any, row: Lot, actor: Actor) -> ResponseReturnValue:
    """The page of a new report about a lot, for the enterprise and for the office."""
    rows = _rows(lot.item.species)
    form.retest_of.choices = [
        (str(r.public_id), f"{r.report_no}，{r.laboratory}") for r in queries.reports_for_lots([lot.id])
    ]
    if form.validate_on_submit():
        try:
            form.claim_once()
            made = service.add_report(
                actor,
                lot=row,
                report_no=form.report_no.data,
                laboratory=form.laboratory.data,
                laboratory_kind=form.laboratory_kind.data,
                laboratory_code=form.laboratory_code.data,
                sampled_on=form.sampled_on.data,
                reported_on=form.reported_on.data,
                readings=_readings(rows),
                file=_file(form),
                retest_of=queries.load_report(uuid.UUID(form.retest_of.data), lot.id) if form.retest_of.data else None,
            )
            flash(f"检测报告 {made.report_no} 已登记。")
            page = "report" if row.organisation_id == actor.organisation_id else "office_report"
            return redirect(url_for(f".{page}", public_id=made.public_id))
        except DomainError as error:
            form.put_error(error)
    elif not form.is_submitted():
        form.laboratory_kind.data = form.laboratory_kind.data or "third_party"
    bad = bool(form.errors)
    page = render_template(
        "trace/inspection/new_report.html",
        form=form,
        lot=lot,
        rows=rows,
        units=rules_units.UNITS,
        own=lot.organisation_id == actor.organisation_id,
    )
    return page, 422 if bad else 200


def _rows(species: str) -> list[dict[str, Any]]:
    """The lines of the report table: the usual panel first, a few free ones after; what was typed stays."""
    panel = rules.DEFAULT_PANEL.get(species, ())
    rows = []
    for i in range(len(panel) + EXTRA_ROWS):
        fixed = panel[i] if i < len(panel) else ""
        rows.append(
            {
                "i": i,
                "substance": request.form.get(f"substance-{i}", fixed),
                "result": request.form.get(f"result-{i}", ""),
                "lod": request.form.get(f"lod-{i}", ""),
                "method": request.form.get(f"method-{i}", ""),
                "unit": request.form.get(f"unit-{i}", "mg/kg"),
            }
        )
    return rows


def _readings(rows: list[dict[str, Any]]) -> list[rules.Reading]:
    return [
        rules.reading(r["substance"], r["result"], r["lod"], r["method"], r["unit"])
        for r in rows
        if r["result"].strip() or r["lod"].strip()
    ]


def _file(form: ReportForm) -> StoredFile | None:
    upload = form.file.data
    if upload is None:
        return None
    actor = current_actor()
    kind = "document" if upload.filename.lower().endswith(".pdf") else "picture"
    return store(upload.stream, upload.filename, kind=kind, owner_organisation_id=actor.organisation_id, actor=actor)
