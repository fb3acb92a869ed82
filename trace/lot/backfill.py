"""Tell the events room of lots that were made before it was there.  Idempotent; never commits.

A step whose lot is already named by an event of the step is passed over.  Backfilled events have the noon of the step's day as
their time, so that telling them again gives the same event id (the hash of the event, CBV 2.0) and stores nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlalchemy import select

from core import clock
from core.account.actor import SYSTEM
from core.db import db
from trace.event import service as events
from trace.event.steps import Amount, Document, Goods, Harvest, Transformed
from trace.lot import queries, telling
from trace.lot.models import Deed, Edge, Loss, Lot
from trace.season.models import Season

STEPS = {"receive": "harvest", "pack": "pack", "repack": "pack", "grade": "grade", "split": "split", "merge": "merge"}
LOSSES = ("loss", "sample", "destroy")


@dataclass
class Done:
    """How many events were written by step, and how many steps were told already."""

    written: dict[str, int] = field(default_factory=dict)
    known: int = 0

    def add(self, step: str) -> None:
        self.written[step] = self.written.get(step, 0) + 1


def lot_ids(after: int = 0, most: int = 200) -> list[int]:
    """Row ids of whole lots that stand, in order; parts at other organisations are told by their shipment."""
    query = select(Lot.id).where(Lot.id > after, Lot.root_id.is_(None), Lot.state != "cancelled")
    return list(db.session.scalars(query.order_by(Lot.id).limit(most)))


def tell(ids: Sequence[int]) -> Done:
    """Afterwards the making and the losses of these lots are events, those of sealed lots with their public part open."""
    done = Done()
    lots = list(db.session.scalars(select(Lot).where(Lot.id.in_(ids)).order_by(Lot.id)))
    for lot in lots:
        _tell_made(lot, done)
        for loss in _losses(lot):
            _tell_loss(lot, loss, done)
        if lot.state in ("sealed", "held", "withdrawn"):
            telling.sealed(lot)
    return done


def _tell_made(lot: Lot, done: Done) -> None:
    edges = db.session.scalars(select(Edge).where(Edge.to_lot_id == lot.id).order_by(Edge.id)).all()
    step = STEPS.get(edges[0].kind) if edges else None
    if step is None:
        return
    if events.is_told(step, queries.lot_by_id(lot.id).uri, lot.organisation_id):
        done.known += 1
        return
    deed = db.session.get(Deed, edges[0].deed_id) if edges[0].deed_id else None
    facts = _harvest(lot, edges, deed) if step == "harvest" else _transformed(lot, edges, deed)
    events.record_step(step, facts, lot.organisation_id, SYSTEM)
    done.add(step)


def _harvest(lot: Lot, edges: Sequence[Edge], deed: Deed | None) -> Harvest:
    days = [edge.harvested_on for edge in edges if edge.harvested_on is not None]
    known = select(Season.public_id).where(Season.id.in_([edge.season_id for edge in edges if edge.season_id]))
    seasons = sorted(f"{events.host()}/season/{public_id}" for public_id in db.session.scalars(known))
    return Harvest(
        host=events.host(), at=_noon(lot.made_on), read_point=telling.where(lot.place_id, lot.organisation_id),
        amounts=(telling.amount(queries.lot_by_id(lot.id)),), lot_no=lot.lot_no, first_day=min(days), last_day=max(days),
        seasons=tuple(seasons), documents=_documents(deed),
    )  # fmt: skip


def _transformed(lot: Lot, edges: Sequence[Edge], deed: Deed | None) -> Transformed:
    """All lots of one deed are one event, as they were one step; without a deed each lot is its own."""
    made = [lot]
    if deed is not None:
        query = select(Lot).where(Lot.deed_id == deed.id, Lot.state != "cancelled", Lot.root_id.is_(None))
        made = list(db.session.scalars(query.order_by(Lot.id))) or made
        edges = db.session.scalars(select(Edge).where(Edge.deed_id == deed.id).order_by(Edge.id)).all()
    grams: dict[int, int] = {}
    for edge in edges:
        if edge.from_lot_id is not None:
            grams[edge.from_lot_id] = grams.get(edge.from_lot_id, 0) + edge.mass_g
    waste = _waste(deed)
    for lot_id, mass_g in waste.items():
        grams[lot_id] = grams.get(lot_id, 0) + mass_g
    views = queries.lots_by_id([*grams, *(one.id for one in made)])
    lost = sum(one.packing_loss_g for one in made) + sum(waste.values())
    return Transformed(
        host=events.host(), at=_noon(lot.made_on), read_point=telling.where(made[0].place_id, lot.organisation_id),
        inputs=tuple(Amount(views[source].uri, grams=mass_g) for source, mass_g in sorted(grams.items())),
        outputs=tuple(telling.amount(views[one.id]) for one in made), loss_grams=lost or None, documents=_documents(deed),
    )  # fmt: skip


def _waste(deed: Deed | None) -> dict[int, int]:
    """What was sorted out in the same step, by lot."""
    if deed is None:
        return {}
    rows = db.session.execute(select(Loss.lot_id, Loss.mass_g).where(Loss.deed_id == deed.id, Loss.kind == "waste"))
    return {row.lot_id: row.mass_g for row in rows}


def _losses(lot: Lot) -> Iterator[Loss]:
    """Losses that stand: neither an answer to a wrong one nor answered."""
    rows = db.session.scalars(select(Loss).where(Loss.lot_id == lot.id).order_by(Loss.id)).all()
    answered = {row.reverses_id for row in rows}
    yield from (row for row in rows if row.kind in LOSSES and row.reverses_id is None and row.id not in answered)


def _tell_loss(lot: Lot, loss: Loss, done: Done) -> None:
    deed = db.session.get(Deed, loss.deed_id) if loss.deed_id else None
    if deed is not None and events.is_documented("own:deed", telling.deed_address(deed), lot.organisation_id):
        done.known += 1
        return
    step = "waste" if loss.kind == "loss" else loss.kind
    facts = Goods(
        host=events.host(), at=_noon(loss.lost_on), read_point=telling.where(lot.place_id, lot.organisation_id),
        amounts=(telling.amount(queries.lot_by_id(lot.id), grams=loss.mass_g),), documents=_documents(deed),
    )  # fmt: skip
    if events.record_step_once(step, facts, lot.organisation_id, SYSTEM):
        done.add(step)
    else:
        done.known += 1


def _documents(deed: Deed | None) -> tuple[Document, ...]:
    return (Document("own:deed", telling.deed_address(deed)),) if deed is not None else ()


def _noon(on: date) -> datetime:
    return datetime.combine(on, time(12), tzinfo=clock.SHANGHAI)
