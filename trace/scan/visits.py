"""Store visits in batches and read the live state of their lots in the same transaction (own floor's tables only)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit to be stored: which unit (or what was asked), the status answered, the device by cookie and by address.

    ``counts`` false reads the count without storing anything (bots, HEAD, staff).
    """

    item_id: int | None
    unit: int | None
    lot_id: int | None
    asked: str
    status: int
    device: bytes
    alias: bytes
    at: datetime
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Seen:
    """How often the unit was visited, when first, and the state of its lot now (None without a lot)."""

    visits: int
    first_at: datetime | None
    state: tuple[Any, ...] | None


_LOCK = """
insert into trace_scan_code as c (item_id, unit, visits)
select item, unit, 0 from unnest(%s::bigint[], %s::bigint[]) as w(item, unit) order by item, unit
on conflict (item_id, unit) do update set visits = c.visits returning item_id, unit, visits, first_at
"""
_READ = """
select c.item_id, c.unit, c.visits, c.first_at from trace_scan_code c
join unnest(%s::bigint[], %s::bigint[]) as w(item, unit) on c.item_id = w.item and c.unit = w.unit
"""
_RECENT = """
select distinct w.place from unnest(%s::int[], %s::bigint[], %s::bigint[], %s::bytea[], %s::bytea[], %s::timestamptz[])
  as w(place, item, unit, device, alias, at)
join trace_scan_visit v on v.item_id = w.item and v.unit = w.unit and v.device in (w.device, w.alias)
  and v.visited_at > w.at - interval '10 minutes'
where v.visited_at > %s
"""
_RECENT_UNKNOWN = """
select distinct w.place from unnest(%s::int[], %s::text[], %s::bytea[], %s::bytea[]) as w(place, asked, device, alias)
join trace_scan_visit v on v.item_id is null and v.unit is null and v.device in (w.device, w.alias) and v.asked = w.asked
where v.visited_at > %s
"""
_INSERT = """
insert into trace_scan_visit (visited_at, item_id, unit, asked, status, device)
select * from unnest(%s::timestamptz[], %s::bigint[], %s::bigint[], %s::text[], %s::smallint[], %s::bytea[])
"""
_COUNT = """
update trace_scan_code c set visits = c.visits + w.n, first_at = coalesce(c.first_at, w.first), last_at = w.last
from unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[]) as w(item, unit, n, first, last)
where c.item_id = w.item and c.unit = w.unit
"""
# Everything a cached page depends on, read for each batch; the digest makes a changed byte of our own copy show at once.
_STATE = """
select l.id, l.state, l.version, t.touched, r.records, r.integrated, r.digest, l.organisation_id
from trace_lot_lot l left join trace_scan_touch t on t.organisation_id = l.organisation_id
left join lateral (
  select count(*) as records, count(e.integrated_at) as integrated,
    sha256(string_agg(r.payload || r.digest || e.entry, '' order by r.version)) as digest
  from trace_signing_record r join trace_log_entry e on e.id = r.log_entry_id where r.lot_id = l.id
) r on true where l.id = any(%s)
"""

Key = tuple[int, int]


def store(connection: psycopg.Connection[Any], rows: Sequence[VisitRow]) -> list[Seen]:
    """Afterwards every counting visit that is not a repeat within 10 minutes is stored; the answers are in order."""
    counting = [place for place, row in enumerate(rows) if row.counts]
    seen = _lock(connection, _keys(rows, counting))
    fresh = _fresh(connection, rows, counting)
    if fresh:
        _insert(connection, [rows[place] for place in fresh], seen)
    rest = [key for key in _keys(rows, range(len(rows))) if key not in seen]
    if rest:
        for item, unit, visits, first_at in connection.execute(_READ, _columns(rest)):
            seen[(item, unit)] = (visits, first_at)
    states = _states(connection, {row.lot_id for row in rows if row.lot_id is not None})
    answers = []
    for row in rows:
        known = (row.item_id, row.unit) if row.item_id is not None and row.unit is not None else None
        visits, first_at = seen.get(known, (0, None)) if known else (0, None)
        answers.append(Seen(visits, first_at, states.get(row.lot_id) if row.lot_id is not None else None))
    return answers


