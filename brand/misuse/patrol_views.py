"""Findings of the automatic patrol, and rounds: what to look at, what was seen."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from brand.certificate.rules import MISUSE
from brand.misuse import patrol, permissions, queries, rules
from brand.misuse.forms import ItemForm, ResultForm, RoundForm
from brand.misuse.models import MisuseCase, PatrolRound
from core.account.access import access, current_actor
from core.db import db
from core.errors import DomainError
from core.organisation.queries import names
from core.ui import flash, once

bp = Blueprint("patrol", __name__, template_folder="templates")


@bp.get("/misuse/findings")
@access(permissions.HANDLE)
def findings() -> Any:
    """What the comparison of words with certificates sees now."""
    rows = queries.open_findings()
    return render_template(
        "brand/misuse/findings.html",
        rows=rows,
        marks=rules.MARKS,
        classes=MISUSE,
        names=names([r.organisation_id for r in rows]),
    )


@bp.post("/misuse/findings/compare")
@access(permissions.HANDLE)
def compare() -> Any:
    """Compare now, not only at night."""
    once.claim(request.form.get("once"))
    count = patrol.sweep()
    flash(f"比对完了，现在有 {count} 处写了标志而没有证书支持。" if count else "比对完了，没有发现。")
    return redirect(url_for(".findings"))


@bp.post("/misuse/findings/<uuid:public_id>/case")
@access(permissions.HANDLE)
def take_up(public_id: uuid.UUID) -> Any:
    """Open a case about a finding."""
    once.claim(request.form.get("once"))
    case = patrol.open_from_finding(queries.finding(public_id), current_actor())
    flash(f"页面文字已封存在 {case.case_no}。")
    return redirect(url_for("misuse.show", public_id=case.public_id))


@bp.route("/misuse/patrols", methods=["GET", "POST"])
@access(permissions.HANDLE)
def index() -> Any:
    """Rounds, and a new one."""
    form: Any = RoundForm()
    if form.validate_on_submit():
        form.claim_once()
        try:
            row = patrol.open_round(
                current_actor(), title=str(form.title.data), target=str(form.target.data), due_on=form.due_on.data
            )
        except DomainError as error:
            if not form.put_error(error):
                raise
        else:
            return redirect(url_for(".show", public_id=row.public_id))
    page = render_template("brand/misuse/patrols.html", rows=queries.rounds(), form=form, targets=rules.TARGETS)
    return page, 400 if form.is_submitted() else 200


@bp.get("/misuse/patrols/<uuid:public_id>")
@access(permissions.HANDLE)
def show(public_id: uuid.UUID) -> Any:
    """One round with its items."""
    return _page(patrol.round_by(public_id))


def _page(row: PatrolRound, status: int = 200, *, item_form: ItemForm | None = None, result: Any = None) -> Any:
    cases = {i.case_id: db.session.get_one(MisuseCase, i.case_id) for i in row.items if i.case_id is not None}
    hints = {i.id: queries.finding_about(i.subject_kind, i.subject_key) for i in row.items if not i.result}
    forms = {i: ResultForm(formdata=None) for i in hints}
    for number, form in forms.items():
        form.once.data = once.new_key()
        form.mark.data = hint.mark if (hint := hints[number]) is not None else ""
    if result is not None:
        forms[result[0]] = result[1]
    blank = item_form or ItemForm(formdata=None)
    blank.once.data = blank.once.data or once.new_key()
    return render_template(
        "brand/misuse/patrol.html", row=row, targets=rules.TARGETS, results=rules.RESULTS, cases=cases, forms=forms,
        item_form=blank, left=len(forms), hints=hints, classes=MISUSE, marks=rules.MARKS,
    ), status  # fmt: skip


@bp.post("/misuse/patrols/<uuid:public_id>/items")
@access(permissions.HANDLE)
def add_item(public_id: uuid.UUID) -> Any:
    """One more place to look at."""
    row, form = patrol.round_by(public_id), ItemForm()
    if form.validate_on_submit():
        form.claim_once()
        patrol.add_item(row, current_actor(), title=str(form.title.data), link=form.link.data or "")
        return redirect(url_for(".show", public_id=public_id))
    return _page(row, 400, item_form=form)


@bp.post("/misuse/patrols/<uuid:public_id>/items/<int:item_id>")
@access(permissions.HANDLE)
def result(public_id: uuid.UUID, item_id: int) -> Any:
    """What was seen at one place."""
    row, form = patrol.round_by(public_id), ResultForm()
    status = 400
    if form.validate_on_submit():
        form.claim_once()
        try:
            patrol.note_result(
                row,
                item_id,
                current_actor(),
                result=str(form.result.data),
                mark=form.mark.data or "",
                note=form.note.data or "",
                upload=form.photo.data,
            )
        except DomainError as error:
            if error.status in (403, 404, 409):
                raise
            form.put_error(error)
            status = error.status
        else:
            return redirect(url_for(".show", public_id=public_id))
    return _page(row, status, result=(item_id, form))


@bp.post("/misuse/patrols/<uuid:public_id>/close")
@access(permissions.HANDLE)
def close(public_id: uuid.UUID) -> Any:
    """The round is over."""
    once.claim(request.form.get("once"))
    patrol.close_round(patrol.round_by(public_id), current_actor())
    flash("这一轮巡查已结束。")
    return redirect(url_for(".index"))
