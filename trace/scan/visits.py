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
    state: str | None


_STORE = """
select item, unit, visits, first_at, lot, state from trace_scan_store(
  %s::timestamptz[], %s::bigint[], %s::bigint[], %s::text[], %s::smallint[], %s::bytea[], %s::bytea[],
  %s::timestamptz, %s::timestamptz, %s::bigint[], %s::bigint[], %s::bigint[])
"""


def store(connection: psycopg.Connection[Any], rows: Sequence[VisitRow]) -> list[Seen]:
    """Afterwards every counting visit that is not a repeat within 10 minutes is stored; the answers are in order.

    One statement and so one transaction (migration 0007 has the function); it also reads the state of the lots.
    """
    fresh = _first_of_batch([row for row in rows if row.counts])
    shown = sorted({(row.item_id, row.unit) for row in rows if row.item_id is not None and row.unit is not None})
    lots = sorted({row.lot_id for row in rows if row.lot_id is not None})
    oldest, newest = min(row.at for row in rows) - WINDOW, max(row.at for row in rows) + WINDOW
    found = connection.execute(
        _STORE,
        (
            [r.at for r in fresh], [r.item_id for r in fresh], [r.unit for r in fresh], [r.asked for r in fresh],
            [r.status for r in fresh], [r.device for r in fresh], [r.alias for r in fresh], oldest, newest,
            [item for item, _ in shown], [unit for _, unit in shown], lots,
        ),
    )  # fmt: skip
    seen: dict[tuple[int | None, int | None], tuple[int, datetime | None]] = {}
    states: dict[int, str] = {}
    for item, unit, visits, first_at, lot, state in found:
        if lot is None:
            seen[(item, unit)] = (visits, first_at)
        else:
            states[lot] = f"{lot} {state}"
    return [
        Seen(*seen.get((row.item_id, row.unit), (0, None)), states.get(row.lot_id) if row.lot_id is not None else None)
        for row in rows
    ]


def _first_of_batch(rows: Sequence[VisitRow]) -> list[VisitRow]:
    """Without the repeats inside the batch itself."""
    taken: set[tuple[Any, ...]] = set()
    out = []
    for row in rows:
        what = (row.item_id, row.unit, row.asked if row.unit is None else "")
        if (*what, row.device) not in taken and (*what, row.alias) not in taken:
            taken.add((*what, row.device))
            out.append(row)
    return out
