"""Reads of entries; an enterprise sees its own.  ``counted`` and ``counted_things`` feed the targets K09 and K10."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from brand.matrix import queries as matrix
from brand.nurture import rules
from brand.nurture.errors import EntryNotFound
from brand.nurture.models import NurtureEntry, NurtureEvidence
from core import clock
from core.account.actor import Actor
from core.db import db
from core.organisation import queries as organisations


def in_office(actor: Actor) -> bool:
    """Whether the actor reads entries for a public body."""
    return actor.can(rules.READ)


def visible(entry: NurtureEntry, actor: Actor) -> bool:
    """Whether the actor may see the entry: the enterprise's own, whoever entered it, or the office once it was sent."""
    if actor.organisation_id is not None and actor.organisation_id in (entry.organisation_id, entry.entered_by_id):
        return True
    return in_office(actor) and entry.state != "draft"


def entries(actor: Actor) -> Select[NurtureEntry]:
    """The entries the actor may see."""
    own = or_(
        NurtureEntry.organisation_id == actor.organisation_id, NurtureEntry.entered_by_id == actor.organisation_id
    )
    return select(NurtureEntry).where(or_(own, NurtureEntry.state != "draft") if in_office(actor) else own)


def for_actor(public_id: uuid.UUID, actor: Actor) -> NurtureEntry:
    """An entry the actor may see; EntryNotFound otherwise."""
    row = db.session.scalar(select(NurtureEntry).where(NurtureEntry.public_id == public_id))
    if row is None or not visible(row, actor):
        raise EntryNotFound
    return row


def evidence(entry_id: int) -> list[NurtureEvidence]:
    """The evidence of an entry in the order it was added."""
    query = select(NurtureEvidence).where(NurtureEvidence.entry_id == entry_id).order_by(NurtureEvidence.id)
    return list(db.session.scalars(query))


def _counted_on(day: date | None) -> ColumnElement[bool]:
    """Counted now, or at the end of ``day`` in Shanghai: counted by then and not taken out before."""
    if day is None:
        return NurtureEntry.state == "counted"
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=clock.SHANGHAI)
    still = or_(NurtureEntry.removed_at.is_(None), NurtureEntry.removed_at >= end)
    return and_(NurtureEntry.counted_at < end, still)


def counted(day: date | None = None) -> dict[str, int]:
    """How many brands and products are counted now, or at the end of a day."""
    query = select(NurtureEntry.kind, func.count()).where(_counted_on(day)).group_by(NurtureEntry.kind)
    found: dict[str, int] = {row[0]: row[1] for row in db.session.execute(query)}
    return {kind: found.get(kind, 0) for kind in rules.KINDS}


def goal_lines() -> list[tuple[rules.Goal, int, str]]:
    """Each number of the plan with the count and what it means; K10 with both of its numbers."""
    found = counted()
    return [(goal, found[goal.kind], rules.judge(goal, found[goal.kind])) for goal in rules.GOALS]


@dataclass(frozen=True, slots=True)
class CountedThing:
    """One brand or product behind a number, with the day from which it counts and what to look at again."""

    entry_no: str
    public_id: uuid.UUID
    kind: str
    name: str
    holder: str
    holder_code: str
    since: date | None
    counted_on: date
    doubts: tuple[str, ...]


def counted_things(kind: str, day: date | None = None) -> list[CountedThing]:
    """Everything of a kind that is counted now, or was at the end of a day, in the order it was counted."""
    query = select(NurtureEntry).where(NurtureEntry.kind == kind, _counted_on(day))
    rows = db.session.scalars(query.order_by(NurtureEntry.counted_at, NurtureEntry.id)).all()
    holders = organisations.views([r.organisation_id for r in rows])
    active = _active_brands(rows)
    return [
        CountedThing(
            r.entry_no, r.public_id, r.kind, r.name, holders[r.organisation_id].name, holders[r.organisation_id].code,
            r.since, clock.local(r.counted_at).date(),
            tuple(rules.doubts(
                organisation_active=holders[r.organisation_id].is_active,
                brand_active=r.brand_id is None or active.get(r.brand_id, False),
            )),
        )
        for r in rows
        if r.counted_at is not None
    ]  # fmt: skip


def _active_brands(rows: Sequence[NurtureEntry]) -> Mapping[int, bool]:
    wanted = {r.brand_id for r in rows if r.brand_id is not None}
    return {b.id: b.active for b in matrix.brands(active_only=False) if b.id in wanted} if wanted else {}


def waiting(kind: str | None = None) -> int:
    """How many entries, of a kind or at all, wait for their check."""
    query = select(func.count()).where(NurtureEntry.state == "submitted")
    return db.session.scalar(query.where(NurtureEntry.kind == kind) if kind else query) or 0
