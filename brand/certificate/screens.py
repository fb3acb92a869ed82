"""What the pages of certificates show, gathered once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from brand.certificate import queries, rules, service
from brand.certificate.models import MarkCertificate
from core import clock
from core.account.actor import Actor
from core.account.queries import user_names
from core.file.queries import files_by_id
from core.organisation import queries as organisations
from core.place.queries import places_by_id
from core.taxonomy.queries import labels
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import explain, history, moves_for


def chip(row: MarkCertificate) -> tuple[str, str]:
    """Label and tone of a certificate as of today."""
    found = rules.standing(row.state, row.valid_from, row.valid_until, clock.today())
    return found.label, found.tone


def until(row: MarkCertificate) -> str:
    """The last day in words."""
    return row.valid_until.isoformat() if row.valid_until else "长期有效"


def table(actor: Actor, *, office: bool) -> Table:
    """The list: with the firm's name for the office."""
    columns = [
        Column(
            "number", "证书编号", sort=MarkCertificate.number, link=lambda r: url_for(".show", public_id=r.public_id)
        ),
        Column("kind", "类别", sort=MarkCertificate.kind, value=lambda r: rules.KINDS[r.kind].label),
        Column("issuer", "发证机构", sort=MarkCertificate.issuer),
        Column("valid_until", "有效期至", sort=MarkCertificate.valid_until, value=until),
        Column("state", "状态", kind="chip", value=chip),
    ]
    search: list[Any] = [MarkCertificate.number, MarkCertificate.company_code]
    if office:
        name, key = organisations.name_of(MarkCertificate.organisation_id)
        columns.insert(
            2,
            Column(
                "organisation_id", "单位", sort=key,
                value=lambda r: organisations.get_organisation(r.organisation_id).name,
            ),
        )  # fmt: skip
        search.append(name)
    return Table(
        queries.listed(actor),
        columns=columns,
        filters=[
            Filter("q", "编号" + ("或单位" if office else ""), search=tuple(search)),
            Filter("kind", "类别", column=MarkCertificate.kind, choices=[(k, v.label) for k, v in rules.KINDS.items()]),
            Filter(
                "state", "状态", column=MarkCertificate.state, choices=[(s.key, s.label) for s in rules.CERTIFICATE.states]
            ),
        ],
        name="certificates",
        caption="证书与标志",
        empty="还没有登记证书。" if not office else "还没有提交核对的证书。",
        scalars=True,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProductLine:
    """A product of the scope with what is used of its yearly quantity."""

    id: int
    name: str
    yearly: str
    used: str
    left: str


def product_lines(row: MarkCertificate) -> list[ProductLine]:
    """The scope for a table."""
    words = labels([c for p in row.products for c in (p.variety, p.form)])
    year = rules.quantity_year(row.valid_from, max(clock.today(), row.valid_from))
    used = queries.used_grams(p.id for p in row.products)
    lines = []
    for p in row.products:
        taken = used.get((p.id, year), 0)
        limit = p.yearly_grams
        lines.append(
            ProductLine(
                p.id, f"{words.get(p.variety, p.variety)}，{words.get(p.form, p.form)}",
                rules.kilograms(limit) if limit is not None else "证书没有写",
                rules.kilograms(taken) if taken else "0 kg",
                rules.kilograms(limit - taken) if limit is not None and limit > taken else "0 kg" if limit else "—",
            )
        )  # fmt: skip
    return lines


def _by(row: MarkCertificate, actor: Actor) -> dict[int, str]:
    """Who noted each look-up: the person for colleagues, the office for everybody else."""
    people = user_names([c.user_id for c in row.checks if c.user_id is not None])
    bodies = organisations.names([c.organisation_id for c in row.checks if c.organisation_id is not None])
    return {
        c.id: (people.get(c.user_id or 0, "") if c.organisation_id == actor.organisation_id else "")
        or bodies.get(c.organisation_id or 0, "品牌办公室")
        for c in row.checks
    }


def page(row: MarkCertificate, actor: Actor) -> dict[str, Any]:
    """Everything the page of a certificate needs, for its owner and for the office."""
    organisation = organisations.get_organisation(row.organisation_id)
    own = row.organisation_id == actor.organisation_id
    editable = own and row.state in service.EDITABLE and actor.can(rules.EDIT)
    code = queries.printed_code(row, organisation)
    file = files_by_id([row.file_id]).get(row.file_id) if row.file_id is not None else None
    plots = places_by_id(p.place_id for p in row.plots)
    past = history(rules.CERTIFICATE, row.id)
    may_check = actor.can(rules.CONFIRM) and row.state in ("submitted", "confirmed", "suspended")
    return {
        "row": row,
        "kind": rules.KINDS[row.kind],
        "kinds": rules.KINDS,
        "routes": rules.ROUTES,
        "outcomes": rules.OUTCOMES,
        "holder": organisation,
        "own": own,
        "editable": editable,
        "chip": chip(row),
        "standing": rules.standing(row.state, row.valid_from, row.valid_until, clock.today()),
        "chip_of": chip,
        "until": until,
        "line": rules.mark_line(row.kind, row.number, code) if rules.KINDS[row.kind].marked else "",
        "code": code,
        "file": file,
        "products": product_lines(row),
        "plots": sorted(plots.values(), key=lambda p: p.code),
        "warnings": service.warnings(row) if editable or (may_check and row.state == "submitted") else (),
        "returned": next((h.reason for h in reversed(past) if h.move == "return"), "")
        if row.state == "returned"
        else "",
        "unmet": explain(rules.CERTIFICATE, row, "submit", actor) if editable else [],
        "moves": moves_for(rules.CERTIFICATE, row, actor),
        "history": past,
        "checks": list(reversed(row.checks)),
        "by": _by(row, actor),
        "chain": queries.chain(row),
        "may_check": may_check,
    }
