"""Pages of the promise-of-compliance certificate: issue, register, print, void, the paper."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.account.access import access, current_actor
from core.account.queries import user_names
from core.errors import DomainError, RuleBroken
from core.ui import flash
from core.ui.tables import Column, Filter, Table
from trace.inspection import certificates, queries, rules_certificate
from trace.inspection.forms import CertificateForm, PrintForm, VoidForm
from trace.inspection.models import Certificate, CertificateVoid
from trace.inspection.permissions import CERTIFY, VIEW
from trace.inspection.views import bp
from trace.lot import queries as lots
from trace.lot.models import Lot
from trace.season.rules import law_until


@bp.route("/lots/<uuid:public_id>/certificate", methods=["GET", "POST"])
@access(CERTIFY)
def certificate(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    form: Any = CertificateForm()
    row, lot = lots.load(public_id, actor), lots.get_lot(public_id, actor)
    issued = queries.certificate_of(row.id)
    if issued is not None:
        return redirect(url_for(".show_certificate", public_id=issued.public_id))
    unmet: Any = certificates.certificate_unmet(row, actor, form="producer")
    if form.validate_on_submit():
        try:
            form.claim_once()
            made = certificates.issue_certificate(
                actor, lot=row, form=form.form.data, bases=form.bases.data, mass_g=form.mass_g.data
            )
            flash(f"合格证 {made.number} 已开。")
            return redirect(url_for(".show_certificate", public_id=made.public_id))
        except RuleBroken as error:
            unmet = error.unmet
        except DomainError as error:
            form.put_error(error)
    elif not form.is_submitted():
        form.form.data, form.bases.data, form.mass_g.data = "producer", ["control"], row.remainder_g
    page = render_template(
        "trace/inspection/certificate.html", form=form, lot=lot, left_g=row.remainder_g, unmet=unmet,
        statements=rules_certificate.STATEMENTS,
    )  # fmt: skip
    return page, 422 if form.is_submitted() else 200


@bp.get("/certificates")
@access(VIEW)
def certificate_register() -> ResponseReturnValue:
    """The register: searched, filtered and exported; kept two years and more."""
    table = Table(
        queries.certificate_register(current_actor().organisation_id or 0),
        [
            Column(
                "number", "编号", sort=Certificate.number, value=lambda r: r.Certificate.number,
                link=lambda r: url_for("inspection.show_certificate", public_id=r.Certificate.public_id),
            ),
            Column("issued_on", "开具日期", kind="date", sort=Certificate.issued_on, value=lambda r: r.Certificate.issued_on),
            Column("product", "产品", sort=Certificate.product_name, value=lambda r: r.Certificate.product_name),
            Column("lot_no", "批号", sort=Lot.lot_no),
            Column("mass", "重量（kg）", kind="weight", sort=Certificate.mass_g, value=lambda r: r.Certificate.mass_g),
            Column("form", "样式", value=lambda r: rules_certificate.FORMS[r.Certificate.form]),
            Column("bases", "承诺依据", value=lambda r: "、".join(rules_certificate.BASES[b] for b in r.Certificate.bases)),
            Column("place", "产地", value=lambda r: r.Certificate.place),
            Column("printed", "打印份数", kind="number"),
            Column("state", "状态", kind="chip", value=lambda r: ("已作废", "none") if r.void_reason else ("有效", "ok")),
            Column("void_reason", "作废原因", value=lambda r: r.void_reason or ""),
        ],
        filters=[
            Filter("q", "编号、批号或产品", search=(Certificate.number, Lot.lot_no, Certificate.product_name)),
            Filter("form", "样式", column=Certificate.form, choices=list(rules_certificate.FORMS.items())),
            Filter(
                "state", "状态", choices=[("live", "有效"), ("void", "已作废")],
                clause=lambda v: CertificateVoid.id.is_(None) if v == "live" else CertificateVoid.id.is_not(None),
            ),
        ],
        default_sort="-number", name="certificates", empty="还没有开过合格证。", scalars=False,
    )  # fmt: skip
    found: ResponseReturnValue = table.respond("trace/inspection/register.html")
    return found


@bp.get("/certificates/<uuid:public_id>")
@access(VIEW)
def show_certificate(public_id: uuid.UUID) -> ResponseReturnValue:
    return _show(public_id, PrintForm(), 200)


def _show(public_id: uuid.UUID, form: Any, status: int) -> ResponseReturnValue:
    found = queries.get_certificate(public_id, current_actor())
    prints = queries.prints_of(found.id)
    if not form.is_submitted():
        form.copies.data = 1
    page = render_template(
        "trace/inspection/show_certificate.html",
        certificate=found,
        lot=lots.lot_by_id(found.lot_id),
        bases=rules_certificate.BASES,
        forms=rules_certificate.FORMS,
        void=queries.void_of(found.id),
        prints=prints,
        names=user_names([p.printed_by for p in prints if p.printed_by]),
        keep_until=law_until(found.issued_on),
        form=form,
    )
    return page, status


@bp.post("/certificates/<uuid:public_id>/print")
@access(CERTIFY)
def print_certificate(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    found = queries.get_certificate(public_id, actor)
    form: Any = PrintForm()
    if form.validate_on_submit():
        try:
            form.claim_once()
            row = certificates.print_certificate(found, actor, copies=form.copies.data, reason=form.reason.data or "")
            return redirect(url_for(".pdf", public_id=public_id, copies=row.copies))
        except DomainError as error:
            if not form.put_error(error):
                raise
    return _show(public_id, form, 422)


@bp.route("/certificates/<uuid:public_id>/void", methods=["GET", "POST"])
@access(CERTIFY)
def void_certificate(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    found = queries.get_certificate(public_id, actor)
    form: Any = VoidForm()
    unmet: Any = ()
    if form.validate_on_submit():
        try:
            form.claim_once()
            certificates.void_certificate(found, actor, reason=form.reason.data)
            flash(f"合格证 {found.number} 已作废，这批可以重新开。")
            return redirect(url_for(".show_certificate", public_id=public_id))
        except RuleBroken as error:
            unmet = error.unmet
        except DomainError as error:
            if not form.put_error(error):
                raise
    page = render_template("trace/inspection/void.html", form=form, certificate=found, unmet=unmet)
    return page, 422 if form.is_submitted() else 200


@bp.get("/certificates/<uuid:public_id>.pdf")
@access(VIEW)
def pdf(public_id: uuid.UUID) -> ResponseReturnValue:
    found = queries.get_certificate(public_id, current_actor())
    answer = Response(certificates.certificate_pdf(found), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    return answer
