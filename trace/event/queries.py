"""Reads of events: pages of a query, one event, the lists of what events name.  Scope stands in every statement."""

# ruff: noqa: S608 - every value is bound; what is put together are column names of this room
from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from core.db import db
from trace.event import selection
from trace.event.facets import canonical, key_of
from trace.event.graph import Edge, edges_from, edges_to, events_naming, reachable, uris_of
from trace.event.models import Capture, Event, Term
from trace.event.parameters import Condition, Query

__all__ = [
    "Edge",
    "Place",
    "Row",
    "Scope",
    "by_ids",
    "capture_jobs",
    "edges_from",
    "edges_to",
    "event_table",
    "events_naming",
    "find",
    "members",
    "one",
    "public_about",
    "reachable",
    "uris_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks: an organisation (its own events whole, others' public part) or nobody (public part only)."""

    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """An event as stored, for answering."""

    id: int
    event_id: str
    organisation_id: int
    event_time: datetime
    record_time: datetime
    payload: dict[str, Any]
    context: Any
    own: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an ordered list: the horizon (last row that counts), the last time and row shown, how many were shown."""

    horizon: int
    moment: str | None = None
    row_id: int = 0
    shown: int = 0


_COLUMNS = "e.id, e.event_id, e.organisation_id, e.event_time, e.record_time, e.payload, e.context_id"


def horizon() -> int:
    """The newest row there is now: pages of one query never look beyond it, so that arriving events do not shift them."""
    return int(db.session.scalar(text("select coalesce(max(id), 0) from trace_event_event")) or 0)


def order_of(query: Query) -> str:
    """The time a query is ordered by; where it does not say, the one it bounds."""
    if query.order_by:
        return {"eventTime": "event_time", "recordTime": "record_time"}[query.order_by]
    bounded = {c.name for c in query.conditions if c.kind == "time"}
    return "record_time" if "record_time" in bounded and "event_time" not in bounded else "event_time"


def find(query: Query, scope: Scope, place: Place, most: int) -> list[Row]:
    """At most ``most`` events of the query after ``place``, in its order."""
    column, way = order_of(query), "desc" if query.descending else "asc"
    branches = [w for w in (_own(query, scope), selection.others(query, scope.organisation_id)) if w is not None]
    values: dict[str, Any] = {"most": most, "horizon": place.horizon}
    beyond = ""
    if place.moment is not None:
        values |= {"moment": place.moment, "last": place.row_id}
        beyond = f" and (e.{column}, e.id) {'<' if query.descending else '>'} (cast(:moment as timestamptz), :last)"
    parts = []
    for where in branches:
        values |= where.values
        parts.append(
            f"(select {_COLUMNS}, {'true' if where.prefix == 'o' else 'false'} as own from trace_event_event e "
            f"where {where.sql()} and e.id <= :horizon{beyond} order by e.{column} {way}, e.id {way} limit :most)"
        )
    if not parts:
        return []
    whole = " union all ".join(parts)
    return _rows(
        f"select x.*, c.value as context from ({whole}) x left join trace_event_context c on c.id = x.context_id "
        f"order by x.{column} {way}, x.id {way} limit :most",
        values,
    )


def count(query: Query, scope: Scope, place: Place, most: int) -> int:
    """How many events of the query there are, counting no further than ``most``."""
    branches = [w for w in (_own(query, scope), selection.others(query, scope.organisation_id)) if w is not None]
    values: dict[str, Any] = {"most": most, "horizon": place.horizon}
    parts = []
    for where in branches:
        values |= where.values
        parts.append(f"(select e.id from trace_event_event e where {where.sql()} and e.id <= :horizon limit :most)")
    if not parts:
        return 0
    statement = f"select count(*) from (select * from ({' union all '.join(parts)}) x limit :most) y"
    return int(db.session.scalar(text(statement), values) or 0)


def _own(query: Query, scope: Scope) -> selection.Where | None:
    return None if scope.organisation_id is None else selection.own(query, scope.organisation_id)


def _rows(statement: str, values: dict[str, Any]) -> list[Row]:
    return [
        Row(r.id, r.event_id, r.organisation_id, r.event_time, r.record_time, r.payload, r.context, r.own)
        for r in db.session.execute(text(statement), values)
    ]


def one(event_id: str, scope: Scope) -> list[Row]:
    """The event of this id and its error declarations, the organisation's own first; empty where nobody may see it."""
    query = Query((Condition("column", "event_id", "in", (event_id,)),), order_by="recordTime", descending=False)
    rows = find(query, scope, Place(horizon()), 50)
    mine = [row for row in rows if row.own]
    return mine or rows


def by_ids(ids: Sequence[int], organisation_id: int) -> list[Row]:
    """The organisation's view of these rows, in the given order (deliveries of subscriptions)."""
    found = _rows(
        f"select {_COLUMNS}, e.organisation_id = :organisation as own, c.value as context from trace_event_event e "
        "left join trace_event_context c on c.id = e.context_id "
        "where e.id = any(:ids) and (e.organisation_id = :organisation or e.is_public)",
        {"ids": list(ids), "organisation": organisation_id},
    )
    places = {row_id: n for n, row_id in enumerate(ids)}
    return sorted(found, key=lambda row: places[row.id])


_PUBLIC = text(
    "select p.uri, p.organisation_id from trace_event_public p where (p.key, p.organisation_id) in "
    "(select l.key, e.organisation_id from trace_event_link l join trace_event_event e on e.id = l.event_id where e.id = any(:ids))"
)


def public_uris(ids: Iterable[int]) -> dict[int, set[str]]:
    """Of the events with these row ids: by organisation, the lots whose record is public."""
    found: dict[int, set[str]] = {}
    for uri, organisation_id in db.session.execute(_PUBLIC, {"ids": list(ids)}):
        found.setdefault(organisation_id, set()).add(uri)
    return found


def public_about(lot_uri: str, organisation_id: int) -> list[Row]:
    """The organisation's events naming this lot that have a public part, in order of recording, as outsiders' rows."""
    return _rows(
        f"select {_COLUMNS}, false as own, null as context {_ABOUT} order by e.id", _about(lot_uri, organisation_id)
    )


def count_public_about(lot_uri: str, organisation_id: int) -> int:
    """How many ``public_about`` would give."""
    return int(db.session.scalar(text(f"select count(*) {_ABOUT}"), _about(lot_uri, organisation_id)) or 0)


_ABOUT = (
    "from trace_event_event e where e.is_public and e.organisation_id = :organisation "
    "and exists (select 1 from trace_event_public p where p.key = :key and p.organisation_id = :organisation) "
    "and e.id in (select l.event_id from trace_event_link l where l.key = :key)"
)


def _about(lot_uri: str, organisation_id: int) -> dict[str, Any]:
    return {"key": key_of(canonical(lot_uri)), "organisation": organisation_id}


_TERM = text(
    "select distinct value from trace_event_term where organisation_id = :organisation and kind = :kind "
    "and (cast(:after as text) is null or value > :after) order by value limit :most"
)
_PUBLIC_TERM = {
    "eventType": "type",
    "bizStep": "biz_step",
    "disposition": "disposition",
}
_EPCS = text(
    "select key, uri from trace_event_key where organisation_id = :organisation and kind = 'epc' "
    "and (cast(:after as uuid) is null or key > cast(:after as uuid)) order by key limit :most"
)


def members(kind: str, scope: Scope, after: str | None, most: int) -> list[tuple[str, str]]:
    """Values of one kind that the caller's events hold, with the mark to go on after; outsiders see words, no identifiers."""
    if kind == "epc":
        if scope.organisation_id is None:
            return []
        rows = db.session.execute(_EPCS, {"organisation": scope.organisation_id, "after": after, "most": most})
        return [(uri, str(key)) for key, uri in rows]
    if scope.organisation_id is None:
        return _public_terms(kind, after, most)
    values = db.session.scalars(
        _TERM, {"organisation": scope.organisation_id, "kind": kind, "after": after, "most": most}
    )
    return [(value, value) for value in values]


def _public_terms(kind: str, after: str | None, most: int) -> list[tuple[str, str]]:
    column = _PUBLIC_TERM.get(kind)
    if column is None:
        return []
    # A loose index walk is not worth it: the words are few, so the terms of all organisations are asked one by one.
    words = db.session.scalars(
        text(
            "select t.value from (select distinct value from trace_event_term where kind = :kind) t "
            f"where exists (select 1 from trace_event_event e where e.is_public and e.{column} = t.value) "
            "and (cast(:after as text) is null or t.value > :after) order by t.value limit :most"
        ),
        {"kind": kind, "after": after, "most": most},
    )
    return [(word, word) for word in words]


def capture_jobs(organisation_id: int, before: int | None, most: int) -> list[Capture]:
    """The organisation's capture jobs, newest first, those before row ``before`` where given."""
    query = select(Capture).where(Capture.organisation_id == organisation_id)
    if before is not None:
        query = query.where(Capture.id < before)
    return list(db.session.scalars(query.order_by(Capture.id.desc()).limit(most)))


def capture_job(public_id: str, organisation_id: int) -> Capture | None:
    """The organisation's capture job, or None."""
    try:
        key = uuid.UUID(public_id)
    except ValueError:
        return None
    return db.session.scalar(
        select(Capture).where(Capture.public_id == key, Capture.organisation_id == organisation_id)
    )


def event_table(organisation_id: int | None) -> Any:
    """The rows of the events page; of every organisation where none is given (overseers)."""
    rows = select(
        Event.id, Event.event_id, Event.type, Event.action, Event.event_time, Event.record_time, Event.biz_step,
        Event.disposition, Event.source, Event.declared_at, Event.step, Event.organisation_id, Event.payload,
    )  # fmt: skip
    return rows if organisation_id is None else rows.where(Event.organisation_id == organisation_id)


def organisations_with_events() -> list[int]:
    """Row ids of the organisations that have events."""
    return list(db.session.scalars(select(Term.organisation_id).distinct()))
