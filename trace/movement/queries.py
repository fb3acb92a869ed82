"""Reads of shipments: both parties see them, nobody else; set-based for upper rooms."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import NotFound
from core.organisation import queries as organisations
from core.organisation.queries import OrganisationView
from trace.lot.models import Outside
from trace.lot.offers import Offer
from trace.lot.rules import kg
from trace.lot.subject import party
from trace.movement.models import Shipment, ShipmentLine


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of a shipment; the four parts are None while it is on the way."""

    shipment_id: int
    number: str
    state: str
    sender_id: int
    receiver_id: int
    sent_at: datetime
    received_at: datetime | None
    lot_id: int
    part_lot_id: int | None
    mass_g: int
    taken_g: int | None
    damaged_g: int | None
    short_g: int | None
    refused_g: int | None


def load(public_id: uuid.UUID, actor: Actor) -> Shipment:
    """The shipment, if the actor's organisation sent it or is to receive it; NotFound otherwise."""
    row = db.session.scalar(select(Shipment).where(Shipment.public_id == public_id))
    ours = row is not None and actor.organisation_id in (row.organisation_id, row.receiver_id)
    if row is None or not (ours or actor.is_system):
        raise NotFound("没有找到这张发货单。", help="请从列表重新进入。")
    return row


def sent(public_id: uuid.UUID, actor: Actor) -> Shipment:
    """The shipment, if the actor's organisation sent it; NotFound also for the receiver, who cannot call it back."""
    row = load(public_id, actor)
    require_sender(row, actor.organisation_id)
    return row


def received(public_id: uuid.UUID, actor: Actor) -> Shipment:
    """The shipment, if it is addressed to the actor's organisation; NotFound also for the sender."""
    row = load(public_id, actor)
    require_receiver(row, actor.organisation_id)
    return row


def require_sender(shipment: Shipment, organisation_id: int | None) -> None:
    """NotFound unless the organisation sent it."""
    if organisation_id != shipment.organisation_id:
        raise NotFound("没有找到这张发货单。", help="撤销发货由发货单位办理。")


def require_receiver(shipment: Shipment, organisation_id: int | None) -> None:
    """NotFound unless it is addressed to the organisation."""
    if organisation_id != shipment.receiver_id:
        raise NotFound("没有找到这张发货单。", help="收货和冲正收货由收货单位办理。")


def table_of(organisation_id: int, side: str = "") -> Any:
    """The rows of the shipments page: all, those sent, or those to receive."""
    other, _ = organisations.name_of(Shipment.receiver_id)
    sender, _ = organisations.name_of(Shipment.organisation_id)
    query = select(
        Shipment.id, Shipment.public_id, Shipment.number, Shipment.sent_on, Shipment.state, Shipment.organisation_id,
        Shipment.vehicle, Shipment.waybill_no, other.label("receiver"), sender.label("sender"),
    ).order_by(Shipment.sent_on.desc(), Shipment.id.desc())  # fmt: skip
    if side == "sent":
        return query.where(Shipment.organisation_id == organisation_id)
    if side == "to_receive":
        return query.where(Shipment.receiver_id == organisation_id)
    return query.where(or_(Shipment.organisation_id == organisation_id, Shipment.receiver_id == organisation_id))


def waiting(organisation_id: int) -> int:
    """How many shipments are on the way to the organisation."""
    rows = select(Shipment.id).where(Shipment.receiver_id == organisation_id, Shipment.state == "in_transit")
    return len(db.session.scalars(rows).all())


def shipments_of_lots(lot_ids: Iterable[int]) -> list[LineView]:
    """Every line that sent one of the lots or made one of them, oldest first; voided shipments are left out."""
    wanted = list(lot_ids)
    if not wanted:
        return []
    rows = db.session.execute(
        select(
            Shipment.id, Shipment.number, Shipment.state, Shipment.organisation_id, Shipment.receiver_id,
            Shipment.sent_at, Shipment.received_at, ShipmentLine.lot_id, ShipmentLine.part_lot_id, ShipmentLine.mass_g,
            ShipmentLine.taken_g, ShipmentLine.damaged_g, ShipmentLine.short_g, ShipmentLine.refused_g,
        )
        .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
        .where(or_(ShipmentLine.lot_id.in_(wanted), ShipmentLine.part_lot_id.in_(wanted)), Shipment.state != "void")
        .order_by(Shipment.sent_at, ShipmentLine.id)
    )  # fmt: skip
    return [LineView(*tuple(row)) for row in rows]


@dataclass(frozen=True, slots=True)
class OutsideView:
    """A declared source that is not on the platform."""

    id: int
    organisation_id: int
    supplier: str
    supplier_code: str
    origin: str
    document_no: str
    certificate_no: str
    received_on: date
    mass_g: int
    file_id: int


def outside_by_id(ids: Iterable[int]) -> dict[int, OutsideView]:
    """Declared sources by row id, once for a whole screen (scope is the caller's)."""
    rows = db.session.scalars(select(Outside).where(Outside.id.in_(list(ids))))
    return {
        r.id: OutsideView(
            r.id, r.organisation_id, r.supplier, r.supplier_code, r.origin, r.document_no, r.certificate_no,
            r.received_on, r.mass_g, r.file_id,
        )
        for r in rows
    }  # fmt: skip


def offers(lot_id: int) -> list[Offer]:
    """Each shipment of the lot that was answered, as an addendum may state it; growers stay nameless."""
    lines = [line for line in shipments_of_lots([lot_id]) if line.lot_id == lot_id and line.taken_g is not None]
    names = organisations.views([line.receiver_id for line in lines])
    return [_offer(line, names[line.receiver_id]) for line in lines]


def _offer(line: LineView, receiver: OrganisationView) -> Offer:
    at = line.received_at or line.sent_at
    parts = [("破损", line.damaged_g), ("途中短少", line.short_g), ("拒收", line.refused_g)]
    told = "，".join(f"{word} {kg(grams)} kg" for word, grams in parts if grams)
    rest = f"，{told}" if told else "，数量相符"
    day = clock.local(at)
    sentence = (
        f"发货单 {line.number} 发往{receiver.public_name} {kg(line.mass_g)} kg，{day:%Y}年{day.month}月{day.day}日收货，"
        f"收下 {kg(line.taken_g or 0)} kg{rest}。"
    )
    fact = {
        "type": "Shipment", "number": line.number, "on": f"{clock.local(line.sent_at):%Y-%m-%d}",
        "receivedOn": f"{day:%Y-%m-%d}", "receiver": party(receiver), "massGrams": line.mass_g,
        "takenGrams": line.taken_g or 0, "damagedGrams": line.damaged_g or 0, "shortGrams": line.short_g or 0,
        "refusedGrams": line.refused_g or 0,
    }  # fmt: skip
    return Offer(f"shipment:{line.number}", sentence, fact)
