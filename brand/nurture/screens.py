"""What the pages of entries show, gathered once."""

from __future__ import annotations

from typing import Any

from flask import url_for

from brand.matrix import queries as matrix
from brand.nurture import permissions, queries, rules, service
from brand.nurture.forms import BrandForm, EvidenceForm, ProductForm
from brand.nurture.models import NurtureEntry
from core import clock
from core.account.actor import Actor
from core.file.queries import files_by_id
from core.organisation import queries as organisations
from core.ui.deed import blank
from core.ui.forms import Form
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import history, moves_for


def entry_table(actor: Actor) -> Table:
    """The entries the actor may see, latest first."""
    name_of, order_of = organisations.name_of(NurtureEntry.organisation_id)
    query = queries.entries(actor).add_columns(name_of.label("holder"))
    columns = [
        Column("entry_no", "编号", sort=NurtureEntry.entry_no, link=_link, value=lambda r: r[0].entry_no, whole=True),
        Column("name", "名称", sort=NurtureEntry.name, value=lambda r: r[0].name),
        Column("kind", "类别", value=lambda r: rules.KINDS[r[0].kind]),
        Column("holder", "企业", sort=order_of),
        Column("state", "状态", kind="chip", value=lambda r: state_chip(r[0])),
        Column("counted_at", "计入日期", kind="date", sort=NurtureEntry.counted_at, value=_counted_on),
    ]
    return Table(
        query,
        columns=columns,
        filters=[
            Filter("q", "编号或名称", search=(NurtureEntry.entry_no, NurtureEntry.name)),
            Filter("kind", "类别", column=NurtureEntry.kind, choices=list(rules.KINDS.items())),
            Filter("state", "状态", column=NurtureEntry.state, choices=[(s.key, s.label) for s in rules.ENTRY.states]),
        ],
        default_sort="-entry_no",
        name="nurture",
        empty="还没有填报。",
    )


def _link(row: Any) -> str:
    return url_for("nurture.show", public_id=row[0].public_id)


def _counted_on(row: Any) -> Any:
    return clock.local(row[0].counted_at).date() if row[0].counted_at else None


def state_chip(entry: NurtureEntry) -> tuple[str, str]:
    """Label and tone of an entry's state."""
    state = rules.ENTRY.state(entry.state)
    return state.label, state.tone


def entry_form(entry: NurtureEntry) -> Form:
    """The form of an entry's kind, filled from it unless it was sent."""
    if entry.kind == "product":
        return ProductForm(obj=entry)
    form = BrandForm(obj=entry)
    own = [b for b in matrix.own_brands(entry.organisation_id) if b.level == "enterprise" and b.active]
    form.brand_id.choices = [(str(b.id), b.name) for b in own]
    if not form.is_submitted():
        form.brand_id.data = str(entry.brand_id) if entry.brand_id is not None else None
    return form


def entry_facts(entry: NurtureEntry) -> list[tuple[str, Any]]:
    """The entry as label and value; what was not given is left out."""
    holder = organisations.get_organisation(entry.organisation_id)
    rows = [
        ("企业", holder.name),
        ("从哪天开始卖", entry.since.isoformat() if entry.since else ""),
        ("填报单位", organisations.get_organisation(entry.entered_by_id).name),
        ("计入日期", clock.local(entry.counted_at).date().isoformat() if entry.counted_at else ""),
        ("移出日期", clock.local(entry.removed_at).date().isoformat() if entry.removed_at else ""),
    ]
    return [(label, value) for label, value in rows if value]


def evidence_lines(entry: NurtureEntry) -> list[dict[str, Any]]:
    """The evidence with its files, missing required kinds included."""
    given = queries.evidence(entry.id)
    files = files_by_id([e.file_id for e in given])
    lines: list[dict[str, Any]] = [
        {"id": e.id, "name": rules.EVIDENCE[e.kind], "caption": e.caption, "file": files.get(e.file_id)} for e in given
    ]
    there = {e.kind for e in given}
    lines += [
        {"id": None, "name": rules.EVIDENCE[kind], "caption": "", "file": None}
        for kind in rules.REQUIRED[entry.kind]
        if kind not in there
    ]
    return lines


def entry_page(entry: NurtureEntry, actor: Actor) -> dict[str, Any]:
    """Everything the page of an entry needs."""
    writes = (
        actor.organisation_id == entry.entered_by_id
        and actor.can(permissions.ENTER)
        and entry.state in service.EDITABLE
    )
    brand = matrix.get_brand(entry.brand_id) if entry.brand_id is not None else None
    context: dict[str, Any] = {
        "entry": entry,
        "workflow": rules.ENTRY,
        "kind": rules.KINDS[entry.kind],
        "facts": entry_facts(entry),
        "brand": brand,
        "criteria": rules.met(service.facts_of(entry, clock.today(), actor)),
        "evidence": evidence_lines(entry),
        "moves": moves_for(rules.ENTRY, entry, actor),
        "history": history(rules.ENTRY, entry.id),
        "writes": writes,
    }
    if writes:
        context |= {"form": entry_form(entry), "evidence_form": blank(EvidenceForm)}
    return context
