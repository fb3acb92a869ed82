"""Inbox, cases of the office, the public's form, and the administrator's page of outgoing mail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, session, url_for

from core import clock
from core.account.access import access, current_actor, public
from core.calendar.queries import deadline_of
from core.errors import DomainError
from core.file.queries import files_by_id
from core.file.service import store
from core.notice import permissions, queries, rules, service
from core.notice.forms import FeedbackForm, StatusForm
from core.notice.models import Case
from core.organisation import queries as organisations
from core.ui import flash
from core.ui.moves import requested_move
from core.ui.tables import Column, Filter, Table
from core.web.security import limiter
from core.workflow.engine import history, moves_for

blueprint = Blueprint("notice", __name__, template_folder="templates")


@blueprint.get("/messages")
@access(permissions.READ)
def inbox() -> Any:
    """The inbox of the organisation and the person."""
    table = Table(queries.inbox(current_actor()), columns=[], name="messages", per_page=30, exports=False)
    return render_template("core/notice/inbox.html", table=table, unread=queries.unread_count(current_actor()))


@blueprint.post("/messages/<uuid:public_id>")
@access(permissions.READ)
def read(public_id: UUID) -> Any:
    """Mark a message read and go where it points."""
    message = service.mark_read(public_id, current_actor())
    return redirect(message.link or url_for(".inbox"))


@blueprint.post("/messages/read")
@access(permissions.READ)
def read_all() -> Any:
    """Mark everything read."""
    count = service.mark_all_read(current_actor())
    flash(f"{count} 条消息已标为已读。" if count else "没有未读消息。")
    return redirect(url_for(".inbox"))


@blueprint.get("/cases")
@access(permissions.HANDLE)
def cases() -> Any:
    """The cases on this desk, by deadline."""
    table = Table(
        queries.cases(current_actor()),
        columns=[
            Column(
                "receipt_no", "回执号", sort=Case.receipt_no, link=lambda c: url_for(".case", public_id=c.public_id)
            ),
            Column("kind", "类别", value=lambda c: rules.CASE_KINDS[c.kind]),
            Column("subject", "事由"),
            Column("opened_at", "收到", kind="moment", sort=Case.opened_at),
            Column("due", "办结期限", kind="date", value=_due),
            Column(
                "state",
                "状态",
                kind="chip",
                value=lambda c: (rules.CASE.label_of(c.state), rules.CASE.state(c.state).tone),
            ),
        ],
        filters=[
            Filter("q", "回执号或事由", search=(Case.receipt_no, Case.subject)),
            Filter("state", "状态", column=Case.state, choices=[(s.key, s.label) for s in rules.CASE.states]),
            Filter("kind", "类别", column=Case.kind, choices=list(rules.CASE_KINDS.items())),
        ],
        name="cases",
        empty="没有来件。",
    )
    return table.respond("core/notice/cases.html")


def _due(case: Case) -> Any:
    deadline = deadline_of(case, rules.DEADLINE)
    return deadline.date if deadline else None


@blueprint.get("/cases/<uuid:public_id>")
@access(permissions.HANDLE)
def case(public_id: UUID) -> str:
    """One case: what was sent in, how long there is, and what may be done."""
    found = queries.case_for(public_id, current_actor())
    about = organisations.get_organisation(found.organisation_id) if found.organisation_id else None
    photo = files_by_id([found.photo_file_id]).get(found.photo_file_id) if found.photo_file_id else None
    return render_template(
        "core/notice/case.html",
        case=found,
        kind=rules.CASE_KINDS[found.kind],
        about=about,
        photo=photo,
        deadline=deadline_of(found, rules.DEADLINE),
        workflow=rules.CASE,
        moves=moves_for(rules.CASE, found, current_actor()),
        history=history(rules.CASE, found.id),
    )


@blueprint.post("/cases/<uuid:public_id>/move")
@access(permissions.HANDLE)
def move(public_id: UUID) -> Any:
    """Accept, answer or close a case."""
    found = queries.case_for(public_id, current_actor())
    back = url_for(".case", public_id=public_id)
    wish = requested_move(rules.CASE, found, back=back)
    if wish.page:
        return wish.page
    service.move_case(public_id, wish.key, current_actor(), reason=wish.reason)
    flash(f"已办理：{rules.CASE.move(wish.key).label}。")
    return redirect(back)


@blueprint.route("/feedback", methods=["GET", "POST"])
@public("anybody may complain or advise, without an account")
@limiter.limit("20 per hour", methods=["POST"])
def feedback() -> Any:
    """The public's form; answers with a receipt number."""
    form = FeedbackForm()
    if not form.is_submitted():
        form.link.data = request.args.get("about", "")[:300]
        form.kind.data = (
            request.args.get("kind", "") if request.args.get("kind") in rules.CASE_KINDS else form.kind.data
        )
    if form.validate_on_submit():
        try:
            number = _open(form)
        except DomainError as error:
            if not form.put_error(error):
                raise
            return render_template("core/notice/feedback.html", form=form), error.status
        session["receipt"] = number
        return redirect(url_for(".received"))
    return render_template("core/notice/feedback.html", form=form), 400 if form.is_submitted() else 200


def _open(form: FeedbackForm) -> str:
    form.claim_once()
    photo = None
    if form.photo.data:
        photo = store(
            form.photo.data.stream,
            form.photo.data.filename,
            kind="picture",
            owner_organisation_id=organisations.desk_id(rules.desk_of(form.kind.data)),
            actor=current_actor(),
        )
    values = form.values()
    return service.open_case(
        values["kind"],
        values["subject"],
        values["text"],
        values["contact"],
        photo.id if photo else None,
        link=values["link"],
        actor=current_actor(),
    )


@blueprint.get("/feedback/received")
@public("the receipt of what was just sent in")
def received() -> Any:
    """The receipt number of what this browser sent in last."""
    number = session.get("receipt")
    if not number:
        return redirect(url_for(".feedback"))
    return render_template("core/notice/received.html", number=number, days=queries.answer_days(clock.today()))


@blueprint.get("/feedback/status")
@public("people ask how far their case is, by receipt number and the tail of their contact")
@limiter.limit("30 per hour")
def status() -> Any:
    """How far a case is, for the person who sent it in."""
    form = StatusForm(request.args) if request.args else StatusForm()
    found = None
    if request.args and form.validate():
        try:
            found = service.find_by_receipt(str(form.no.data), str(form.tail.data))
        except DomainError as error:
            form.no.errors = [f"{error.message}{error.help}"]
    deadline = deadline_of(found, rules.DEADLINE) if found else None
    return render_template("core/notice/status.html", form=form, case=found, workflow=rules.CASE, deadline=deadline)


@blueprint.get("/system/outgoing")
@access(permissions.OUTGOING)
def outgoing() -> str:
    """What the platform would send out; the texts of sent ones are not shown."""
    return render_template("core/notice/outgoing.html", letters=queries.outgoing())