def _keys(rows: Sequence[VisitRow], places: Sequence[int]) -> list[Key]:
    found = {
        (row.item_id, row.unit) for row in (rows[p] for p in places) if row.item_id is not None and row.unit is not None
    }
    return sorted(found)


def _columns(keys: list[Key]) -> tuple[list[int], list[int]]:
    return [item for item, _ in keys], [unit for _, unit in keys]


def _lock(connection: psycopg.Connection[Any], keys: list[Key]) -> dict[Key, tuple[int, datetime | None]]:
    """The rows of these units, made where missing and locked in order, so that two processes count one after another."""
    if not keys:
        return {}
    found = connection.execute(_LOCK, _columns(keys))
    return {(item, unit): (visits, first_at) for item, unit, visits, first_at in found}


def _fresh(connection: psycopg.Connection[Any], rows: Sequence[VisitRow], counting: list[int]) -> list[int]:
    """The places of visits that are no repeat: neither of a stored visit nor of an earlier one in this batch."""
    if not counting:
        return []
    oldest = min(rows[place].at for place in counting) - WINDOW
    units = [place for place in counting if rows[place].unit is not None]
    others = [place for place in counting if rows[place].unit is None]
    repeats: set[int] = set()
    if units:
        found = connection.execute(
            _RECENT,
            (
                units, [rows[p].item_id for p in units], [rows[p].unit for p in units], [rows[p].device for p in units],
                [rows[p].alias for p in units], [rows[p].at for p in units], oldest,
            ),
        )  # fmt: skip
        repeats |= {place for (place,) in found}
    if others:
        found = connection.execute(
            _RECENT_UNKNOWN,
            (
                others,
                [rows[p].asked for p in others],
                [rows[p].device for p in others],
                [rows[p].alias for p in others],
                oldest,
            ),
        )
        repeats |= {place for (place,) in found}
    return _first_of_batch(rows, [place for place in counting if place not in repeats])


def _first_of_batch(rows: Sequence[VisitRow], places: list[int]) -> list[int]:
    taken: set[tuple[Any, ...]] = set()
    out = []
    for place in places:
        row = rows[place]
        what = (row.item_id, row.unit, row.asked if row.unit is None else "")
        if (*what, row.device) in taken or (*what, row.alias) in taken:
            continue
        taken |= {(*what, row.device)}
        out.append(place)
    return out


def _insert(
    connection: psycopg.Connection[Any], fresh: list[VisitRow], seen: dict[Key, tuple[int, datetime | None]]
) -> None:
    connection.execute(
        _INSERT,
        (
            [r.at for r in fresh], [r.item_id for r in fresh], [r.unit for r in fresh], [r.asked for r in fresh],
            [r.status for r in fresh], [r.device for r in fresh],
        ),
    )  # fmt: skip
    new: dict[Key, list[datetime]] = {}
    for row in fresh:
        if row.item_id is not None and row.unit is not None:
            new.setdefault((row.item_id, row.unit), []).append(row.at)
    if not new:
        return
    keys = sorted(new)
    connection.execute(
        _COUNT, (*_columns(keys), [len(new[k]) for k in keys], [min(new[k]) for k in keys], [max(new[k]) for k in keys])
    )
    for key, moments in new.items():
        visits, first_at = seen[key]
        seen[key] = (visits + len(moments), first_at or min(moments))


def _states(connection: psycopg.Connection[Any], lot_ids: set[int]) -> dict[int, tuple[Any, ...]]:
    if not lot_ids:
        return {}
    return {row[0]: tuple(row) for row in connection.execute(_STATE, (sorted(lot_ids),))}
