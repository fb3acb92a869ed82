"""Entries for an enterprise and for the brand office: enter, show evidence, check, count."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for

from brand.nurture import permissions, queries, rules, screens, service
from brand.nurture.forms import EvidenceForm, NewForm, OfficeNewForm
from brand.nurture.models import NurtureEntry
from core.account.access import access, current_actor
from core.organisation.queries import find_by_code
from core.ui import flash
from core.ui.deed import done
from core.ui.forms import Form
from core.ui.moves import requested_move

blueprint = Blueprint("nurture", __name__, url_prefix="/brand/nurture", template_folder="templates")


@blueprint.get("")
@access(permissions.VIEW)
def index() -> Any:
    """The entries the reader may see, and for public bodies what counts against the plan's numbers."""
    actor = current_actor()
    office = queries.in_office(actor)
    return screens.entry_table(actor).respond(
        "brand/nurture/index.html",
        goals=queries.goal_lines() if office else [],
        waiting=queries.waiting() if office else 0,
        criteria=rules.CRITERIA,
        kinds=rules.KINDS,
        plan=rules.PLAN,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@access(permissions.ENTER)
def new() -> Any:
    """Open an entry; what it rests on is filled in on its page."""
    actor = current_actor()
    form = OfficeNewForm() if actor.organisation_kind == "brand_office" else NewForm()

    def page(status: int) -> Any:
        return render_template(
            "brand/nurture/new.html", form=form, criteria=rules.CRITERIA, kinds=rules.KINDS, plan=rules.PLAN
        ), status

    if not form.is_submitted():
        return page(200)
    made: list[NurtureEntry] = []

    def keep() -> None:
        values = form.values()
        holder = find_by_code(values.pop("organisation_code", ""))
        made.append(service.enter(actor, organisation_id=holder.id if holder else None, **values))

    answer = done(form, keep, page, "已开好一条填报，把资料和材料补齐再提交。", url_for(".index"))
    return redirect(url_for(".show", public_id=made[0].public_id)) if made else answer


@blueprint.get("/<uuid:public_id>")
@access(permissions.VIEW)
def show(public_id: UUID) -> Any:
    """One entry with its criteria, evidence and check."""
    return _page(queries.for_actor(public_id, current_actor()))


def _page(entry: NurtureEntry, status: int = 200, **forms: Form) -> Any:
    context = screens.entry_page(entry, current_actor()) | forms
    return render_template("brand/nurture/show.html", **context), status


@blueprint.post("/<uuid:public_id>/edit")
@access(permissions.ENTER)
def edit(public_id: UUID) -> Any:
    """Save what the entry says."""
    entry = queries.for_actor(public_id, current_actor())
    form = screens.entry_form(entry)

    def save() -> None:
        form.check_version(entry)
        values = form.values()
        if "brand_id" in values:
            values |= {"brand_id": int(values["brand_id"]) if values["brand_id"] else None, "name": entry.name}
        service.edit(entry, current_actor(), **values)

    return done(form, save, lambda status: _page(entry, status, form=form), "已保存。", _to(entry, "entry"))


def _to(entry: NurtureEntry, part: str) -> str:
    return url_for(".show", public_id=entry.public_id, _anchor=part)


@blueprint.post("/<uuid:public_id>/evidence")
@access(permissions.ENTER)
def add_evidence(public_id: UUID) -> Any:
    """Add a file that shows what the entry claims."""
    entry, form = queries.for_actor(public_id, current_actor()), EvidenceForm()

    def keep() -> None:
        values = form.values()
        upload = values.pop("file")
        service.add_evidence(entry, current_actor(), stream=upload.stream, filename=upload.filename, **values)

    return done(
        form, keep, lambda status: _page(entry, status, evidence_form=form), "材料已加上。", _to(entry, "evidence")
    )


@blueprint.post("/<uuid:public_id>/evidence/<int:evidence_id>/remove")
@access(permissions.ENTER)
def remove_evidence(public_id: UUID, evidence_id: int) -> Any:
    """Take a file off the entry."""
    entry = queries.for_actor(public_id, current_actor())
    service.remove_evidence(entry, current_actor(), evidence_id)
    return redirect(_to(entry, "evidence"))


@blueprint.post("/<uuid:public_id>/move")
@access(permissions.VIEW)
def move(public_id: UUID) -> Any:
    """Send, return, count, refuse, take out; the engine checks who may."""
    entry = queries.for_actor(public_id, current_actor())
    back = url_for(".show", public_id=public_id)
    wish = requested_move(
        rules.ENTRY, entry, back=back,
        consequences=["这条不能再改，也不再计入。", "还要计入的，要另开一条填报，重新核对。"],
    )  # fmt: skip
    if wish.page:
        return wish.page
    service.move(entry, current_actor(), wish.key, wish.reason)
    flash(f"已办理：{rules.ENTRY.move(wish.key).label}。")
    return redirect(back)
