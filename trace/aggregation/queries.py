"""Reads: boxes of an organisation, what is in them, where a unit is and whether it left the house."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from core.account.actor import Actor
from core.db import db
from core.hooks import UnitFate
from trace.aggregation.errors import BoxNotFound
from trace.aggregation.models import Content, LogisticUnit, Numbering
from trace.code import queries as codes
from trace.item.models import Item
from trace.lot.models import Lot

DEEPEST = 8


@dataclass(frozen=True, slots=True)
class UnitState:
    """What is known of an issued unit: its series and lot, voided or not, the boxes it is in (inner first), shipped or not."""

    item_id: int
    unit: int
    series_id: int
    lot_id: int
    voided: bool
    boxes: tuple[LogisticUnit, ...]
    shipped_at: datetime | None
    shipped_to: str


def unit_state(item_id: int, unit: int) -> UnitState | None:
    """The state of a unit for the verdict on the code page, or None where no series holds this number."""
    series = codes.series_of_unit(item_id, unit)
    if series is None:
        return None
    boxes = chain_of_unit(item_id, unit)
    shipped = next((box for box in reversed(boxes) if box.shipped_at is not None), None)
    return UnitState(
        item_id, unit, series.id, series.lot_id, codes.void_of(item_id, unit) is not None, boxes,
        shipped.shipped_at if shipped else None, shipped.shipped_to if shipped else "",
    )  # fmt: skip


def fate_of(*, item_id: int, lot_id: int, unit: int) -> UnitFate | None:
    """Hook on ``unit_fates``: whether a packed unit left the house; None for a unit that is in no box (nobody knows)."""
    del lot_id
    state = unit_state(item_id, unit)
    if state is None or not state.boxes:
        return None
    return UnitFate(shipped=state.shipped_at is not None)


def chain_of_unit(item_id: int, unit: int) -> tuple[LogisticUnit, ...]:
    """The boxes a unit is in now, from its carton outwards."""
    parent_id = db.session.scalar(
        select(Content.parent_id).where(Content.item_id == item_id, Content.unit == unit, Content.valid_to.is_(None))
    )
    return _outwards(parent_id)


def chain_of_box(box_id: int) -> tuple[LogisticUnit, ...]:
    """The boxes a box is in now, from the inner one outwards."""
    return _outwards(_parent_of(box_id))


def _parent_of(box_id: int) -> int | None:
    return db.session.scalar(select(Content.parent_id).where(Content.child_id == box_id, Content.valid_to.is_(None)))


def _outwards(parent_id: int | None) -> tuple[LogisticUnit, ...]:
    found: list[LogisticUnit] = []
    while parent_id is not None and len(found) < DEEPEST:
        found.append(db.session.get_one(LogisticUnit, parent_id))
        parent_id = _parent_of(parent_id)
    return tuple(found)


def box_for_actor(public_id: uuid.UUID, actor: Actor) -> LogisticUnit:
    """The box; another organisation's is BoxNotFound."""
    row = db.session.scalar(
        select(LogisticUnit).where(
            LogisticUnit.public_id == public_id, LogisticUnit.organisation_id == actor.organisation_id
        )
    )
    if row is None:
        raise BoxNotFound()
    return row


def box_by_code(code: str, organisation_id: int | None) -> LogisticUnit | None:
    """The box with this number of an organisation, or None."""
    return db.session.scalar(
        select(LogisticUnit).where(LogisticUnit.code == code, LogisticUnit.organisation_id == organisation_id)
    )


def box_by_uri(uri: str) -> LogisticUnit:
    """The box with this canonical name, whoever's it is (public page); BoxNotFound otherwise."""
    row = db.session.scalar(select(LogisticUnit).where(LogisticUnit.uri == uri))
    if row is None:
        raise BoxNotFound()
    return row


def count_of(box_id: int) -> int:
    """How many things are in the box now."""
    query = select(func.count()).where(Content.parent_id == box_id, Content.valid_to.is_(None))
    return db.session.scalar(query) or 0


