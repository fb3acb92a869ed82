"""Applications and the register as parties that can be compared (``admin.twin``); only desks read what comes out of here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from admin.enterprise import queries, rules
from admin.enterprise.models import Application
from admin.twin import queries as twins
from admin.twin.queries import Said
from admin.twin.rules import Pair, Party, suspects, village
from core.db import db
from core.errors import NotFound
from core.organisation import queries as organisations

Judged = list[tuple[Pair, Said | None]]
FIELDS = (
    Application.id, Application.public_id, Application.case_no, Application.kind, Application.state, Application.name,
    Application.code, Application.town, Application.address, Application.contact_name, Application.contact_mobile,
    Application.organisation_id,
)  # fmt: skip


def parties() -> list[Party]:
    """Every active enterprise and grower with the contacts of its applications, and every application that is being decided."""
    query = select(*FIELDS).where(or_(Application.state.in_(queries.OPEN), Application.organisation_id.is_not(None)))
    papers = defaultdict(list)
    found: list[Party] = []
    for row in db.session.execute(query.order_by(Application.id.desc())):
        if row.organisation_id is not None:
            papers[row.organisation_id].append(row)
        else:
            found.append(_of_application(row))
    for org in organisations.active_parties():
        own = papers.get(org.id, ())
        person = org.kind == "grower"
        found.append(
            Party(
                keys=(f"o{org.id}", *(f"a{a.id}" for a in own)),
                name=org.name, kind=org.kind, code=org.code,
                village=org.town if person else village(org.town, org.address),
                contact=own[0].contact_name if own else "",
                phones=frozenset({org.public_phone, *(a.contact_mobile for a in own)} - {""}),
                label="种植户" if person else "已入驻", link=f"/org/{org.code}",
            )
        )  # fmt: skip
    return found


def _of_application(row: Any) -> Party:
    return Party(
        keys=(f"a{row.id}",), name=row.name, code=row.code, village=village(row.town, row.address),
        contact=row.contact_name, phones=frozenset({row.contact_mobile} - {""}),
        label=f"{rules.KINDS[row.kind]} {row.case_no}，{rules.APPLICATION.label_of(row.state)}",
        link=f"/entry/cases/{row.public_id}",
    )  # fmt: skip


def judged(pairs: Sequence[Pair]) -> Judged:
    """The pairs with the latest word on each; those without one first."""
    found = list(zip(pairs, twins.judged(pairs), strict=True))
    return sorted(found, key=lambda row: row[1] is not None)


def suspects_of(application: Application) -> Judged:
    """Who may be the applicant already, with what was said of it."""
    return judged(suspects(_of_application(application), parties()))


def pair_of(first: str, other: str) -> Pair:
    """The suspected pair of two rows as it stands now; NotFound where they are not alike any more."""
    known = {key: party for party in parties() for key in party.keys}
    if first in known and other in known:
        for pair in suspects(known[first], [known[other]]):
            return pair
    raise NotFound("这两家现在没有相同的地方，不用判断。", help="资料可能已经改过，请回上一页重新看。")
