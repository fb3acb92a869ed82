"""Tell the events room what was sent, received and voided (EPCIS ObjectEvent shipping, receiving, void_shipping)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core.account.actor import Actor
from core.db import db
from trace.event import service as events
from trace.event.steps import Amount, Document, Moved
from trace.lot import queries as lots
from trace.lot.models import Deed
from trace.lot.telling import happened_at, organisation_uri, where
from trace.movement.models import Shipment, ShipmentLine


def _moved(
    shipment: Shipment, deed_id: int, on: date, place: str, parts: Sequence[tuple[int, int]], *, short: bool = False
) -> Moved:
    """The facts of one move; ``parts`` = (lot id, grams)."""
    views = lots.lots_by_id(lot_id for lot_id, _ in parts)
    sender, receiver = organisation_uri(shipment.organisation_id), organisation_uri(shipment.receiver_id)
    deed = db.session.get_one(Deed, deed_id)
    return Moved(
        host=events.host(), at=happened_at(on), read_point=place,
        amounts=tuple(Amount(views[lot_id].uri, grams=grams) for lot_id, grams in parts if grams),
        documents=(
            Document("desadv", f"{events.host()}/shipment/{shipment.public_id}"),
            Document("own:deed", f"{events.host()}/deed/{deed.public_id}"),
        ),
        owner=(sender, receiver), holder=(sender, receiver), short=short,
    )  # fmt: skip


def sent(shipment: Shipment, lines: Sequence[tuple[int, int]], actor: Actor) -> None:
    """Afterwards the goods on the way are an event of the sender; vehicle and note stay out of it."""
    place = where(shipment.from_place_id, shipment.organisation_id)
    facts = _moved(shipment, shipment.send_deed_id, shipment.sent_on, place, lines)
    events.record_step("ship", facts, shipment.organisation_id, actor)


def voided(shipment: Shipment, lines: Sequence[ShipmentLine], actor: Actor, on: date) -> None:
    """Afterwards it is an event that the goods never left."""
    place = where(shipment.from_place_id, shipment.organisation_id)
    parts = [(line.lot_id, line.mass_g) for line in lines]
    facts = _moved(shipment, shipment.send_deed_id, on, place, parts)
    events.record_step("void_ship", facts, shipment.organisation_id, actor)


def received(shipment: Shipment, lines: Sequence[ShipmentLine], actor: Actor, on: date) -> None:
    """Afterwards what arrived is an event of the receiver, marked where grams were missing."""
    arrived = [(line.lot_id, (line.taken_g or 0) + (line.damaged_g or 0)) for line in lines]
    if not any(grams for _, grams in arrived) or shipment.receive_deed_id is None:
        return
    place = where(shipment.to_place_id, shipment.receiver_id)
    short = any(line.short_g for line in lines)
    facts = _moved(shipment, shipment.receive_deed_id, on, place, arrived, short=short)
    events.record_step("receive", facts, shipment.receiver_id, actor)
