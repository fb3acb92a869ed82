"""The enterprise fills in and confirms; the office sees who has not, and checks registrations every year."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from admin.information import permissions, queries, rules, service
from admin.information.forms import CheckForm, InformationForm
from admin.information.rules_policy import InformationTerms
from admin.project.screens import form_page
from core import clock
from core.account.access import access, current_actor
from core.account.queries import user_names
from core.errors import DomainError, NotFound, Unmet
from core.organisation import queries as organisations
from core.policy.queries import terms
from core.ui import flash, once

blueprint = Blueprint("information", __name__, template_folder="templates")


def _own_id() -> int:
    organisation_id = current_actor().organisation_id
    if organisation_id is None:
        raise NotFound("你还没有代表任何单位。", help="先在右上角选一个单位，或者申请入驻。")
    return organisation_id


def _filled(organisation_id: int) -> InformationForm:
    row = queries.latest(organisation_id)
    data = dict(row.data) if row else {}
    data["stores"] = "\n".join("，".join(filter(None, (s.platform, s.name, s.url))) for s in queries.stores(data))
    data["brands"] = "、".join(data.get("brands", []))
    form = InformationForm(data=data)
    if not form.is_submitted():
        form.version.data = str(row.number if row else 0)
    return form


@blueprint.route("/information", methods=["GET", "POST"])
@access(permissions.FILL)
def own() -> Any:
    """The enterprise's own information."""
    organisation_id = _own_id()
    form, status = _filled(organisation_id), 200
    unmet: tuple[Unmet, ...] = ()
    if form.is_submitted():
        status = 400
        if form.validate():
            form.claim_once()
            try:
                base = form.version.data or ""
                service.save(
                    current_actor(),
                    form.values(),
                    base=int(base) if base.isdecimal() and base.isascii() and len(base) < 10 else -1,
                )
            except DomainError as error:
                if error.status in (403, 404):
                    raise
                status, unmet = error.status, tuple(error.unmet)
                if not unmet:
                    form.put_error(error)
            else:
                flash("已保存。以前填的都留着，可以查。")
                return redirect(url_for(".own"))
    return _page(organisation_id, form, unmet), status


def _page(organisation_id: int, form: InformationForm, unmet: Any) -> str:
    rows, today = queries.revisions(organisation_id), clock.today()
    due = rules.due_on(today.year, queries.terms_of(today.year))
    names = user_names([r.saved_by_id for r in rows if r.saved_by_id])
    changes = [
        (
            f"第 {new.number} 版",
            new.saved_at,
            "改了" + "、".join(rules.changed_fields(old.data, new.data, service.LABELS)) if old else "第一次填",
            names.get(new.saved_by_id or 0, ""),
        )
        for new, old in zip(rows, [*rows[1:], None][: len(rows)], strict=True)
    ]
    return render_template(
        "admin/information/own.html",
        form=form,
        unmet=unmet,
        year=today.year,
        due=due,
        late=today > due,
        confirmed=queries.confirmed(organisation_id, today.year),
        left=rules.missing(rows[0].data if rows else {}),
        may_confirm=current_actor().can(permissions.CONFIRM),
        changes=changes,
    )  # fmt: skip


@blueprint.post("/information/confirm")
@access(permissions.CONFIRM)
def confirm() -> Any:
    """Confirm this year's information."""
    once.claim(request.form.get("once"))
    service.confirm(current_actor(), clock.today().year)
    flash("本年度信息已确认。")
    return redirect(url_for(".own"))


@blueprint.get("/information/overview")
@access(permissions.VIEW)
def overview() -> Any:
    """Who has not confirmed this year, and whose registration is due for its yearly check."""
    today = clock.today()
    done, due = queries.confirmed_ids(today.year), rules.due_on(today.year, queries.terms_of(today.year))
    everybody = organisations.of_kind("enterprise")
    return render_template(
        "admin/information/overview.html",
        year=today.year,
        due=due,
        open=[(o, rules.standing(today, due, o.registered_on)) for o in everybody if o.id not in done],
        done=[o for o in everybody if o.id in done],
        to_check=organisations.due_for_check(today - timedelta(days=terms(InformationTerms, on=today).check_days)),
        may_check=current_actor().can(permissions.CHECK),
    )


@blueprint.get("/information/of/<uuid:public_id>")
@access(permissions.VIEW)
def show(public_id: UUID) -> Any:
    """What one enterprise told, for the office."""
    organisation = organisations.get_by_public_id(public_id)
    row = queries.latest(organisation.id)
    return render_template(
        "admin/information/show.html",
        organisation=organisation,
        data=row.data if row else {},
        row=row,
        stores=queries.stores(row.data) if row else [],
        counts=rules.COUNTS,
        figures=rules.FIGURES,
        years=queries.years(organisation.id),
    )


@blueprint.route("/information/of/<uuid:public_id>/check", methods=["GET", "POST"])
@access(permissions.CHECK)
def check(public_id: UUID) -> Any:
    """Note that the registration was checked today."""
    organisation = organisations.get_by_public_id(public_id)
    form = CheckForm(data={"licence_until": organisation.licence_until})
    return form_page(
        form, lambda values: service.check(organisation.id, current_actor(), **values), title=f"核对 {organisation.name}",
        submit="核对无误", back=url_for(".overview"), done="已登记今天核对。",
        crumbs=[("信息报送", url_for(".overview")), (organisation.name, None)],
        lead=f"对照营业执照核对名称、代码 {organisation.code} 和地址，再登记有效期（电子商务法第二十七条）。",
    )  # fmt: skip
