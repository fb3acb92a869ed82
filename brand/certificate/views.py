"""Pages of certificates: the firm enters and sends, the brand office compares, everybody reads the public page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from brand.certificate import permissions, queries, rules, rules_numbers, screens, service
from brand.certificate.forms import CertificateForm, CheckForm, PlotsForm, ProductForm, ScanForm
from brand.certificate.models import MarkCertificate
from core import clock
from core.account.access import access, current_actor, public
from core.errors import DomainError, NotFound
from core.organisation import queries as organisations
from core.place.queries import choices as place_choices
from core.ui import flash, once
from core.ui.deed import done
from core.ui.forms import Form
from core.ui.moves import requested_move
from core.workflow.engine import fire

bp = Blueprint("certificate", __name__, template_folder="templates")


def _row(public_id: uuid.UUID) -> MarkCertificate:
    return queries.for_actor(public_id, current_actor())


@bp.get("/certificates")
@access(permissions.VIEW)
def index() -> Any:
    """The certificates the actor may see."""
    actor = current_actor()
    office = queries.in_office(actor)
    return screens.table(actor, office=office).respond("brand/certificate/index.html", office=office)


@bp.route("/certificates/new", methods=["GET", "POST"])
@access(permissions.EDIT)
def new() -> Any:
    """Enter a certificate: first its kind, then what the paper says; ``renews`` starts from the one it follows."""
    actor = current_actor()
    kind, old = request.args.get("kind", ""), _renewed(request.args.get("renews", ""))
    kind = old.kind if old is not None else kind
    if kind not in rules.KINDS:
        return render_template("brand/certificate/choose.html", kinds=rules.KINDS)
    given = {"issuer": old.issuer, "licensor": old.licensor, "area": old.area, "route": old.route} if old else {}
    form = CertificateForm(data=given).for_kind(kind)
    if form.validate_on_submit():
        form.claim_once()
        try:
            row = service.enter(actor, kind=kind, renews=old, **form.values())
        except DomainError as error:
            if not form.put_error(error):
                raise
        else:
            for warning in service.warnings(row):
                flash(warning, "todo")
            return redirect(url_for(".show", public_id=row.public_id))
    page = render_template("brand/certificate/enter.html", form=form, kind=rules.KINDS[kind], row=None, old=old)
    return page, 400 if form.is_submitted() else 200


def _renewed(text: str) -> MarkCertificate | None:
    if not text:
        return None
    try:
        row = _row(uuid.UUID(text))
    except ValueError:
        raise NotFound("没有找到这份证书。", help="请从列表重新进入。") from None
    if row.organisation_id != current_actor().organisation_id:
        raise NotFound("没有找到这份证书。", help="请从列表重新进入。")
    return row


@bp.get("/certificates/number")
@access(permissions.CONFIRM)
def number() -> Any:
    """Whose certificate a number on a package is, by what was handed in; and where it is really looked up."""
    asked = rules_numbers.plain(request.args.get("q", "")[:80])
    return render_template(
        "brand/certificate/number.html", asked=asked, rows=queries.by_number(asked) if asked else [],
        kinds=rules.KINDS, chip_of=screens.chip, until=screens.until, names=organisations.get_organisation,
    )  # fmt: skip


@bp.get("/certificates/<uuid:public_id>")
@access(permissions.VIEW)
def show(public_id: uuid.UUID) -> Any:
    """One certificate as its owner or the office sees it."""
    return _page(_row(public_id))


def _page(row: MarkCertificate, status: int = 200, **forms: Form) -> Any:
    context = screens.page(row, current_actor())
    if context["editable"]:
        plots = PlotsForm(formdata=None, data={"plots": [str(p.public_id) for p in context["plots"]]})
        context |= {
            "product_form": ProductForm(formdata=None),
            "plots_form": plots,
            "scan_form": ScanForm(formdata=None),
        }
    if context["may_check"]:
        context["check_form"] = CheckForm(
            formdata=None, data={"register": rules.KINDS[row.kind].register, "checked_on": clock.today()}
        )
    context |= forms
    for name in ("plots_form", "product_form", "scan_form", "check_form"):
        if name in context:
            context[name].once.data = context[name].once.data or once.new_key()
    if "plots_form" in context:
        context["plots_form"].plots.choices = place_choices(row.organisation_id, "plot")
    return render_template("brand/certificate/show.html", **context), status


@bp.route("/certificates/<uuid:public_id>/edit", methods=["GET", "POST"])
@access(permissions.EDIT)
def edit(public_id: uuid.UUID) -> Any:
    """Change what the draft says of the paper."""
    row = _row(public_id)
    form = CertificateForm(obj=row).for_kind(row.kind)
    if form.validate_on_submit():
        try:
            form.check_version(row)
            form.claim_once()
            service.edit(row, current_actor(), **form.values())
        except DomainError as error:
            if error.status in (404, 409) or not form.put_error(error):
                raise
        else:
            for warning in service.warnings(row):
                flash(warning, "todo")
            return redirect(url_for(".show", public_id=public_id))
    page = render_template("brand/certificate/enter.html", form=form, kind=rules.KINDS[row.kind], row=row, old=None)
    return page, 400 if form.is_submitted() else 200


def _do(row: MarkCertificate, form: Form, name: str, deed: Callable[[], Any]) -> Any:
    """Run ``deed`` when the form is sound; show the page again with what to change otherwise."""
    to = url_for(".show", public_id=row.public_id)
    return done(form, deed, lambda status: _page(row, status, **{name: form}), "", to)


@bp.post("/certificates/<uuid:public_id>/products")
@access(permissions.EDIT)
def add_product(public_id: uuid.UUID) -> Any:
    """One more product of the scope."""
    row, form = _row(public_id), ProductForm()
    return _do(row, form, "product_form", lambda: service.add_product(row, current_actor(), **form.values()))


@bp.post("/certificates/<uuid:public_id>/products/<int:product_id>/remove")
@access(permissions.EDIT)
def remove_product(public_id: uuid.UUID, product_id: int) -> Any:
    """One product less."""
    once.claim(request.form.get("once"))
    service.remove_product(_row(public_id), current_actor(), product_id)
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/certificates/<uuid:public_id>/plots")
@access(permissions.EDIT)
def plots(public_id: uuid.UUID) -> Any:
    """The plots the certificate covers."""
    row, form = _row(public_id), PlotsForm()
    form.plots.choices = place_choices(row.organisation_id, "plot")
    return _do(row, form, "plots_form", lambda: service.set_plots(row, current_actor(), form.plots.data or []))


@bp.post("/certificates/<uuid:public_id>/scan")
@access(permissions.EDIT)
def scan(public_id: uuid.UUID) -> Any:
    """The paper as a photo or PDF."""
    row, form = _row(public_id), ScanForm()
    return _do(
        row, form, "scan_form",
        lambda: service.set_scan(row, current_actor(), form.file.data.stream, form.file.data.filename or "证书"),
    )  # fmt: skip


@bp.post("/certificates/<uuid:public_id>/checks")
@access(permissions.CONFIRM)
def check(public_id: uuid.UUID) -> Any:
    """Note a look-up in the official register."""
    row, form = _row(public_id), CheckForm()
    return _do(row, form, "check_form", lambda: service.note_check(row, current_actor(), **form.values()))


@bp.post("/certificates/<uuid:public_id>/move")
@access(permissions.VIEW)
def move(public_id: uuid.UUID) -> Any:
    """Fire a move; the engine checks who may."""
    row = _row(public_id)
    back = url_for(".show", public_id=public_id)
    wish = requested_move(
        rules.CERTIFICATE,
        row,
        back=back,
        consequences=["从现在起页面和标签都不再显示这个标志。", "登记失效以后不能恢复。"],
    )
    if wish.page:
        return wish.page
    fire(rules.CERTIFICATE, row, wish.key, current_actor(), reason=wish.reason)
    flash(f"已办理：{rules.CERTIFICATE.move(wish.key).label}。")
    return redirect(back)


@bp.get("/certificate/<uuid:public_id>")
@public("a mark on a page or label leads here: what was handed in, who looked it up, where to look oneself")
def public_page(public_id: uuid.UUID) -> Any:
    """What a consumer may know of a certificate."""
    row = queries.public_certificate(public_id)
    context = screens.page(row, current_actor())
    return render_template("brand/certificate/public.html", **context)
