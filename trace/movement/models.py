"""Shipment and its lines.  What was sent never changes; what was received is written once."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column
from trace.movement.rules import SHIPMENT


class Shipment(PublicId, Timestamps, Model):
    """Goods of one sender on the way to one receiver."""

    __tablename__ = "trace_movement_shipment"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("receiver_id <> organisation_id", name="other_party"),
        Index("ix_trace_movement_shipment_sender", "organisation_id", "sent_on"),
        Index("ix_trace_movement_shipment_receiver", "receiver_id", "sent_on"),
        state_check(SHIPMENT),
    )

    number: Mapped[str]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    receiver_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    from_place_id: Mapped[int | None] = mapped_column(ForeignKey("core_place_place.id"))
    to_place_id: Mapped[int | None] = mapped_column(ForeignKey("core_place_place.id"))
    sent_on: Mapped[date]
    sent_at: Mapped[datetime]
    vehicle: Mapped[str] = mapped_column(default="")
    waybill_no: Mapped[str] = mapped_column(default="")
    document_no: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    received_on: Mapped[date | None]
    received_at: Mapped[datetime | None]
    received_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    send_deed_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_deed.id"), unique=True)
    receive_deed_id: Mapped[int | None] = mapped_column(ForeignKey("trace_lot_deed.id"), unique=True)
    state: Mapped[str] = state_column(SHIPMENT)
    version: Mapped[int] = version_column()


class ShipmentLine(Model):
    """Grams of one lot on the way; once received, every gram is taken over, damaged, short or refused."""

    __tablename__ = "trace_movement_line"
    __table_args__ = (
        UniqueConstraint("shipment_id", "lot_id"),
        CheckConstraint("mass_g > 0", name="mass"),
        CheckConstraint("taken_g >= 0 and damaged_g >= 0 and short_g >= 0 and refused_g >= 0", name="not_negative"),
        CheckConstraint("num_nulls(taken_g, damaged_g, short_g, refused_g) in (0, 4)", name="answered_whole"),
        CheckConstraint("taken_g + damaged_g + short_g + refused_g = mass_g", name="balance"),
        Index("ix_trace_movement_line_lot", "lot_id"),
    )

    shipment_id: Mapped[int] = mapped_column(ForeignKey("trace_movement_shipment.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"))
    mass_g: Mapped[int]
    taken_g: Mapped[int | None]
    damaged_g: Mapped[int | None]
    short_g: Mapped[int | None]
    refused_g: Mapped[int | None]
    remark: Mapped[str] = mapped_column(default="")
    part_lot_id: Mapped[int | None] = mapped_column(ForeignKey("trace_lot_lot.id"))
