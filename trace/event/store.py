"""Store many events in a few statements.  Never commits.

Rows go in by ``unnest`` with ``on conflict do nothing``, always in the same order, so that writers of the same events
wait for each other instead of locking crosswise; the event id decides who was first.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from core.db import db
from trace.event.facets import Facets, class_of, key_of
from trace.event.jsontext import dumps


@dataclass(slots=True)
class Ready:
    """An event that passed every check: what is stored of it."""

    event_id: str
    digest: bytes
    payload: Mapping[str, Any]
    facets: Facets
    context: int | None = None
    step: str | None = None

    @property
    def name(self) -> tuple[str, datetime | None]:
        return self.event_id, self.facets.declared_at


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch: positions stored now, positions known before, positions whose id belongs to another event."""

    stored: dict[int, int]
    known: tuple[int, ...]
    taken: tuple[int, ...]


_EVENTS = text("""
insert into trace_event_event (event_id, digest, organisation_id, source, step, type, action, event_time, record_time,
  declared_at, biz_step, disposition, read_point, biz_location, transformation_id, is_public, context_id, capture_id,
  payload, fields, sensors)
select x.event_id, x.digest, :organisation, :source, x.step, x.type, x.action, x.event_time, :now, x.declared_at,
  x.biz_step, x.disposition, x.read_point, x.biz_location, x.transformation_id, x.is_public, x.context_id, :capture,
  x.payload, nullif(x.fields, 'null'), nullif(x.sensors, 'null')
from rows from (
  unnest(cast(:event_id as text[]), cast(:digest as bytea[]), cast(:step as text[]), cast(:type as text[]),
    cast(:action as text[]), cast(:event_time as timestamptz[]), cast(:declared_at as timestamptz[]),
    cast(:biz_step as text[]), cast(:disposition as text[]), cast(:read_point as text[]), cast(:biz_location as text[]),
    cast(:transformation_id as text[]), cast(:is_public as boolean[]), cast(:context_id as bigint[])),
  jsonb_array_elements(cast(:payload as jsonb)), jsonb_array_elements(cast(:fields as jsonb)),
  jsonb_array_elements(cast(:sensors as jsonb)))
  as x(event_id, digest, step, type, action, event_time, declared_at, biz_step, disposition, read_point, biz_location,
  transformation_id, is_public, context_id, payload, fields, sensors)
on conflict (event_id, organisation_id, declared_at) do nothing
returning id, event_id, declared_at
""")
_LINKS = text("""
insert into trace_event_link (event_id, position, key, role, side, quantity, uom)
select * from unnest(cast(:event_id as bigint[]), cast(:position as smallint[]), cast(:key as uuid[]),
  cast(:role as smallint[]), cast(:side as smallint[]), cast(:quantity as numeric[]), cast(:uom as text[]))
""")
_KEYS = text("""
insert into trace_event_key (key, organisation_id, kind, uri, class_key)
select x.key, :organisation, x.kind, x.uri, x.class_key
from unnest(cast(:key as uuid[]), cast(:kind as text[]), cast(:uri as text[]), cast(:class_key as uuid[]))
  as x(key, kind, uri, class_key)
on conflict (key, organisation_id) do nothing
""")
_TERMS = text("""
insert into trace_event_term (organisation_id, kind, value)
select :organisation, x.kind, x.value from unnest(cast(:kind as text[]), cast(:value as text[])) as x(kind, value)
where not exists (select 1 from trace_event_term t where t.organisation_id = :organisation
  and t.kind = x.kind and t.value = x.value)
order by x.kind, x.value on conflict (organisation_id, kind, value) do nothing
""")
_PUBLIC = text("select key from trace_event_public where organisation_id = :organisation and key = any(:keys)")
_SAME = text(
    "select event_id, declared_at, digest from trace_event_event "
    "where organisation_id = :organisation and event_id = any(:ids)"
)
_CONTEXT = text(
    "insert into trace_event_context (digest, value) values (:digest, cast(:value as jsonb)) "
    "on conflict (digest) do update set digest = excluded.digest returning id"
)
MAX_LINKS = 32_000


