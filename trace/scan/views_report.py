"""Reports with a photo, their progress by receipt number and secret, and numbers left for a recall."""

from __future__ import annotations

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.account.access import current_actor, public
from core.errors import DomainError, NotFound
from core.ui import flash
from core.ui.forms import in_page_language
from trace.scan import addresses, contacts, limits, reports
from trace.scan.forms import ContactForm, ProgressForm, ReportForm
from trace.scan.reader import read
from trace.scan.reports import Given
from trace.scan.views import bp, code_page


def _path() -> str:
    path = request.values.get("path", "")[:200]
    return path if addresses.is_code_path(path) else ""


def _take_try(allowance: limits.Allowance) -> None:
    device = code_page().device(request.environ, read(request.environ))
    limits.take_try(allowance, device, request.remote_addr or "")


@bp.route("/scan/report", methods=["GET", "POST"])
@public("任何人都可以反映问题，不必登录")
def report() -> ResponseReturnValue:
    """The form; a good POST answers with receipt number and secret."""
    try:
        return _report(ReportForm(), _path())
    finally:
        for upload in request.files.values():
            upload.close()


def _report(form: ReportForm, path: str) -> ResponseReturnValue:
    if form.validate_on_submit():
        _take_try(limits.REPORT)
        form.claim_once()
        try:
            photo = form.photo.data.stream.read(reports.MAX_PHOTO + 1) if form.photo.data else b""
            receipt = reports.report(
                Given(
                    path, str(form.kind.data), str(form.words.data), form.contact.data or "", form.bought_at.data or "",
                    photo,
                ),
                current_actor(),
            )  # fmt: skip
        except DomainError as error:
            if not form.put_error(error):
                raise
        else:
            return render_template("trace/scan/received.html", receipt=receipt, path=path)
    in_page_language(form)
    page = render_template("trace/scan/report.html", form=form, path=path)
    return page, 422 if form.errors else 200


@bp.route("/scan/report/progress", methods=["GET", "POST"])
@public("反映问题的人凭回执号和查询码看进度")
def report_progress() -> ResponseReturnValue:
    """How far a report is; the secret never stands in an address."""
    form, found = ProgressForm(), None
    if form.validate_on_submit():
        _take_try(limits.STATUS)
        try:
            found = reports.progress(str(form.no.data), str(form.secret.data))
        except NotFound as error:
            form.no.errors = [f"{error.message}{error.help}"]
    in_page_language(form)
    return render_template("trace/scan/progress.html", form=form, found=found), 422 if form.errors else 200


def _lot_of(path: str) -> int:
    target = reports.target_of(path)
    if target is None or target.lot_id is None:
        raise NotFound(
            "没有找到这一批。", code="scan.contact_lot", help="请从扫码页里的“这批货若召回，用短信告诉我”进入。"
        )
    return target.lot_id


@bp.route("/scan/contact", methods=["GET", "POST"])
@public("扫过码的人可以留号码，召回时得到通知")
def contact() -> ResponseReturnValue:
    """Leave a number for a recall of this lot; the answer carries the address to take it back with."""
    form, path = ContactForm(), _path()
    if form.is_submitted():
        _take_try(limits.CONTACT)
    lot_id = _lot_of(path)
    if form.validate_on_submit():
        form.claim_once()
        try:
            kept = contacts.leave(lot_id, str(form.mobile.data), agreed=bool(form.agreed.data))
        except DomainError as error:
            if not form.put_error(error):
                raise
        else:
            return render_template("trace/scan/contact_kept.html", kept=kept, path=path)
    in_page_language(form)
    return render_template("trace/scan/contact.html", form=form, path=path), 422 if form.errors else 200


@bp.get("/scan/contact/<uuid:public_id>")
@public("留过号码的人凭自己的地址撤回")
def contact_kept(public_id: uuid.UUID) -> ResponseReturnValue:
    """The page to take a number back; it says the same whether the number is still there or not."""
    return render_template("trace/scan/contact_back.html", public_id=public_id)


@bp.post("/scan/contact/<uuid:public_id>")
@public("留过号码的人凭自己的地址撤回")
def contact_back(public_id: uuid.UUID) -> ResponseReturnValue:
    """Afterwards the number is gone."""
    contacts.take_back(public_id)
    flash(_("号码已删除，召回时不会再通知你。"))
    return redirect(url_for("scan.contact_kept", public_id=public_id))
