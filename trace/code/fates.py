"""What became of single units: sold with an order or destroyed under a deed.  Never commits.

Rows are ranges of unit numbers, kept for good; a reversed deed ends its rows.  Units nobody named are in no row.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, text, update

from core import clock
from core.account.actor import Actor
from core.db import db
from core.hooks import UnitFate, codes_changed
from core.record.service import record
from trace.code import queries, rules
from trace.code.errors import CannotIssue
from trace.code.models import Departure, Series
from trace.lot import operations
from trace.lot.models import Lot

_LOCK = text("select 1 from trace_code_counter where item_id = :item for update")


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of a lot, as it was scanned."""

    item_id: int
    lot_id: int
    unit: int


def fate_of(*, item_id: int, lot_id: int, unit: int) -> UnitFate | None:
    """Hook on ``unit_fates``: when the unit was sold, whether it was destroyed; None where neither is recorded."""
    del lot_id
    rows = _covering(item_id, unit, unit)
    if not rows:
        return None
    sold = min((row.happened_at for row in rows if row.kind == "sold"), default=None)
    return UnitFate(
        shipped=True if sold else None, sold_at=sold, destroyed=any(row.kind == "destroyed" for row in rows)
    )


def gone(item_id: int, unit: int) -> str:
    """``destroyed``, ``sold`` or '' for a unit."""
    kinds = {row.kind for row in _covering(item_id, unit, unit)}
    return "destroyed" if "destroyed" in kinds else "sold" if kinds else ""


def in_use(*, item_id: int, first: int, last: int) -> tuple[str, ...]:
    """Hook on ``units_in_use``: sold and destroyed units among these, in words; their labels cannot be voided."""
    found = {"sold": 0, "destroyed": 0}
    for row in _covering(item_id, first, last):
        found[row.kind] += min(row.last_unit, last) - max(row.first_unit, first) + 1
    words = {"sold": "已登记售出", "destroyed": "已登记销毁"}
    return tuple(f"其中 {count} 件{words[kind]}。" for kind, count in found.items() if count)


def destroyed_of_lot(lot_id: int) -> tuple[tuple[int, int], ...]:
    """The ranges of a lot's units that were destroyed, for its code pages."""
    rows = db.session.execute(
        select(Departure.first_unit, Departure.last_unit)
        .where(Departure.lot_id == lot_id, Departure.kind == "destroyed", Departure.undone_at.is_(None))
        .order_by(Departure.first_unit)
    )
    return tuple((row.first_unit, row.last_unit) for row in rows)


def departures_of(series: Series) -> list[Departure]:
    """What became of units of a series, newest first; rows of reversed deeds included."""
    query = select(Departure).where(
        Departure.item_id == series.item_id,
        Departure.first_unit <= series.last_unit,
        Departure.last_unit >= series.start_unit,
    )
    return list(db.session.scalars(query.order_by(Departure.id.desc()).limit(200)))


def lock_items(item_ids: Iterable[int]) -> None:
    """Selling, packing, voiding and destroying units of an item happen one after the other."""
    for item_id in sorted(set(item_ids)):
        db.session.execute(_LOCK, {"item": item_id})


def sell(units: Sequence[Unit], actor: Actor, *, source: str, at: datetime | None = None) -> None:
    """Afterwards these units are recorded as sold under ``source`` ("order:<uuid>"); the caller checked and locked them."""
    _keep("sold", units, actor, source=source, at=at or clock.now())


def destroy(
    series_public_id: uuid.UUID, first: int, last: int, actor: Actor, *, reason: str, on: date | None = None
) -> Departure:
    """Afterwards the boxes ``first`` to ``last`` (counted from 1 in the series) are destroyed with their goods, by a deed
    of their lot, and every check says so; their quantity is not free again.  CannotIssue lists what is unmet.
    """
    series = queries.series_for_actor(series_public_id, actor)
    lock_items([series.item_id])
    begin, end = series.start_unit + first - 1, series.start_unit + last - 1
    rows = _covering(series.item_id, begin, end)
    facts = rules.DestroyFacts(
        first=begin, last=end, start=series.start_unit, end=series.last_unit, reason=reason,
        voided=queries.voided_in(series.item_id, begin, end), destroyed=_inside(rows, "destroyed", begin, end),
    )  # fmt: skip
    if unmet := rules.unmet_destroy(facts):
        raise CannotIssue(unmet=unmet, field="reason" if not reason else None)
    lot = db.session.get_one(Lot, series.lot_id)
    deed = operations.destroy_pieces(
        lot, actor, end - begin + 1, reason=reason, on=on, sold=_inside(rows, "sold", begin, end)
    )
    row = Departure(
        item_id=series.item_id, lot_id=series.lot_id, first_unit=begin, last_unit=end, kind="destroyed",
        happened_at=clock.now(), source=f"deed:{deed.public_id}", deed_id=deed.id, recorded_at=clock.now(),
        recorded_by_id=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()  # two at once: the constraint decides
    record("code.units_destroyed", series, actor, first=first, last=last, reason=reason)
    _changed([lot.id])
    return row


def on_deed_reversed(*, deed_id: int) -> None:
    """Hook on ``deed_reversed``: afterwards the units the deed destroyed are there again."""
    done = db.session.execute(
        update(Departure)
        .where(Departure.deed_id == deed_id, Departure.undone_at.is_(None))
        .values(undone_at=clock.now())
        .returning(Departure.lot_id)
    ).scalars()
    _changed(sorted(set(done)))


def _keep(kind: str, units: Sequence[Unit], actor: Actor, *, source: str, at: datetime) -> None:
    for item_id, lot_id, first, last in rules.ranges(sorted((u.item_id, u.lot_id, u.unit) for u in units)):
        db.session.add(
            Departure(
                item_id=item_id, lot_id=lot_id, first_unit=first, last_unit=last, kind=kind, happened_at=at,
                source=source, recorded_at=clock.now(), recorded_by_id=actor.user_id,
            )
        )  # fmt: skip
    db.session.flush()
    _changed(sorted({unit.lot_id for unit in units}))


def _changed(lot_ids: Sequence[int]) -> None:
    owners = db.session.scalars(select(Lot.organisation_id).where(Lot.id.in_(list(lot_ids))).distinct())
    for organisation_id in sorted(owners):
        for hook in codes_changed:
            hook(organisation_id=organisation_id)


def _covering(item_id: int, first: int, last: int) -> Sequence[Departure]:
    return db.session.scalars(
        select(Departure).where(
            Departure.item_id == item_id, Departure.first_unit <= last, Departure.last_unit >= first,
            Departure.undone_at.is_(None),
        )
    ).all()  # fmt: skip


def _inside(rows: Sequence[Departure], kind: str, first: int, last: int) -> int:
    return sum(min(row.last_unit, last) - max(row.first_unit, first) + 1 for row in rows if row.kind == kind)
