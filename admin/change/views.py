"""Pages of changes: the enterprise asks, the other party agrees, the desk decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for

from admin.change import permissions, queries, rules, service
from admin.change.forms import ChangeForm, KindForm
from admin.change.models import Change
from admin.change.rules import CHANGE
from admin.project.screens import form_page, uploaded
from core.account.access import access, current_actor
from core.file.queries import files_by_id
from core.organisation import queries as organisations
from core.ui import flash
from core.ui.moves import requested_move
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import history, moves_for

blueprint = Blueprint("change", __name__, template_folder="templates")


@blueprint.get("/changes")
@access(permissions.VIEW)
def index() -> Any:
    """The requests the actor may see."""
    actor = current_actor()
    name, name_key = organisations.name_of(Change.organisation_id)
    table = Table(
        queries.changes(actor).add_columns(name.label("who")),
        columns=[
            Column("case_no", "编号", value=lambda r: r[0].case_no, sort=Change.case_no, link=lambda r: url_for(".show", public_id=r[0].public_id)),
            Column("who", "单位", value=lambda r: r[0].former_name or r.who, sort=name_key),
            Column("kind", "办什么", value=lambda r: rules.KINDS[r[0].kind]),
            Column("state", "状态", kind="chip", value=lambda r: (CHANGE.label_of(r[0].state), CHANGE.state(r[0].state).tone)),
        ],
        filters=[
            Filter("state", "状态", column=Change.state, choices=[(s.key, s.label) for s in CHANGE.states]),
            Filter("kind", "种类", column=Change.kind, choices=list(rules.KINDS.items())),
        ],
        default_sort="-case_no",
        name="changes",
        empty="还没有变更申请。",
    )  # fmt: skip
    return table.respond(
        "admin/change/index.html",
        may_ask=actor.can(rules.ASK),
        form=KindForm(formdata=None),
        kinds=rules.KINDS,
        consequences=rules.CONSEQUENCES,
    )


@blueprint.post("/changes")
@access(permissions.ASK)
def start() -> Any:
    """Open a request of one kind."""
    form = KindForm()
    if not form.validate_on_submit():
        flash("请选要办的变更。", "todo")
        return redirect(url_for(".index"))
    form.claim_once()
    change = service.ask(form.kind.data, current_actor())
    return redirect(url_for(".edit", public_id=change.public_id))


@blueprint.route("/changes/<uuid:public_id>/edit", methods=["GET", "POST"])
@access(permissions.ASK)
def edit(public_id: UUID) -> Any:
    """Fill in the request."""
    actor = current_actor()
    change = queries.change_for(public_id, actor)
    form = ChangeForm(obj=change).of_kind(change.kind)

    def deed(values: dict[str, Any]) -> Any:
        upload = uploaded(values)
        values.pop("file", None)
        return service.fill_in(change, actor, file=upload, **values)

    back = url_for(".show", public_id=public_id)
    return form_page(
        form, deed, title=rules.KINDS[change.kind], submit="保存", back=back, done="已保存，核对后提交。",
        crumbs=[("变更", url_for(".index")), (change.case_no, back), ("填写", None)],
        lead="".join(rules.CONSEQUENCES[change.kind]),
    )  # fmt: skip


@blueprint.get("/changes/<uuid:public_id>")
@access(permissions.VIEW)
def show(public_id: UUID) -> Any:
    """One request with what may be done."""
    actor = current_actor()
    change = queries.change_for(public_id, actor)
    own = organisations.get_organisation(change.organisation_id)
    into = organisations.get_organisation(change.into_id) if change.into_id else None
    return render_template(
        "admin/change/show.html",
        change=change,
        own=own,
        into=into,
        kind=rules.KINDS[change.kind],
        consequences=rules.CONSEQUENCES[change.kind],
        paper=files_by_id([change.file_id]).get(change.file_id) if change.file_id else None,
        editable=change.state in ("draft", "returned") and change.organisation_id == actor.organisation_id,
        workflow=CHANGE,
        moves=[v for v in moves_for(CHANGE, change, actor) if v.move.key != "agree" or change.agreed_at is None],
        history=history(CHANGE, change.id),
    )


@blueprint.post("/changes/<uuid:public_id>/move")
@access(permissions.VIEW)
def move(public_id: UUID) -> Any:
    """Fire a move; the engine checks who may."""
    actor = current_actor()
    change = queries.change_for(public_id, actor)
    back = url_for(".show", public_id=public_id)
    wish = requested_move(CHANGE, change, back=back, consequences=rules.CONSEQUENCES[change.kind])
    if wish.page:
        return wish.page
    service.move(change, wish.key, actor, wish.reason)
    flash(f"已{CHANGE.move(wish.key).label}。")
    return redirect(back)
