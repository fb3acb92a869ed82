"""The applicant's pages, made for a phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from admin.enterprise import permissions, queries, rules, service
from admin.enterprise.errors import ApplicationNotFound
from admin.enterprise.forms import DetailsForm
from admin.enterprise.models import Application
from core.account.access import access, current_actor, public
from core.db import db
from core.errors import DomainError
from core.file.queries import files_by_id
from core.ui import flash, once
from core.ui.moves import requested_move
from core.workflow.engine import fire, history, moves_for

blueprint = Blueprint("enterprise", __name__, template_folder="templates")
OWN_MOVES = ("submit", "appeal")


@blueprint.get("/join")
@public("what entering means and what is needed must be readable before registering")
def join() -> str:
    """What entering means, what to prepare, and the person's own applications."""
    actor = current_actor()
    return render_template(
        "admin/enterprise/join.html",
        kinds=rules.KINDS,
        own=queries.own(actor),
        signed_in=actor.user_id is not None,
        conditions=queries.conditions_now(),
        workflow=rules.APPLICATION,
    )


@blueprint.post("/join")
@access(permissions.APPLY)
def start() -> Any:
    """Start an application; a form sent twice starts one."""
    once.claim(request.form.get("once"))
    application = service.open_application(request.form.get("kind", ""), current_actor())
    return redirect(url_for(".application", public_id=application.public_id))


@blueprint.route("/join/<uuid:public_id>", methods=["GET", "POST"])
@access(permissions.APPLY)
def application(public_id: UUID) -> Any:
    """Fill in the application; after sending it, see how far it is."""
    found = _own(public_id)
    form = _details_form(found)
    status = 200
    if form.is_submitted():
        status = 400
        if form.validate():
            form.check_version(found)
            error = _save(found, form)
            if error is None:
                flash("已保存。")
                return redirect(url_for(".application", public_id=public_id))
            status = error.status
    return _page(found, form, status)


def _save(found: Application, form: DetailsForm) -> DomainError | None:
    """Details and picture are kept together; a refusal keeps neither, stands at its field, and what was typed stays."""
    values = form.values()
    upload = values.pop("picture")
    try:
        service.fill_in(found, current_actor(), **values)
    except DomainError as error:
        if error.status in (403, 404) or not form.put_error(error):
            raise
        db.session.rollback()
        return error
    if upload is None:
        return None
    try:
        service.attach_licence(found, current_actor(), upload.stream, upload.filename)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        form.picture.errors = [f"{error.message}{error.help}"]
        db.session.rollback()
        return error
    return None


def _own(public_id: UUID) -> Application:
    actor = current_actor()
    found = queries.application_for(public_id, actor)
    if found.applicant_id != actor.user_id:
        raise ApplicationNotFound()
    return found


def _details_form(found: Application) -> DetailsForm:
    current = queries.conditions_now()
    form = DetailsForm(obj=found).for_application(current.items if current else [])
    if not form.is_submitted() and "promised" in form:
        same = current is not None and found.conditions_id == current.id
        form.promised.data = [str(n) for n in found.promised] if same else []
    return form


def _page(found: Application, form: DetailsForm, status: int = 200) -> Any:
    actor = current_actor()
    editable = found.state in ("draft", "supplement")
    picture = files_by_id([found.licence_file_id]).get(found.licence_file_id) if found.licence_file_id else None
    rows = history(rules.APPLICATION, found.id)
    returned = next((r.reason for r in reversed(rows) if r.move in ("request_more", "reject", "duplicate")), "")
    page = render_template(
        "admin/enterprise/apply.html",
        application=found,
        kind=rules.KINDS[found.kind],
        form=form,
        picture=picture,
        editable=editable,
        unmet=service.missing(found, actor) if editable else [],
        moves=[v for v in moves_for(rules.APPLICATION, found, actor) if v.move.key in OWN_MOVES],
        workflow=rules.APPLICATION,
        history=rows,
        returned=returned if found.state in ("supplement", "rejected") else "",
    )
    return page, status


@blueprint.post("/join/<uuid:public_id>/move")
@access(permissions.APPLY)
def move(public_id: UUID) -> Any:
    """Send the application, or appeal."""
    found = _own(public_id)
    back = url_for(".application", public_id=public_id)
    wish = requested_move(rules.APPLICATION, found, back=back)
    if wish.page:
        return wish.page
    fire(rules.APPLICATION, found, wish.key, current_actor(), reason=wish.reason)
    flash("已提交，办理进度会发到消息里。")
    return redirect(back)
