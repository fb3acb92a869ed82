"""The brand office's desk for misuse cases; the party reads and answers on the same pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request, url_for

from brand.misuse import evidence, paper, permissions, queries, rules, screens, service
from brand.misuse.forms import EvidenceForm, FactsForm
from brand.misuse.models import MisuseCase
from core import clock
from core.account.access import access, current_actor
from core.ui import flash, once
from core.ui.deed import done
from core.ui.forms import Form
from core.ui.moves import requested_move
from core.workflow.engine import fire

bp = Blueprint("misuse", __name__, template_folder="templates")
CONSEQUENCES = {
    "dismiss": ["案子就此结束，理由给举报人和已告知的当事人看。", "以后又发现问题的，另立一件。"],
    "decide": ["选了下架的，商品马上下架。", "选了暂停或撤销授权的，马上生效。", "决定书发给当事人，不能收回。"],
}


@bp.get("/misuse/cases")
@access(permissions.VIEW)
def index() -> Any:
    """The cases the actor may see."""
    actor = current_actor()
    office = queries.in_office(actor)
    return screens.table(actor, office=office).respond(
        "brand/misuse/index.html", office=office, hearing_days=queries.working_days("hearing", clock.today())
    )


@bp.get("/misuse/cases/<uuid:public_id>")
@access(permissions.VIEW)
def show(public_id: uuid.UUID) -> Any:
    """One case."""
    return _page(queries.for_actor(public_id, current_actor()))


def _page(case: MisuseCase, status: int = 200, **forms: Form) -> Any:
    context = screens.page(case, current_actor())
    if context["stating"]:
        given = {
            "mark": case.mark, "misuse": case.misuse, "party": case.party_name, "place": case.place, "link": case.link,
            "licence": str(context["licence"].public_id) if context["licence"] else "",
        }  # fmt: skip
        context["facts_form"] = FactsForm(formdata=None, data=given)
    if context["gathering"]:
        context["evidence_form"] = EvidenceForm(formdata=None, data={"kind": "photo"})
    context |= forms
    for name in ("facts_form", "evidence_form"):
        if name in context:
            context[name].once.data = context[name].once.data or once.new_key()
    if "facts_form" in context:
        context["facts_form"].licence.choices = screens.licence_choices(case)
    return render_template("brand/misuse/show.html", **context), status


def _do(case: MisuseCase, form: Form, name: str, deed: Callable[[], Any]) -> Any:
    """Run ``deed`` when the form is sound; show the page again with what to change otherwise."""
    to = url_for(".show", public_id=case.public_id)
    return done(form, deed, lambda status: _page(case, status, **{name: form}), "", to)


@bp.post("/misuse/cases/<uuid:public_id>/facts")
@access(permissions.HANDLE)
def facts(public_id: uuid.UUID) -> Any:
    """What was found out."""
    case, form = queries.for_actor(public_id, current_actor()), FactsForm()
    form.licence.choices = screens.licence_choices(case)
    values = {k: v or "" for k, v in form.values().items()}
    return _do(case, form, "facts_form", lambda: service.state_facts(case, current_actor(), **values))


@bp.post("/misuse/cases/<uuid:public_id>/evidence")
@access(permissions.HANDLE)
def add_evidence(public_id: uuid.UUID) -> Any:
    """One more frozen piece of evidence."""
    case, form = queries.for_actor(public_id, current_actor()), EvidenceForm()
    return _do(
        case, form, "evidence_form",
        lambda: service.add_evidence(
            case, current_actor(), kind=str(form.kind.data), title=str(form.title.data), upload=form.file.data,
            content=form.content.data or "",
        ),
    )  # fmt: skip


@bp.get("/misuse/cases/<uuid:public_id>/<any(notice, decision):kind>.pdf")
@access(permissions.VIEW)
def document(public_id: uuid.UUID, kind: str) -> Response:
    """The notice or the decision, to print and hand over."""
    case = queries.for_actor(public_id, current_actor())
    response = Response(
        paper.pdf(case, kind), mimetype="application/pdf", headers={"Cache-Control": "private, no-store"}
    )
    name = quote(f"{paper.TITLES[kind]}{case.case_no}.pdf")
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{name}"
    return response


@bp.post("/misuse/cases/<uuid:public_id>/evidence/<uuid:piece>/take")
@access(permissions.VIEW)
def take_out(public_id: uuid.UUID, piece: uuid.UUID) -> Response:
    """The original of a piece of evidence, with the taking on its chain of custody."""
    case = queries.for_actor(public_id, current_actor())
    data, file = evidence.take_out(case, piece, current_actor())
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.filename)}",
        "Cache-Control": "no-store",
    }
    return Response(data, content_type=file.media_type, headers=headers)


@bp.post("/misuse/cases/<uuid:public_id>/move")
@access(permissions.VIEW)
def move(public_id: uuid.UUID) -> Any:
    """Fire a move; the engine checks who may."""
    case = queries.for_actor(public_id, current_actor())
    back = url_for(".show", public_id=public_id)
    wish = requested_move(
        rules.MISUSE_CASE, case, back=back, consequences=CONSEQUENCES.get(request.form.get("move", ""), ())
    )
    if wish.page:
        return wish.page
    payload = {}
    if wish.key == "propose":
        payload["measures"] = [key for key in rules.MEASURES if request.form.get(f"measure-{key}")]
    fire(rules.MISUSE_CASE, case, wish.key, current_actor(), reason=wish.reason, payload=payload)
    flash(f"已办理：{rules.MISUSE_CASE.move(wish.key).label}。")
    return redirect(back)
