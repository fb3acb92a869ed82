"""Rules of use: the public versions, and the brand office's desk where they are written and published."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for

from brand.matrix import permissions, queries, queries_use, rules_use, service_use
from brand.matrix.forms import ChargeForm, RulesForm
from brand.matrix.models import RulesVersion
from core import clock, notary
from core.account.access import access, current_actor, public
from core.errors import DomainError
from core.file.queries import files_by_id, read_bytes
from core.ui import flash, once
from core.ui.forms import Form
from core.ui.moves import requested_move
from core.workflow.engine import fire, history, moves_for

blueprint = Blueprint("brand_rules", __name__, template_folder="templates")


@blueprint.get("/brands/<key>/rules")
@public("who may use a brand, under what rules, is public")
def versions(key: str) -> str:
    """Every published version of a brand's rules, and the one that holds today."""
    brand = queries.by_key(key)
    return render_template(
        "brand/matrix/rules_versions.html",
        brand=brand,
        versions=queries_use.published(brand.id),
        current=queries_use.rules_in_force(brand.id),
        today=clock.today(),
    )


@blueprint.get("/brands/<key>/rules/<int:number>")
@public("the words a licensee accepted are public")
def version(key: str, number: int) -> str:
    """One version word by word, what it changed, and its place in the log."""
    view = queries_use.get_rules(key, number)
    before = next((v for v in queries_use.published(view.brand_id) if v.number == number - 1), None)
    request = notary.outcome_for(str(view.public_id), service_use.LOG_KIND)
    return render_template(
        "brand/matrix/rules_version.html",
        view=view,
        state=view.state_on(clock.today()),
        charges=[service_use.charge_line(c) for c in view.charges],
        changes=rules_use.changes(before.body, view.body) if before else [],
        logged=request is not None and request.done_at is not None,
    )


@blueprint.get("/brands/<key>/rules/<int:number>.pdf")
@public("the words a licensee accepted are public")
def document(key: str, number: int) -> Response:
    """The PDF exactly as it was published."""
    view = queries_use.get_rules(key, number)
    file = files_by_id([view.document_file_id or 0]).get(view.document_file_id or 0)
    if file is None:
        raise queries_use.missing()
    response = Response(read_bytes(file), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(file.filename)}"
    response.set_etag(file.sha256)
    return response


@blueprint.get("/brand/matrix/<key>/rules")
@access(permissions.MANAGE)
def desk(key: str) -> str:
    """The office's list of a brand's versions, the open draft first."""
    brand = queries.by_key(key)
    return render_template(
        "brand/matrix/rules_desk.html",
        brand=brand,
        draft=queries_use.open_draft(brand.id),
        workflow=rules_use.RULES,
        versions=queries_use.published(brand.id),
        current=queries_use.rules_in_force(brand.id),
        today=clock.today(),
    )


@blueprint.post("/brand/matrix/<key>/rules/draft")
@access(permissions.MANAGE)
def draft(key: str) -> Any:
    """Open a new version, from the words of the latest one."""
    once.claim(request.form.get("once"))
    row = service_use.draft(queries.load_by_key(key), current_actor())
    return redirect(url_for(".edit", public_id=row.public_id))


@blueprint.route("/brand/matrix/rules/<uuid:public_id>", methods=["GET", "POST"])
@access(permissions.MANAGE)
def edit(public_id: UUID) -> Any:
    """Write a draft; a proposed or published version is shown as it stands."""
    row = queries_use.load(public_id)
    form, status = RulesForm(obj=row), 200
    if form.is_submitted():
        status = 400
        if form.validate():
            form.check_version(row)
            try:
                service_use.edit(row, current_actor(), **form.values())
            except DomainError as error:
                form.put_error(error)
                status = error.status
            else:
                flash("这一版已保存。")
                return redirect(url_for(".edit", public_id=public_id))
    return _page(row, status, form=form)


def _page(row: RulesVersion, status: int = 200, **forms: Form) -> Any:
    actor = current_actor()
    charge_form = ChargeForm(formdata=None)
    charge_form.once.data = once.new_key()
    context: dict[str, Any] = {"form": RulesForm(formdata=None, obj=row), "charge_form": charge_form} | forms
    return render_template(
        "brand/matrix/rules_edit.html",
        row=row,
        brand=queries.get_brand(row.brand_id),
        workflow=rules_use.RULES,
        moves=moves_for(rules_use.RULES, row, actor),
        history=history(rules_use.RULES, row.id),
        charges=[
            (c.id, service_use.charge_line(f)) for c, f in zip(row.charges, queries_use.charges_of(row), strict=True)
        ],
        articles=rules_use.split(row.body)[1],
        **context,
    ), status


@blueprint.post("/brand/matrix/rules/<uuid:public_id>/charges")
@access(permissions.MANAGE)
def add_charge(public_id: UUID) -> Any:
    """List one more fee or deposit in the draft."""
    row, form, status = queries_use.load(public_id), ChargeForm(), 400
    if form.validate_on_submit():
        form.claim_once()
        try:
            service_use.add_charge(row, current_actor(), **form.values())
        except DomainError as error:
            form.put_error(error)
            status = error.status
        else:
            return redirect(url_for(".edit", public_id=public_id))
    return _page(row, status, charge_form=form)


@blueprint.post("/brand/matrix/rules/<uuid:public_id>/charges/<int:charge_id>/remove")
@access(permissions.MANAGE)
def remove_charge(public_id: UUID, charge_id: int) -> Any:
    """Take a charge off the draft."""
    service_use.remove_charge(queries_use.load(public_id), current_actor(), charge_id)
    return redirect(url_for(".edit", public_id=public_id))


@blueprint.post("/brand/matrix/rules/<uuid:public_id>/move")
@access(permissions.MANAGE)
def move(public_id: UUID) -> Any:
    """Propose, send back, publish or discard; the engine checks who may."""
    row = queries_use.load(public_id)
    back = url_for(".edit", public_id=public_id)
    wish = requested_move(rules_use.RULES, row, back=back, consequences=_consequences(row))
    if wish.page:
        return wish.page
    fire(rules_use.RULES, row, wish.key, current_actor(), reason=wish.reason)
    flash(f"已办理：{rules_use.RULES.move(wish.key).label}。")
    return redirect(back)


def _consequences(row: RulesVersion) -> list[str]:
    if row.state == "proposed":
        return [
            "发布以后文字、收费和施行日期都不能改，改动要另出一版。",
            "内容指纹会写入公开日志。",
            "以后申请授权的企业，承诺的就是施行中的这一版。",
        ]
    return ["草稿作废以后不能恢复。"]
