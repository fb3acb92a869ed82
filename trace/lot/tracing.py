"""Set-based reads over the graph of lots: edges up and down with grams, kind and time; balances of many lots at once.

Every function takes a list of lots and asks the database once, however many there are.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text

from core.db import db
from trace.lot.genealogy import MAX_DEPTH


@dataclass(frozen=True, slots=True)
class Flow:
    """One edge of the graph: what went where, when, by which deed; ``depth`` is how many edges from the asked lots.

    Exactly one of ``season_id``, ``from_lot_id`` and ``outside_id`` is set.
    """

    id: int
    season_id: int | None
    harvested_on: date | None
    from_lot_id: int | None
    outside_id: int | None
    to_lot_id: int
    mass_g: int
    kind: str
    made_at: datetime
    deed_id: int | None
    deed_public_id: uuid.UUID | None
    depth: int


@dataclass(frozen=True, slots=True)
class Balance:
    """The equation of one lot in grams: in = mass + packing loss; mass = used + lost + left; used = onward + under way."""

    lot_id: int
    incoming_g: int
    mass_g: int
    packing_loss_g: int
    onward_g: int
    under_way_g: int
    lost_g: int
    left_g: int

    @property
    def holds(self) -> bool:
        """Whether no gram appeared or vanished."""
        return (
            self.incoming_g == self.mass_g + self.packing_loss_g
            and self.mass_g == self.onward_g + self.under_way_g + self.lost_g + self.left_g
            and min(self.onward_g, self.under_way_g, self.lost_g, self.left_g) >= 0
        )


_COLUMNS = (
    "e.id, e.season_id, e.harvested_on, e.from_lot_id, e.outside_id, e.to_lot_id, e.mass_g, e.kind, e.made_at, "
    "e.deed_id, d.public_id"
)
_DOWN = text(
    f"""
    with recursive walk(lot_id, depth) as (
      select unnest(cast(:lot_ids as bigint[])), 0
      union
      select e.to_lot_id, w.depth + 1
        from walk w join trace_lot_edge e on e.from_lot_id = w.lot_id
        join trace_lot_lot l on l.id = e.to_lot_id and l.state <> 'cancelled'
       where w.depth < :deepest
    ), near as (select lot_id, min(depth) as depth from walk group by lot_id)
    select {_COLUMNS}, n.depth + 1 from near n
      join trace_lot_edge e on e.from_lot_id = n.lot_id
      join trace_lot_lot l on l.id = e.to_lot_id and l.state <> 'cancelled'
      left join trace_lot_deed d on d.id = e.deed_id
     where n.depth < :deepest
     order by n.depth, e.id
    """  # noqa: S608 - the columns are ours
)
_UP = text(
    f"""
    with recursive walk(lot_id, depth) as (
      select unnest(cast(:lot_ids as bigint[])), 0
      union
      select e.from_lot_id, w.depth + 1
        from walk w join trace_lot_edge e on e.to_lot_id = w.lot_id
       where e.from_lot_id is not null and w.depth < :deepest
    ), near as (select lot_id, min(depth) as depth from walk group by lot_id)
    select {_COLUMNS}, n.depth + 1 from near n
      join trace_lot_edge e on e.to_lot_id = n.lot_id
      left join trace_lot_deed d on d.id = e.deed_id
     where n.depth < :deepest
     order by n.depth, e.id
    """  # noqa: S608 - the columns are ours
)
_BALANCES = text(
    """
    select l.id, coalesce(i.grams, 0), l.mass_g, l.packing_loss_g, coalesce(o.grams, 0),
           l.used_g - coalesce(o.grams, 0), l.lost_g, l.mass_g - l.used_g - l.lost_g
      from trace_lot_lot l
      left join lateral (
        select sum(e.mass_g)::bigint as grams from trace_lot_edge e where e.to_lot_id = l.id) i on true
      left join lateral (
        select sum(e.mass_g)::bigint as grams from trace_lot_edge e
          join trace_lot_lot t on t.id = e.to_lot_id and t.state <> 'cancelled' where e.from_lot_id = l.id) o on true
     where l.id = any(cast(:lot_ids as bigint[]))
     order by l.id
    """
)


def _flows(statement: object, lot_ids: Iterable[int], depth: int | None) -> list[Flow]:
    wanted = sorted(set(lot_ids))
    if not wanted:
        return []
    rows = db.session.execute(statement, {"lot_ids": wanted, "deepest": min(depth or MAX_DEPTH, MAX_DEPTH)})  # type: ignore[call-overload]
    return [Flow(*row) for row in rows]


def edges_down(lot_ids: Iterable[int], *, depth: int | None = None) -> list[Flow]:
    """Every edge that leads onward from the lots, nearest first; edges into cancelled lots are left out."""
    return _flows(_DOWN, lot_ids, depth)


def edges_up(lot_ids: Iterable[int], *, depth: int | None = None) -> list[Flow]:
    """Every edge that leads into the lots, back to harvests and outside sources, nearest first."""
    return _flows(_UP, lot_ids, depth)


def balances(lot_ids: Iterable[int]) -> dict[int, Balance]:
    """The equation of each lot, computed from edges and losses as they stand; ``holds`` says whether it closes."""
    wanted = sorted(set(lot_ids))
    return {row[0]: Balance(*row) for row in db.session.execute(_BALANCES, {"lot_ids": wanted})} if wanted else {}
