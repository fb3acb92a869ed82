"""Values in force for everybody; proposals and decisions for the office."""

from __future__ import annotations

from datetime import date
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for

from core.account.access import access, current_actor, public
from core.file.queries import files_by_id
from core.organisation.queries import get_organisation
from core.policy import permissions, queries, registry, rules, service
from core.policy.errors import KeyNotFound
from core.policy.forms import ProposalForm
from core.policy.rules import CHANGE
from core.ui.deed import blank, done
from core.ui.moves import requested_move
from core.workflow.engine import history, moves_for

blueprint = Blueprint("policy", __name__, template_folder="templates")
CONSEQUENCES = (
    "从生效日起按新的取值办；在那以前开始计时的事照旧。",
    "取值、理由和依据会公开，批准以后不能改，只能再提一次变更。",
)


@blueprint.get("/rule-values")
@public("rules the public is judged by are open (town-rules C20); anybody reads")
def values() -> Any:
    """Every value in force with its source and since when."""
    return render_template(
        "core/policy/values.html", topics=queries.all_standing(), silent=rules.SILENT, show=rules.show
    )


@blueprint.get("/office/rule-values")
@access(permissions.VIEW)
def index() -> Any:
    """The office's list: values in force by topic, and the proposals."""
    return render_template(
        "core/policy/index.html", topics=queries.all_standing(), changes=queries.changes_of(), workflow=CHANGE,
        title_of=_title, shown=_shown, silent=rules.SILENT,
    )  # fmt: skip


@blueprint.get("/office/rule-values/<key>")
@access(permissions.VIEW)
def show(key: str) -> Any:
    """One value with its history and, for who may, the form of a proposal."""
    return _page(key)


@blueprint.post("/office/rule-values/<key>")
@access(permissions.PROPOSE)
def propose(key: str) -> Any:
    """Propose another value."""
    found = registry.find(key)
    if found is None:
        raise KeyNotFound()
    form = ProposalForm().of_key(found, queries.standing(key).value)

    def deed() -> None:
        upload = form.file.data
        service.propose(
            key, str(form.choice.data if found.kind == "switch" else form.value.data), cast(date, form.valid_from.data), current_actor(),
            reason=str(form.reason.data), document=str(form.document.data),
            upload=(upload.stream, upload.filename) if upload is not None else None,
        )  # fmt: skip

    return done(
        form, deed, lambda status: (_page(key, form), status), "已提议，等另一人审定。", url_for(".show", key=key)
    )


def _page(key: str, form: ProposalForm | None = None) -> Any:
    standing, actor = queries.standing(key), current_actor()
    changes = queries.changes_of(key)
    waiting = queries.open_change(key)
    if form is None and actor.can(permissions.PROPOSE) and waiting is None:
        form = blank(ProposalForm).of_key(standing.key, standing.value)
    return render_template(
        "core/policy/show.html", standing=standing, key=standing.key, history=queries.history_of(standing.key), waiting=waiting,
        changes=changes, workflow=CHANGE, form=form, shown=_shown, silent=rules.SILENT, show=rules.show,
    )  # fmt: skip


@blueprint.get("/office/rule-values/changes/<uuid:public_id>")
@access(permissions.VIEW)
def change(public_id: UUID) -> Any:
    """One proposal with what may be done."""
    row, actor = queries.change_for(public_id), current_actor()
    key = registry.find(row.key)
    before = rules.show(key.kind, queries.value(key.key, on=row.valid_from)) if key and row.state == "proposed" else ""
    return render_template(
        "core/policy/change.html", change=row, key=key, shown=_shown(row), before=before, workflow=CHANGE,
        who=get_organisation(row.organisation_id).name if row.organisation_id else "",
        paper=files_by_id([row.file_id]).get(row.file_id) if row.file_id else None,
        moves=moves_for(CHANGE, row, actor), history=history(CHANGE, row.id), silent=rules.SILENT,
    )  # fmt: skip


@blueprint.post("/office/rule-values/changes/<uuid:public_id>/move")
@access(permissions.VIEW)
def move(public_id: UUID) -> Any:
    """Approve, refuse or withdraw; the engine checks who may."""
    row, actor = queries.change_for(public_id), current_actor()
    back = url_for(".change", public_id=public_id)
    wish = requested_move(CHANGE, row, back=back, consequences=CONSEQUENCES)
    if wish.page:
        return wish.page
    service.decide(row, wish.key, actor, reason=wish.reason)
    return redirect(back)


def _title(row: Any) -> str:
    key = registry.find(row.key)
    return key.title if key else row.key


def _shown(row: Any) -> str:
    key = registry.find(row.key)
    return rules.show(key.kind, rules.read(key.kind, row.value)) if key else row.value
