"""Public page of an organisation, its own profile, growers, and the office's directory."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select

from core import hooks
from core.account.access import access, current_actor, public
from core.errors import DomainError, NotFound
from core.file.queries import files_by_id
from core.organisation import permissions, queries, service
from core.organisation.forms import GrowerForm, ProfileForm
from core.organisation.models import KINDS, Organisation
from core.ui import flash
from core.ui.tables import Column, Filter, Table

PAGE, MOST_PAGES = 30, 10_000
FORMER = {"name": "原名称", "code": "原代码", "merged": "并入"}
blueprint = Blueprint("organisation", __name__, template_folder="templates")


@blueprint.get("/org/<code>")
@public("who an enterprise is stands on every label and licence")
def show(code: str) -> str:
    """The public page of an organisation; natural persons appear by party code only."""
    organisation = queries.get_by_code(code)
    panels = [panel for hook in hooks.organisation_panels if (panel := hook(organisation_id=organisation.id))]
    successor = queries.get_organisation(organisation.successor_id) if organisation.successor_id else None
    picture = files_by_id([organisation.licence_file_id]) if organisation.licence_file_id else {}
    return render_template(
        "core/organisation/show.html",
        organisation=organisation,
        panels=panels,
        former=queries.former_of(organisation.id),
        successor=successor,
        picture=picture.get(organisation.licence_file_id or 0),
    )


@blueprint.get("/enterprises")
@public("anybody may look up who trades here (电子商务法第十五条)")
def directory() -> str:
    """Active enterprises by name, found by name, former name, pinyin or code, and by town; each leads to its licence facts."""
    words, town = request.args.get("q", "").strip()[:60], request.args.get("town", "")[:60]
    page = max(1, min(request.args.get("page", 1, type=int) or 1, MOST_PAGES))
    rows, total = queries.enterprises(words, town, limit=PAGE, offset=(page - 1) * PAGE)
    return render_template(
        "core/organisation/directory.html", rows=rows, total=total, words=words, town=town, towns=queries.towns(), page=page,
        more=page * PAGE < total,
    )  # fmt: skip


@blueprint.route("/organisation", methods=["GET", "POST"])
@access(permissions.VIEW)
def profile() -> Any:
    """The organisation's own profile: seen by its members, changed by its owner."""
    actor = current_actor()
    if actor.organisation_id is None:
        raise NotFound("你还没有代表任何单位。", help="先在右上角选一个单位，或者申请入驻。")
    organisation = queries.load(actor.organisation_id)
    form = ProfileForm(obj=organisation)
    may_edit = actor.can(permissions.EDIT)
    status = 200
    if form.validate_on_submit():
        form.check_version(organisation)
        values = form.values()
        upload = values.pop("picture")
        try:
            service.edit_profile(organisation, actor, **values)
            if upload is not None:
                service.show_licence(organisation, actor, upload.stream, upload.filename)
        except DomainError as error:
            if not form.put_error(error):
                raise
            status = error.status
        else:
            flash("资料已保存。")
            return redirect(url_for(".profile"))
    view = queries.view(organisation)
    page = render_template(
        "core/organisation/profile.html",
        organisation=view,
        form=form,
        may_edit=may_edit,
        former=(former := queries.former_of(organisation.id)),
        former_rows=[(FORMER[f.kind], f.name, f.code, f.until_on.isoformat(), f.basis) for f in former],
    )
    return page, 400 if form.is_submitted() and status == 200 else status


@blueprint.route("/growers", methods=["GET", "POST"])
@access(permissions.GROWERS)
def growers() -> Any:
    """Growers the organisation seals for; each gets a party code and the reason why it has no other."""
    actor = current_actor()
    form = GrowerForm()
    if form.validate_on_submit():
        form.claim_once()
        grower = service.register_grower(actor=actor, **form.values())
        flash(f"已登记，主体编号 {grower.code}。")
        return redirect(url_for(".growers"))
    query = select(Organisation).where(Organisation.kind == "grower")
    if actor.organisation_kind == "enterprise":
        query = query.where(Organisation.introduced_by_id == actor.organisation_id)
    table = Table(
        query,
        columns=[
            Column("name", "称呼", sort=Organisation.name_pinyin),
            Column("code", "主体编号", kind="code"),
            Column("town", "乡镇和村"),
            Column("no_uscc_reason", "没有代码的理由"),
        ],
        filters=[Filter("q", "称呼或编号", search=(Organisation.name, Organisation.code))],
        default_sort="name",
        name="growers",
        empty="还没有登记种植户。",
    )
    page = table.respond("core/organisation/growers.html", form=form)
    return (page, 400) if form.is_submitted() else page


@blueprint.get("/organisations")
@access(permissions.LIST)
def index() -> Any:
    """The directory of everybody who has entered."""
    table = Table(
        select(Organisation),
        columns=[
            Column(
                "name", "名称", sort=Organisation.name_pinyin, link=lambda o: url_for("organisation.show", code=o.code)
            ),
            Column("kind", "类型", value=lambda o: KINDS[o.kind]),
            Column("code", "代码", kind="code"),
            Column("town", "乡镇", sort=Organisation.town),
            Column("registered_on", "入驻日期", kind="date", sort=Organisation.registered_on),
            Column(
                "state",
                "状态",
                kind="chip",
                value=lambda o: ("在册", "ok") if o.state == "active" else ("已退出", "none"),
            ),
        ],
        filters=[
            Filter("q", "名称或代码", search=(Organisation.name, Organisation.code)),
            Filter("kind", "类型", column=Organisation.kind, choices=list(KINDS.items())),
        ],
        default_sort="name",
        name="organisations",
        empty="还没有单位入驻。",
    )
    return table.respond("core/organisation/index.html")
