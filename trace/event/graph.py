"""Walking the events: what went where.  Set-based, so that a step over a whole front is one statement.

An edge leads from an input to an output of a transformation, from a child to the parent it was packed into, and from a
lot to the serials commissioned in it.  Whether an aggregation was still open is judged by the caller (``action``).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text

from core.db import db
from trace.event.facets import FROM, TO


@dataclass(frozen=True, slots=True)
class Edge:
    """One step of the goods: event, both ends with the quantities the event says, and whether it was declared wrong."""

    event_id: int
    event_time: datetime
    type: str
    action: str | None
    organisation_id: int
    declared: bool
    source: uuid.UUID
    source_role: int
    source_quantity: Decimal | None
    source_uom: str | None
    target: uuid.UUID
    target_role: int
    target_quantity: Decimal | None
    target_uom: str | None


# Each part is looked up from the one before by its index (``offset 0`` keeps the planner from turning that round): where few
# links have a side, it would rather read all links of the store.
_EDGES = """
select e.id as event_id, e.event_time, e.type, e.action, e.organisation_id,
  (e.declared_at is not null or exists (select 1 from trace_event_event d where d.event_id = e.event_id
    and d.organisation_id = e.organisation_id and d.declared_at is not null)) as declared,
  s.key as source, s.role as source_role, s.quantity as source_quantity, s.uom as source_uom,
  t.key as target, t.role as target_role, t.quantity as target_quantity, t.uom as target_uom
from unnest(cast(:keys as uuid[])) k(key)
cross join lateral (select * from trace_event_link l where l.key = k.key and l.side = {near_side} offset 0) {near}
cross join lateral (select * from trace_event_link l where l.event_id = {near}.event_id and l.side = {far_side} offset 0) {far}
cross join lateral (select id, event_id, event_time, type, action, organisation_id, declared_at from trace_event_event v
  where v.id = {near}.event_id and v.declared_at is null offset 0) e
where cast(:organisations as bigint[]) is null or e.organisation_id = any(:organisations)
order by e.event_time, e.id, s.position, t.position
"""
_FORWARD = text(_EDGES.format(near="s", far="t", near_side=FROM, far_side=TO))
_BACKWARD = text(_EDGES.format(near="t", far="s", near_side=TO, far_side=FROM))


def edges_from(keys: Iterable[uuid.UUID], organisations: Iterable[int] | None = None) -> list[Edge]:
    """Where the things of these keys went next; only events of ``organisations`` where given (scope is the caller's)."""
    return _edges(_FORWARD, keys, organisations)


def edges_to(keys: Iterable[uuid.UUID], organisations: Iterable[int] | None = None) -> list[Edge]:
    """Where the things of these keys came from; only events of ``organisations`` where given."""
    return _edges(_BACKWARD, keys, organisations)


def _edges(statement: object, keys: Iterable[uuid.UUID], organisations: Iterable[int] | None) -> list[Edge]:
    wanted = list(set(keys))
    if not wanted:
        return []
    given = {"keys": wanted, "organisations": None if organisations is None else list(organisations)}
    return [Edge(**row) for row in db.session.execute(statement, given).mappings()]  # type: ignore[call-overload]


_STEP = """
select distinct far.key from unnest(cast(:front as uuid[])) k(key)
cross join lateral (select l.event_id from trace_event_link l where l.key = k.key and l.side = {near_side} offset 0) near
cross join lateral (
  select l.key from trace_event_link l where l.event_id = near.event_id and l.side = {far_side} offset 0) far
"""
_STEP_FORWARD = text(_STEP.format(near_side=FROM, far_side=TO))
_STEP_BACKWARD = text(_STEP.format(near_side=TO, far_side=FROM))


def reachable(
    keys: Iterable[uuid.UUID], *, forward: bool = True, deepest: int = 60, most: int = 50_000
) -> dict[uuid.UUID, int]:
    """Every key within ``deepest`` steps with its distance, the given ones included; about ``most`` at the highest.

    One statement a step over the whole front, no key twice: the work grows with the result, and a circle ends by itself.
    """
    statement = _STEP_FORWARD if forward else _STEP_BACKWARD
    reached = dict.fromkeys(keys, 0)
    front = list(reached)
    for depth in range(1, deepest + 1):
        if not front or len(reached) >= most:
            break
        found = db.session.scalars(statement, {"front": front})
        front = [key for key in found if key not in reached]
        reached.update(dict.fromkeys(front, depth))
    return reached


_URIS = text("select distinct on (key) key, uri, kind from trace_event_key where key = any(:keys) order by key")


def uris_of(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The URI behind each key."""
    return {row.key: row.uri for row in db.session.execute(_URIS, {"keys": list(set(keys))})}


_NAMING = text(
    "select distinct e.id, e.event_time from trace_event_link l join trace_event_event e on e.id = l.event_id "
    "where l.key = any(:keys) order by e.event_time, e.id limit :most"
)


def events_naming(keys: Iterable[uuid.UUID], most: int = 5000) -> list[int]:
    """Row ids of the events that name any of these keys, oldest first (scope is the caller's)."""
    return [row[0] for row in db.session.execute(_NAMING, {"keys": list(set(keys)), "most": most})]
