"""Which lots a recall reaches, how much of each had left, and stopping or freeing them all at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select, text

from core.db import db
from core.errors import BadInput
from core.hooks import LotParty, lot_held, lot_parties
from trace.lot import queries as lots
from trace.recall.models import Recall, RecallLot
from trace.recall.rules import MAX_LOTS

OPEN_STATES = ("proposed", "running", "reported")
_DEPTHS = text(
    """
    with recursive onward(lot_id, depth) as (
      select unnest(cast(:lots as bigint[])), 0
      union
      select e.to_lot_id, o.depth + 1 from onward o join trace_lot_edge e on e.from_lot_id = o.lot_id
        join trace_lot_lot l on l.id = e.to_lot_id and l.state <> 'cancelled'
       where o.depth < 100
    ) select lot_id, min(depth) from onward group by lot_id order by 2, 1 limit :most
    """
)

_USED = text(
    "select e.from_lot_id, sum(e.mass_g)::bigint from trace_lot_edge e join trace_lot_lot l on l.id = e.to_lot_id "
    "and l.state <> 'cancelled' where e.from_lot_id = any(cast(:lots as bigint[])) group by 1"
)


def source_of(recall: Recall) -> str:
    """The name under which this recall holds stock; another hold of the same lot stays."""
    return f"recall:{recall.recall_no}"


def everything_from(named: Iterable[int]) -> dict[int, int]:
    """The named lots (depth 0) and every lot made from them, with how many steps away it is."""
    found = {row[0]: row[1] for row in db.session.execute(_DEPTHS, {"lots": list(named), "most": MAX_LOTS + 1})}
    if len(found) > MAX_LOTS:
        raise BadInput(
            f"范围超过 {MAX_LOTS:,} 个批次，一次召回装不下。",
            code="recall.too_large",
            help="从更靠后的批次分几次召回。",
        )
    return found


def ids(recall_id: int) -> list[int]:
    """The lots in scope."""
    return list(
        db.session.scalars(select(RecallLot.lot_id).where(RecallLot.recall_id == recall_id).order_by(RecallLot.lot_id))
    )


def fill(recall: Recall, named: Iterable[int]) -> list[int]:
    """Afterwards the named lots and all made from them stand in scope with their masses; returns the lots that are new."""
    depths = everything_from(named)
    known = {row.lot_id: row for row in db.session.scalars(select(RecallLot).where(RecallLot.recall_id == recall.id))}
    gone = gone_g(list(depths))
    views, inside = lots.lots_by_id(depths), _used_inside(list(depths))
    new = []
    for lot_id, depth in depths.items():
        row = known.get(lot_id)
        if row is None:
            row = RecallLot(recall_id=recall.id, lot_id=lot_id, depth=depth, held_at=None)
            db.session.add(row)
            new.append(lot_id)
        row.depth = min(row.depth, depth)
        lot = views[lot_id]
        row.mass_g = max(0, lot.mass_g - lot.lost_g - inside.get(lot_id, 0))
        row.gone_g = min(row.mass_g, gone.get(lot_id, 0))
    db.session.flush()
    return new


def _used_inside(lot_ids: Sequence[int]) -> dict[int, int]:
    """Grams of each lot that stand in later lots of the scope; what is on the way to somebody stays with its lot."""
    rows = db.session.execute(_USED, {"lots": list(lot_ids)})
    return {row[0]: int(row[1]) for row in rows}


def parties(lot_ids: Sequence[int]) -> list[LotParty]:
    """Everybody the lots went to, from every room that knows of somebody."""
    return [party for hook in lot_parties for party in hook(list(lot_ids))] if lot_ids else []


def gone_g(lot_ids: Sequence[int]) -> dict[int, int]:
    """Grams of each lot that had left to somebody."""
    found: dict[int, int] = {}
    for party in parties(lot_ids):
        if party.done:
            found[party.lot_id] = found.get(party.lot_id, 0) + party.mass_g
    return found


def elsewhere(recall: Recall, lot_ids: Sequence[int]) -> list[str]:
    """Lots of the scope that stand in another open recall, in words."""
    if not lot_ids:
        return []
    rows = db.session.execute(
        select(RecallLot.lot_id, Recall.recall_no)
        .join(Recall, Recall.id == RecallLot.recall_id)
        .where(
            RecallLot.lot_id.in_(lot_ids), Recall.id != recall.id, Recall.state.in_(OPEN_STATES), RecallLot.depth == 0
        )
        .order_by(RecallLot.lot_id)
    ).all()
    views = lots.lots_by_id(row.lot_id for row in rows)
    return [f"批次 {views[row.lot_id].lot_no}（{row.recall_no}）" for row in rows]


def hold(recall: Recall, lot_ids: Sequence[int], *, held: bool, reason: str) -> None:
    """Afterwards stock, carts and orders of the lots are stopped by this recall, or freed of it, in this transaction."""
    for lot_id in sorted(lot_ids):
        for react in lot_held:
            react(lot_id=lot_id, held=held, reason=reason, source=source_of(recall))
