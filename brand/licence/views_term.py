"""After the decision: renewal, change, reports of use, yearly review, shares with partners."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for

from brand.licence import permissions, queries, rules_sub, screens, sub_service, term_service
from brand.licence.forms import ReviewForm, ShareForm, report_form
from brand.licence.views import answer, blueprint, case_of
from core.account.access import access, current_actor
from core.ui import flash, once
from core.ui.moves import requested_move
from core.workflow.engine import fire, history, moves_for


@blueprint.post("/brand/cases/<uuid:public_id>/<any(renewal, change):kind>")
@access(permissions.APPLY)
def reopen(public_id: UUID, kind: str) -> Any:
    """Begin a renewal or a change of an issued licence."""
    once.claim(request.form.get("once"))
    case = term_service.reopen(case_of(public_id), kind, current_actor())
    flash("原来的范围和还有效的材料已带过来，改好再提交。")
    return redirect(url_for(".show", public_id=case.public_id))


@blueprint.post("/brand/cases/<uuid:public_id>/use")
@access(permissions.APPLY)
def report_use(public_id: UUID) -> Any:
    """Report what was used in a quarter."""
    licence = case_of(public_id)
    rows = queries.scope_rows(licence, "granted", "ended")
    form = report_form(rows, screens.open_quarters(licence))()

    def store() -> None:
        values = form.values()
        used = {row.id: values[f"row_{row.id}"] for row in rows}
        term_service.report_use(licence, current_actor(), values["quarter"], used, note=values["note"])

    return answer(licence, form, store, "report_form")


@blueprint.post("/brand/cases/<uuid:public_id>/review")
@access(permissions.SCREEN)
def review(public_id: UUID) -> Any:
    """Write down the yearly review."""
    licence = case_of(public_id)
    form = ReviewForm()
    return answer(licence, form, lambda: term_service.review(licence, current_actor(), **form.values()), "review_form")


@blueprint.post("/brand/cases/<uuid:public_id>/shares")
@access(permissions.SHARE)
def offer_share(public_id: UUID) -> Any:
    """Offer a partner to pack under this licence."""
    licence = case_of(public_id)
    form = ShareForm().of(queries.scope_rows(licence, "granted"))

    def store() -> None:
        values = form.values()
        sub_service.offer(licence, current_actor(), row_id=int(values.pop("row_id")), **values)

    return answer(licence, form, store, "share_form")


@blueprint.get("/brand/shares")
@access(permissions.VIEW)
def shares() -> Any:
    """What the organisation lets others pack, and what it may pack for others."""
    actor = current_actor()
    subs = sub_service.of_organisation(actor.organisation_id) if actor.organisation_id is not None else []
    return render_template("brand/licence/shares.html", shares=screens.share_lines(subs), own_id=actor.organisation_id)


@blueprint.get("/brand/shares/<uuid:public_id>")
@access(permissions.VIEW)
def share(public_id: UUID) -> Any:
    """One share as its two sides and the offices see it."""
    actor = current_actor()
    sub = sub_service.for_actor(public_id, actor)
    return render_template(
        "brand/licence/share.html",
        sub=sub,
        line=screens.share_lines([sub])[0],
        licence=queries.licence_by_id(sub.licence_id),
        moves=moves_for(rules_sub.SUBLICENCE, sub, actor),
        history=history(rules_sub.SUBLICENCE, sub.id),
    )


@blueprint.post("/brand/shares/<uuid:public_id>/move")
@access(permissions.VIEW)
def move_share(public_id: UUID) -> Any:
    """Accept, decline, retract, end or leave; the engine checks who may."""
    sub = sub_service.for_actor(public_id, current_actor())
    back = url_for(".share", public_id=public_id)
    words = ["从今天起合作方不能再印带标志的标签。", "已印的标签照常可扫，页面会写明已终止。"]
    wish = requested_move(rules_sub.SUBLICENCE, sub, back=back, consequences=words)
    if wish.page:
        return wish.page
    fire(rules_sub.SUBLICENCE, sub, wish.key, current_actor(), reason=wish.reason)
    flash(f"已办理：{rules_sub.SUBLICENCE.move(wish.key).label}。")
    return redirect(back)
