"""Cartons and pallets in the trace: which boxes units of a lot are or were in, and where shipped boxes went.

A box that was unpacked later still held the units while it was open: it stays in the trace with its interval (CBV,
aggregation ADD and DELETE).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from core.db import db
from core.hooks import LotParty
from trace.lot import queries as lots

_BOXES = text(
    """
    select c.lot_id, u.id, u.public_id, u.code, u.kind, u.organisation_id, u.shipped_at, u.shipped_to, u.shipping_document,
      count(*) filter (where c.valid_to is null) as inside, count(*) as ever, min(c.valid_from) as since
    from trace_aggregation_content c join trace_aggregation_unit u on u.id = c.parent_id
    where c.lot_id = any(cast(:lots as bigint[])) and c.unit is not null
    group by c.lot_id, u.id order by u.id
    """
)
_PALLETS = text(
    """
    select c.child_id, u.id, u.code, u.public_id, u.organisation_id, min(c.valid_from) as since
    from trace_aggregation_content c join trace_aggregation_unit u on u.id = c.parent_id
    where c.child_id = any(cast(:boxes as bigint[])) group by c.child_id, u.id order by u.id
    """
)
_SHIPPED = text(
    """
    with recursive inside(top, box) as (
      select u.id, u.id from trace_aggregation_unit u where u.shipped_at is not null
      union
      select i.top, c.child_id from inside i join trace_aggregation_content c on c.parent_id = i.box
       where c.child_id is not null and c.valid_to is null
    )
    select u.public_id, u.code, u.organisation_id, u.shipped_at, u.shipped_to, c.lot_id, count(*) as units
    from inside i join trace_aggregation_unit u on u.id = i.top
    join trace_aggregation_content c on c.parent_id = i.box and c.unit is not null and c.valid_to is null
    where c.lot_id = any(cast(:lots as bigint[]))
    group by u.id, c.lot_id order by u.id
    """
)


@dataclass(frozen=True, slots=True)
class Box:
    """A box and the units of one lot in it: now, and ever."""

    lot_id: int
    box_id: int
    public_id: str
    code: str
    kind: str
    organisation_id: int
    shipped_at: datetime | None
    inside: int
    ever: int
    since: datetime


def boxes(lot_ids: Sequence[int]) -> list[Box]:
    """Every box that holds or held units of the lots."""
    rows = db.session.execute(_BOXES, {"lots": list(lot_ids)})
    return [
        Box(
            r.lot_id, r.id, str(r.public_id), r.code, r.kind, r.organisation_id, r.shipped_at, r.inside, r.ever, r.since
        )
        for r in rows
    ]


@dataclass(frozen=True, slots=True)
class Stacked:
    """A box on a pallet."""

    box_id: int
    pallet_id: int
    code: str
    public_id: str
    organisation_id: int
    since: datetime


def stacked(box_ids: Sequence[int]) -> list[Stacked]:
    """The pallets the boxes are or were on."""
    rows = db.session.execute(_PALLETS, {"boxes": list(box_ids)})
    return [Stacked(r.child_id, r.id, r.code, str(r.public_id), r.organisation_id, r.since) for r in rows]


def lot_parties(lot_ids: Sequence[int]) -> list[LotParty]:
    """Hook on ``lot_parties``: every shipped box with units of the lots, by where it went (a firm, never a person)."""
    if not lot_ids:
        return []
    rows = db.session.execute(_SHIPPED, {"lots": list(lot_ids)}).all()
    views = lots.lots_by_id({r.lot_id for r in rows})
    return [
        LotParty(
            key=f"box:{r.public_id}:{r.lot_id}", kind="shipment", lot_id=r.lot_id, title=f"箱 {r.code}", note=r.shipped_to,
            mass_g=r.units * views[r.lot_id].item.net_content_g, pieces=r.units, at=r.shipped_at,
            organisation_id=r.organisation_id, href=f"/packing/{r.public_id}",
        )
        for r in rows
    ]  # fmt: skip
