"""Where a lot came from and where it went: recursive queries over the edges of lots that are not cancelled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, text

from core.db import db
from trace.lot.models import Edge, Lot
from trace.season.rules import LotUse

MAX_DEPTH = 50  # edges only ever lead to a lot made later, so there is no cycle; this guards the query all the same

_UP = text(
    """
    with recursive back(lot_id, depth) as (
      select cast(:lot_id as bigint), 0
      union
      select e.from_lot_id, b.depth + 1
        from back b join trace_lot_edge e on e.to_lot_id = b.lot_id
       where e.from_lot_id is not null and b.depth < :deepest
    )
    select lot_id, min(depth) as depth from back group by lot_id order by min(depth), lot_id
    """
)
_DOWN = text(
    """
    with recursive onward(lot_id, depth) as (
      select l.id, 0 from trace_lot_lot l where l.id = any(cast(:lot_ids as bigint[]))
      union
      select e.to_lot_id, o.depth + 1
        from onward o
        join trace_lot_edge e on e.from_lot_id = o.lot_id
        join trace_lot_lot l on l.id = e.to_lot_id and l.state <> 'cancelled'
       where o.depth < :deepest
    )
    select lot_id, min(depth) as depth from onward group by lot_id order by min(depth), lot_id
    """
)


@dataclass(frozen=True, slots=True)
class EdgeView:
    """An edge with grams; exactly one of ``season_id`` (with its harvest day), ``from_lot_id``, ``outside_id`` is set."""

    season_id: int | None
    harvested_on: date | None
    from_lot_id: int | None
    to_lot_id: int
    mass_g: int
    kind: str = "pack"
    outside_id: int | None = None
    made_at: datetime | None = None
    deed_id: int | None = None


def upstream(lot_id: int) -> list[int]:
    """The lot and every lot it was made from, nearest first."""
    return [row.lot_id for row in db.session.execute(_UP, {"lot_id": lot_id, "deepest": MAX_DEPTH})]


def downstream(lot_ids: Iterable[int]) -> list[int]:
    """The lots and every lot made from them that is not cancelled, nearest first."""
    wanted = list(lot_ids)
    if not wanted:
        return []
    return [row.lot_id for row in db.session.execute(_DOWN, {"lot_ids": wanted, "deepest": MAX_DEPTH})]


def from_season(season_id: int) -> list[int]:
    """Every lot that holds fruit of the season, nearest first: what a recall of a plot must reach."""
    first = db.session.scalars(select(Edge.to_lot_id).where(Edge.season_id == season_id)).all()
    cancelled = set(
        db.session.scalars(
            text("select id from trace_lot_lot where state = 'cancelled' and id = any(:ids)"), {"ids": list(first)}
        )
    )
    return downstream(sorted(set(first) - cancelled))


def edges_into(lot_ids: Iterable[int]) -> list[EdgeView]:
    """The edges that end in the lots, by lot and then as made."""
    wanted = list(lot_ids)
    if not wanted:
        return []
    rows = db.session.scalars(select(Edge).where(Edge.to_lot_id.in_(wanted)).order_by(Edge.to_lot_id, Edge.id))
    return [_view(e) for e in rows]


def _view(e: Edge) -> EdgeView:
    return EdgeView(
        e.season_id, e.harvested_on, e.from_lot_id, e.to_lot_id, e.mass_g, e.kind, e.outside_id, e.made_at, e.deed_id
    )


def edges_from(lot_id: int) -> list[EdgeView]:
    """The edges that lead out of a lot to lots that are not cancelled."""
    rows = db.session.scalars(
        select(Edge)
        .join(Lot, Lot.id == Edge.to_lot_id)
        .where(Edge.from_lot_id == lot_id, Lot.state != "cancelled")
        .order_by(Edge.id)
    )
    return [_view(e) for e in rows]


def allocated(season_id: int) -> dict[date, int]:
    """Grams of each harvest day of a season that are in lots not cancelled."""
    rows = db.session.execute(
        text(
            "select e.harvested_on, sum(e.mass_g)::bigint from trace_lot_edge e "
            "join trace_lot_lot l on l.id = e.to_lot_id and l.state <> 'cancelled' "
            "where e.season_id = :season group by e.harvested_on"
        ),
        {"season": season_id},
    )
    return {day: int(grams) for day, grams in rows}


def season_uses(season_id: int) -> list[LotUse]:
    """The lots a season fed, by harvest day; cancelled ones are marked as not live."""
    rows = db.session.execute(
        text(
            "select e.harvested_on, l.lot_no, l.public_id, e.mass_g, l.state <> 'cancelled' as live "
            "from trace_lot_edge e join trace_lot_lot l on l.id = e.to_lot_id "
            "where e.season_id = :season order by e.harvested_on, l.lot_no"
        ),
        {"season": season_id},
    )
    return [LotUse(r.harvested_on, r.lot_no, r.public_id, int(r.mass_g), bool(r.live)) for r in rows]
