"""Pages: reports and certificates of the organisation, a new report, a certificate, the table of limits."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.account.access import access, current_actor
from core.errors import DomainError, RuleBroken
from core.file.queries import files_by_id
from core.file.service import store
from core.ui import flash
from core.ui.tables import Column, Filter, Table
from trace.inspection import queries, rules, service
from trace.inspection.forms import CertificateForm, ReportForm
from trace.inspection.models import Limit
from trace.inspection.permissions import CERTIFY, VIEW, WRITE
from trace.lot import queries as lots
from trace.lot.rules import kg

if TYPE_CHECKING:
    from core.file.models import StoredFile

bp = Blueprint("inspection", __name__, template_folder="templates", url_prefix="/inspection")
EXTRA_ROWS = 3


@bp.get("/")
@access(VIEW)
def index() -> ResponseReturnValue:
    organisation_id = current_actor().organisation_id or 0
    reports = queries.reports_of(organisation_id)
    certificates = queries.certificates_of(organisation_id)
    known = lots.lots_by_id([r.lot_id for r in reports] + [c.lot_id for c in certificates])
    certified = {c.lot_id for c in certificates}
    waiting = [x for x in lots.lots_of(organisation_id, packed=True, states=("open",)) if x.id not in certified]
    return render_template(
        "trace/inspection/index.html", reports=reports, certificates=certificates, lots=known, waiting=waiting,
        bases=rules.BASES, tones=rules.TONES, kg=kg,
    )  # fmt: skip


@bp.get("/limits")
@access(VIEW)
def limits() -> ResponseReturnValue:
    table = Table(
        queries.limit_table(),
        [
            Column("substance", "农药", sort=Limit.substance),
            Column("product", "食品", sort=Limit.product, value=_product),
            Column("value", "限量", sort=Limit.value, align="right", value=lambda r: rules.decimal_text(r.value)),
            Column("standard", "标准", sort=Limit.standard),
            Column("valid_from", "有效", value=_period, sort=Limit.valid_from),
            Column("mark", "说明", value=lambda r: "，".join(_marks(r))),
        ],
        filters=[
            Filter("q", "农药名称", search=(Limit.substance, Limit.english)),
            Filter("product", "食品", column=Limit.product, choices=[(p, p) for p in _PRODUCTS]),
        ],
        default_sort="substance",
        name="limits",
        scalars=True,
    )
    found: ResponseReturnValue = table.respond("trace/inspection/limits.html")
    return found


_PRODUCTS = ("苹果", "枣（鲜）", "仁果类水果", "核果类水果")


def _product(row: Limit) -> str:
    return f"{row.product}（{'、'.join(row.excludes)}除外）" if row.excludes else row.product


def _period(row: Limit) -> str:
    return f"{row.valid_from} 起" if row.valid_to is None else f"{row.valid_from} 至 {row.valid_to} 前"


def _marks(row: Limit) -> list[str]:
    return [rules.MARKS[k] for k, on in (("temporary", row.temporary), ("to_be_confirmed", row.to_be_confirmed)) if on]


# --- reports ---------------------------------------------------------------------------------------------------------


@bp.get("/reports/<uuid:public_id>")
@access(VIEW)
def report(public_id: uuid.UUID) -> ResponseReturnValue:
    found = queries.get_report(public_id, current_actor())
    lot = lots.lot_by_id(found.lot_id)
    file = files_by_id([found.file_id]).get(found.file_id) if found.file_id else None
    return render_template(
        "trace/inspection/report.html", report=found, lot=lot, file=file, tones=rules.TONES, marks=rules.MARKS
    )


@bp.route("/lots/<uuid:public_id>/report", methods=["GET", "POST"])
@access(WRITE)
def new_report(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    form: Any = ReportForm()
    lot = lots.get_lot(public_id, actor)
    rows = _rows(lot.item.species)
    if form.validate_on_submit():
        try:
            form.claim_once()
            made = service.add_report(
                actor,
                lot=lots.load(public_id, actor),
                report_no=form.report_no.data,
                laboratory=form.laboratory.data,
                laboratory_kind=form.laboratory_kind.data,
                laboratory_code=form.laboratory_code.data,
                sampled_on=form.sampled_on.data,
                reported_on=form.reported_on.data,
                readings=_readings(rows),
                file=_file(form),
            )
            flash(f"检测报告 {made.report_no} 已登记。")
            return redirect(url_for(".report", public_id=made.public_id))
        except DomainError as error:
            form.put_error(error)
    elif not form.is_submitted():
        form.laboratory_kind.data = "third_party"
    bad = bool(form.errors)
    return render_template("trace/inspection/new_report.html", form=form, lot=lot, rows=rows), 422 if bad else 200


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
            }
        )
    return rows


def _readings(rows: list[dict[str, Any]]) -> list[rules.Reading]:
    return [
        rules.reading(r["substance"], r["result"], r["lod"], r["method"])
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


# --- certificates ----------------------------------------------------------------------------------------------------


@bp.route("/lots/<uuid:public_id>/certificate", methods=["GET", "POST"])
@access(CERTIFY)
def certificate(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    form: Any = CertificateForm()
    row, lot = lots.load(public_id, actor), lots.get_lot(public_id, actor)
    issued = queries.certificate_of(row.id)
    if issued is not None:
        return redirect(url_for(".show_certificate", public_id=issued.public_id))
    unmet: Any = service.certificate_unmet(row, actor, form="producer")
    if form.validate_on_submit():
        try:
            form.claim_once()
            made = service.issue_certificate(actor, lot=row, form=form.form.data, bases=form.bases.data)
            flash(f"合格证 {made.number} 已开。")
            return redirect(url_for(".show_certificate", public_id=made.public_id))
        except RuleBroken as error:
            unmet = error.unmet
        except DomainError as error:
            form.put_error(error)
    elif not form.is_submitted():
        form.form.data, form.bases.data = "producer", ["control"]
    bad = form.is_submitted()
    page = render_template(
        "trace/inspection/certificate.html", form=form, lot=lot, unmet=unmet, statements=rules.STATEMENTS, kg=kg
    )
    return page, 422 if bad else 200


@bp.get("/certificates/<uuid:public_id>")
@access(VIEW)
def show_certificate(public_id: uuid.UUID) -> ResponseReturnValue:
    found = queries.get_certificate(public_id, current_actor())
    lot = lots.lot_by_id(found.lot_id)
    return render_template(
        "trace/inspection/show_certificate.html",
        certificate=found,
        lot=lot,
        bases=rules.BASES,
        forms=rules.FORMS,
        kg=kg,
    )


@bp.get("/certificates/<uuid:public_id>.pdf")
@access(VIEW)
def pdf(public_id: uuid.UUID) -> ResponseReturnValue:
    found = queries.get_certificate(public_id, current_actor())
    answer = Response(service.certificate_pdf(found), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    return answer
