"""Store visits in batches and read the live state of their lots in the same transaction (own floor's tables only)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg


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
    state: str | None


_COUNT = """
select item, unit, visits, first_at, lot, state from trace_scan_count(
  %s::timestamptz[], %s::bigint[], %s::bigint[], %s::text[], %s::smallint[], %s::bytea[], %s::bytea[],
  %s::bigint[], %s::bigint[], %s::bigint[])
"""
NO_ITEM = 0  # stands in the table of recent visits where an address names no unit


def store(connection: psycopg.Connection[Any], rows: Sequence[VisitRow]) -> list[Seen]:
    """Afterwards every counting visit that is not a repeat within 10 minutes is stored; the answers are in order.

    One statement and so one transaction (migration 0022 has the function); it also reads the state of the lots.
    """
    keys, fresh = _first_of_batch(rows)
    shown = sorted({(row.item_id, row.unit) for row in rows if row.item_id is not None and row.unit is not None})
    found = connection.execute(
        _COUNT,
        (
            _array(row.at.isoformat() for row in fresh),
            _array(str(item) for item, _ in keys),
            _array(str(unit) for _, unit in keys),
            _array(_quoted(row.asked) for row in fresh),
            _array(str(row.status) for row in fresh),
            _array(f'"\\\\x{row.device.hex()}"' for row in fresh),
            _array(f'"\\\\x{row.alias.hex()}"' for row in fresh),
            _array(str(item) for item, _ in shown),
            _array(str(unit) for _, unit in shown),
            _array(str(lot) for lot in {row.lot_id for row in rows if row.lot_id is not None}),
        ),
    )
    seen: dict[tuple[int | None, int | None], tuple[int, datetime | None]] = {}
    states: dict[int | None, str] = {}
    for item, unit, visits, first_at, lot, state in found.fetchall():
        if lot is not None:
            states[lot] = f"{lot} {state}"
        elif visits > seen.get((item, unit), (-1, None))[0]:  # as it stood before this statement, and as it counted
            seen[(item, unit)] = (visits, first_at)
    return [Seen(*seen.get((row.item_id, row.unit), (0, None)), states.get(row.lot_id)) for row in rows]


def _array(values: Iterable[str]) -> str:
    """A PostgreSQL array literal: one text parameter is bound ten times faster than a list of objects."""
    return "{" + ",".join(values) + "}"


def _quoted(text: str) -> str:
    if not text:
        return '""'
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _first_of_batch(rows: Sequence[VisitRow]) -> tuple[list[tuple[int, int]], list[VisitRow]]:
    """The counting rows without the repeats inside the batch itself, and what each is about.

    What names no unit is known by a digest of what was asked: nobody can make two addresses share one on purpose, which
    would fail the statement for the whole batch.
    """
    taken: set[tuple[int, int, bytes]] = set()
    keys, out = [], []
    for row in rows:
        if not row.counts:
            continue
        if row.unit is None or row.item_id is None:
            digest = hashlib.blake2b(row.asked.encode("utf-8", "replace"), digest_size=8).digest()
            item, unit = NO_ITEM, int.from_bytes(digest, "big", signed=True)
        else:
            item, unit = row.item_id, row.unit
        if (item, unit, row.device) not in taken and (item, unit, row.alias) not in taken:
            taken.add((item, unit, row.device))
            keys.append((item, unit))
            out.append(row)
    return keys, out