def counts_of(box_ids: Iterable[int]) -> dict[int, int]:
    """How many things are in each box now, once for a whole screen."""
    query = (
        select(Content.parent_id, func.count())
        .where(Content.parent_id.in_(list(box_ids)), Content.valid_to.is_(None))
        .group_by(Content.parent_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def contents(box_id: int) -> list[Content]:
    """What is in the box now, in the order it was put in."""
    return list(
        db.session.scalars(
            select(Content).where(Content.parent_id == box_id, Content.valid_to.is_(None)).order_by(Content.id)
        )
    )


def past_contents(box_id: int) -> list[Content]:
    """What was in the box and came out, newest first."""
    return list(
        db.session.scalars(
            select(Content)
            .where(Content.parent_id == box_id, Content.valid_to.is_not(None))
            .order_by(Content.valid_to.desc())
            .limit(200)
        )
    )


def lots_in(box_id: int) -> dict[int, int]:
    """How many units of each lot (row ids) are in the box, through cartons on a pallet too."""
    found: dict[int, int] = {}
    waiting, seen = [box_id], set()
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        for content in contents(here):
            if content.child_id is not None:
                waiting.append(content.child_id)
            elif content.lot_id is not None:
                found[content.lot_id] = found.get(content.lot_id, 0) + 1
    return found


def open_boxes(actor: Actor) -> list[LogisticUnit]:
    """The boxes being packed, oldest first."""
    return list(
        db.session.scalars(
            select(LogisticUnit)
            .where(LogisticUnit.organisation_id == actor.organisation_id, LogisticUnit.closed_at.is_(None))
            .order_by(LogisticUnit.id)
            .limit(100)
        )
    )


def box_table(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The actor's boxes for a table."""
    inside = (
        select(Content.parent_id, func.count().label("n"))
        .where(Content.valid_to.is_(None))
        .group_by(Content.parent_id)
        .subquery()
    )
    return (
        select(
            LogisticUnit.public_id, LogisticUnit.code, LogisticUnit.kind, LogisticUnit.capacity, LogisticUnit.made_at,
            LogisticUnit.closed_at, LogisticUnit.dissolved_at, LogisticUnit.shipped_at,
            func.coalesce(inside.c.n, 0).label("inside"), func.coalesce(Lot.lot_no, "").label("lot_no"),
        )
        .outerjoin(inside, inside.c.parent_id == LogisticUnit.id)
        .outerjoin(Lot, Lot.id == LogisticUnit.lot_id)
        .where(LogisticUnit.organisation_id == actor.organisation_id)
    )  # fmt: skip


def boxes_between(first: str, last: str, actor: Actor) -> list[LogisticUnit]:
    """The actor's boxes made from the one numbered ``first`` to the one numbered ``last``; BoxNotFound where there is none."""
    ends = [box_by_code(code, actor.organisation_id) for code in (first, last)]
    if ends[0] is None or ends[1] is None:
        raise BoxNotFound()
    query = select(LogisticUnit).where(
        LogisticUnit.organisation_id == actor.organisation_id, LogisticUnit.id.between(ends[0].id, ends[1].id)
    )
    rows = list(db.session.scalars(query.order_by(LogisticUnit.id).limit(500)))
    if not rows:
        raise BoxNotFound()
    return rows


def numbering_of(organisation_id: int) -> Numbering | None:
    """How the organisation numbers its boxes, or None before the first."""
    return db.session.scalar(select(Numbering).where(Numbering.organisation_id == organisation_id))


def boxes_by_public_id(ids: Iterable[uuid.UUID], actor: Actor) -> list[LogisticUnit]:
    """The actor's boxes among these, in a fixed order (so that two shippers lock alike)."""
    return list(
        db.session.scalars(
            select(LogisticUnit)
            .where(LogisticUnit.public_id.in_(list(ids)), LogisticUnit.organisation_id == actor.organisation_id)
            .order_by(LogisticUnit.id)
        )
    )


def items_of(organisation_id: int | None) -> list[Item]:
    """The organisation's items (a serial typed by hand is tried against each)."""
    return list(db.session.scalars(select(Item).where(Item.organisation_id == organisation_id)))
