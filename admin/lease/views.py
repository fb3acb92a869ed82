"""Units and leases: the office lets, the enterprise confirms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for

from admin.lease import permissions, queries, rules, service
from admin.lease.forms import OfferForm, UnitForm
from admin.lease.models import Lease, Unit
from admin.lease.rules import LEASE
from admin.project.screens import form_page
from core import clock
from core.account.access import access, current_actor
from core.organisation import queries as organisations
from core.ui import flash
from core.ui.moves import requested_move
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import fire, history, moves_for

blueprint = Blueprint("lease", __name__, template_folder="templates")


@blueprint.get("/leases")
@access(permissions.VIEW)
def index() -> Any:
    """The leases the actor may see."""
    actor, office = current_actor(), current_actor().organisation_kind in queries.DESKS
    name, name_key = organisations.name_of(Lease.organisation_id)
    table = Table(
        queries.leases(actor).add_columns(name.label("tenant"), Unit.code.label("unit")).join(Unit, Unit.id == Lease.unit_id),
        columns=[
            Column("unit", "单元", value=lambda r: r.unit, sort=Unit.code, link=lambda r: url_for(".show", public_id=r[0].public_id)),
            *([Column("tenant", "企业", value=lambda r: r.tenant, sort=name_key)] if office else []),
            Column("area", "面积（㎡）", kind="number", value=lambda r: r[0].area_m2),
            Column("starts_on", "起租", kind="date", value=lambda r: r[0].starts_on, sort=Lease.starts_on),
            Column("ends_on", "到期", kind="date", value=lambda r: r[0].ends_on, sort=Lease.ends_on),
            Column("state", "状态", kind="chip", value=lambda r: _chip(r[0])),
        ],
        filters=[Filter("state", "状态", column=Lease.state, choices=[(s.key, s.label) for s in LEASE.states])],
        default_sort="unit",
        name="leases",
        empty="还没有租赁。在“园区单元”里选一个单元，发给企业确认。" if office else "还没有租赁。想租园区的单元，请联系e镇办公室。",
    )  # fmt: skip
    return table.respond("admin/lease/index.html", office=actor.can(rules.OFFER))


def _chip(lease: Lease) -> tuple[str, str]:
    return rules.chip(lease.state, lease.starts_on, lease.ends_on, clock.today())


@blueprint.get("/leases/units")
@access(permissions.OFFER)
def units() -> Any:
    """Every unit with who holds it today."""
    held, coming = queries.let_today(), queries.let_next()
    names = organisations.names([lease.organisation_id for lease in [*held.values(), *coming.values()]])
    table = Table(
        queries.units(),
        columns=[
            Column("code", "单元", sort=Unit.code, link=lambda u: url_for(".offer", public_id=u.public_id)),
            Column("building", "楼栋", sort=Unit.building),
            Column("area_m2", "面积（㎡）", kind="number", sort=Unit.area_m2),
            Column("uses", "允许用途", value=lambda u: "、".join(rules.USES[k] for k in u.uses)),
            Column("now", "今天", value=lambda u: names[held[u.id].organisation_id] if u.id in held else "空闲"),
            Column("until", "租到", kind="date", value=lambda u: held[u.id].ends_on if u.id in held else None),
            Column("next", "往后", value=lambda u: _coming(coming.get(u.id), names)),
        ],
        default_sort="code",
        name="units",
        empty="还没有登记单元。",
    )
    return table.respond("admin/lease/units.html")


def _coming(lease: Lease | None, names: dict[int, str]) -> str:
    if lease is None:
        return ""
    word = "，待企业确认" if lease.state == "offered" else ""
    return f"{lease.starts_on} 起{names[lease.organisation_id]}{word}"


@blueprint.route("/leases/units/new", methods=["GET", "POST"])
@access(permissions.OFFER)
def new_unit() -> Any:
    """Enter a surveyed unit."""
    return form_page(
        UnitForm(), lambda values: service.add_unit(current_actor(), **values), title="登记单元", submit="登记单元",
        back=url_for(".units"), crumbs=[("园区单元", url_for(".units")), ("登记", None)], done="单元已登记。",
    )  # fmt: skip


@blueprint.route("/leases/units/<uuid:public_id>/offer", methods=["GET", "POST"])
@access(permissions.OFFER)
def offer(public_id: UUID) -> Any:
    """Offer a unit to an enterprise."""
    unit = queries.get_unit(public_id)
    return form_page(
        OfferForm().of_unit(unit.uses), lambda values: service.offer(unit, current_actor(), **values), title=f"出租 {unit.code}",
        submit="发给企业确认", cancel=url_for(".units"), back=lambda lease: url_for(".show", public_id=lease.public_id),
        crumbs=[("园区单元", url_for(".units")), (unit.code, None)], done="已发给企业确认。",
        lead=f"测绘面积 {unit.area_m2} 平方米，可用于{'、'.join(rules.USES[k] for k in unit.uses)}。",
    )  # fmt: skip


@blueprint.get("/leases/<uuid:public_id>")
@access(permissions.VIEW)
def show(public_id: UUID) -> Any:
    """One lease with what may be done."""
    actor = current_actor()
    lease = queries.lease_for(public_id, actor)
    return render_template(
        "admin/lease/show.html",
        lease=lease,
        unit=queries.unit_codes([lease.unit_id])[lease.unit_id],
        tenant=organisations.get_organisation(lease.organisation_id),
        uses=rules.USES,
        left=queries.days_left(lease),
        chip=_chip(lease),
        moves=moves_for(LEASE, lease, actor),
        history=history(LEASE, lease.id),
    )


@blueprint.post("/leases/<uuid:public_id>/move")
@access(permissions.VIEW)
def move(public_id: UUID) -> Any:
    """Confirm, decline or take back; the engine checks who may."""
    lease = queries.lease_for(public_id, current_actor())
    back = url_for(".show", public_id=public_id)
    wish = requested_move(LEASE, lease, back=back)
    if wish.page:
        return wish.page
    fire(LEASE, lease, wish.key, current_actor(), reason=wish.reason)
    flash(f"已{LEASE.move(wish.key).label}。")
    return redirect(back)