def context_id(context: Any) -> int | None:
    """The row of a context beyond the standard one; None where there is nothing beyond."""
    if not context:
        return None
    written = json.dumps(context, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(written.encode()).digest()
    known = db.session.scalar(text("select id from trace_event_context where digest = :d"), {"d": digest})
    return int(known or db.session.scalar(_CONTEXT, {"digest": digest, "value": written}) or 0)


def store(
    batch: Sequence[Ready],
    *,
    organisation_id: int,
    source: str,
    now: datetime,
    capture: int | None = None,
) -> Outcome:
    """Afterwards each event of the batch is there once, whoever else stores it at the same time; see :class:`Outcome`."""
    first: dict[tuple[str, datetime | None], int] = {}
    repeated = [n for n, one in enumerate(batch) if first.setdefault(one.name, n) != n]
    order = sorted(first.values(), key=lambda n: (batch[n].event_id, str(batch[n].facets.declared_at)))
    chosen = [batch[n] for n in order]
    public = _public_keys(chosen, organisation_id)
    rows = db.session.execute(
        _EVENTS,
        {**_columns(chosen, public), "organisation": organisation_id, "source": source, "now": now, "capture": capture},
    )
    fresh = {(row.event_id, row.declared_at): row.id for row in rows}
    stored = {n: fresh[batch[n].name] for n in order if batch[n].name in fresh}
    if stored:
        _store_named([(row_id, batch[n].facets) for n, row_id in stored.items()], organisation_id)
    rest = [n for n in order if n not in stored]
    taken = _taken(batch, rest, organisation_id) if rest else set()
    taken |= {n for n in repeated if batch[n].digest != batch[first[batch[n].name]].digest}
    known = tuple(sorted(n for n in (*rest, *repeated) if n not in taken))
    return Outcome(stored, known, tuple(sorted(taken)))


def _columns(chosen: Sequence[Ready], public: set[uuid.UUID]) -> dict[str, Any]:
    found = [one.facets for one in chosen]
    columns: dict[str, Any] = {
        name: [getattr(f, name) for f in found]
        for name in (
            "type", "action", "event_time", "declared_at", "biz_step", "disposition", "read_point", "biz_location",
            "transformation_id",
        )
    }  # fmt: skip
    columns["event_id"] = [one.event_id for one in chosen]
    columns["digest"] = [one.digest for one in chosen]
    columns["context_id"] = [one.context for one in chosen]
    columns["step"] = [one.step for one in chosen]
    # One JSON text each: an array of texts would be escaped element by element, which costs more than all checks.
    columns["payload"] = dumps([one.payload for one in chosen]).decode()
    columns["fields"] = dumps([f.fields or None for f in found]).decode()
    columns["sensors"] = dumps([f.sensors or None for f in found]).decode()
    columns["is_public"] = [bool(public) and any(key_of(n.uri) in public for n in f.named) for f in found]
    return columns


def _public_keys(chosen: Iterable[Ready], organisation_id: int) -> set[uuid.UUID]:
    keys = {key_of(named.uri) for one in chosen for named in one.facets.named if named.kind == "class"}
    if not keys:
        return set()
    return set(db.session.scalars(_PUBLIC, {"organisation": organisation_id, "keys": list(keys)}))


def _store_named(events: Sequence[tuple[int, Facets]], organisation_id: int) -> None:
    links = [(row_id, position, named) for row_id, f in events for position, named in enumerate(f.named)]
    if links:
        db.session.execute(
            _LINKS,
            {
                "event_id": [row_id for row_id, _, _ in links],
                "position": [position for _, position, _ in links],
                "key": [key_of(named.uri) for _, _, named in links],
                "role": [named.role for _, _, named in links],
                "side": [named.side for _, _, named in links],
                "quantity": [named.quantity for _, _, named in links],
                "uom": [named.uom for _, _, named in links],
            },
        )
    uris = {named.uri: named.kind for _, _, named in links}
    if uris:
        ordered = sorted((key_of(uri), uri) for uri in uris)
        db.session.execute(
            _KEYS,
            {
                "organisation": organisation_id,
                "key": [key for key, _ in ordered],
                "kind": [uris[uri] for _, uri in ordered],
                "uri": [uri for _, uri in ordered],
                "class_key": [_class_key(uri) for _, uri in ordered],
            },
        )
    _store_terms([f for _, f in events], organisation_id)


def _class_key(uri: str) -> uuid.UUID | None:
    item = class_of(uri)
    return key_of(item) if item else None


def _store_terms(found: Iterable[Facets], organisation_id: int) -> None:
    terms: set[tuple[str, str]] = set()
    for f in found:
        for kind, value in (
            ("eventType", f.type), ("bizStep", f.biz_step), ("disposition", f.disposition),
            ("readPoint", f.read_point), ("bizLocation", f.biz_location),
        ):  # fmt: skip
            if value:
                terms.add((kind, value))
    ordered = sorted(terms)
    given = {"organisation": organisation_id, "kind": [k for k, _ in ordered], "value": [v for _, v in ordered]}
    db.session.execute(_TERMS, given)


def _taken(batch: Sequence[Ready], positions: Sequence[int], organisation_id: int) -> set[int]:
    """Those whose event id is already that of an event with other content."""
    ids = [batch[n].event_id for n in positions]
    rows = db.session.execute(_SAME, {"organisation": organisation_id, "ids": ids})
    there = {(row.event_id, row.declared_at): bytes(row.digest) for row in rows}
    return {n for n in positions if there.get(batch[n].name) != batch[n].digest}


_PUBLISH = text(
    "insert into trace_event_public (key, organisation_id, uri, since) values (:key, :organisation, :uri, :now) "
    "on conflict (key, organisation_id) do nothing"
)
_REVEAL = text(
    "update trace_event_event e set is_public = true where e.organisation_id = :organisation and not e.is_public "
    "and e.id = any(array(select l.event_id from trace_event_link l where l.key = :key))"
)


def publish(uri: str, organisation_id: int, now: datetime) -> None:
    """Afterwards the organisation's events about this lot, past and coming, have a public part."""
    given = {"key": key_of(uri), "organisation": organisation_id, "uri": uri, "now": now}
    db.session.execute(_PUBLISH, given)
    db.session.execute(_REVEAL, given)
