"""Cartons and pallets with their identities, what is in them and when, what left the house.  Contents are intervals."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId

KINDS = {"carton": "箱", "pallet": "托盘"}


class Numbering(Model):
    """How an organisation numbers its logistic units: its GS1 company prefix where it has one, the next reference."""

    __tablename__ = "trace_aggregation_numbering"
    __table_args__ = (
        CheckConstraint("gs1_prefix ~ '^([0-9]{4,12})?$'", name="gs1_prefix"),
        CheckConstraint("next_reference >= 0", name="next_reference"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), unique=True)
    gs1_prefix: Mapped[str] = mapped_column(default="")
    next_reference: Mapped[int] = mapped_column(default=0)


class LogisticUnit(PublicId, Model):
    """A carton or pallet.  ``code`` = SSCC (18 digits), or the owner's own number where there is no GS1 prefix.

    Open until ``closed_at``; taken apart for good at ``dissolved_at``.  ``lot_id`` is set where only one lot may go in.
    """

    __tablename__ = "trace_aggregation_unit"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code"),
        CheckConstraint("kind in ('carton','pallet')", name="kind"),
        CheckConstraint("capacity between 1 and 10000", name="capacity"),
        CheckConstraint("code ~ '^([0-9]{18}|[A-Z][0-9]{10})$'", name="code"),
        CheckConstraint("(sscc is null) or (sscc = code)", name="sscc"),
        CheckConstraint("dissolved_at is null or closed_at is not null", name="dissolved_after_closed"),
        Index("ix_trace_aggregation_unit_organisation", "organisation_id", "made_at"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    kind: Mapped[str]
    code: Mapped[str]
    sscc: Mapped[str | None] = mapped_column(unique=True)
    uri: Mapped[str] = mapped_column(unique=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("trace_lot_lot.id"), default=None)
    capacity: Mapped[int]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    dissolved_at: Mapped[datetime | None] = mapped_column(default=None)
    shipped_at: Mapped[datetime | None] = mapped_column(default=None)
    shipped_to: Mapped[str] = mapped_column(default="")
    shipping_document: Mapped[str] = mapped_column(default="")


class Content(Model):
    """One thing in a logistic unit from ``valid_from`` to ``valid_to`` (open: still in it): a printed unit, or a carton.

    The database refuses two intervals of one thing that overlap (EXCLUDE in the migration): nothing is in two boxes.
    """

    __tablename__ = "trace_aggregation_content"
    __table_args__ = (
        CheckConstraint("(child_id is null) = (item_id is not null)", name="one_child"),
        CheckConstraint("(item_id is null) = (unit is null)", name="unit"),
        CheckConstraint("child_id <> parent_id", name="not_itself"),
        CheckConstraint("valid_to is null or valid_to > valid_from", name="interval"),
        Index("uq_trace_aggregation_content_open_unit", "item_id", "unit", unique=True, postgresql_where=text("valid_to is null and item_id is not null")),
        Index("uq_trace_aggregation_content_open_child", "child_id", unique=True, postgresql_where=text("valid_to is null and child_id is not null")),
        Index("ix_trace_aggregation_content_parent", "parent_id", "valid_to"),
        Index("ix_trace_aggregation_content_unit", "item_id", "unit"),
    )  # fmt: skip

    parent_id: Mapped[int] = mapped_column(ForeignKey("trace_aggregation_unit.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("trace_item_item.id"), default=None)
    unit: Mapped[int | None] = mapped_column(default=None)
    child_id: Mapped[int | None] = mapped_column(ForeignKey("trace_aggregation_unit.id"), default=None)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("trace_lot_lot.id"), default=None)
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None] = mapped_column(default=None)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None)
    removal_reason: Mapped[str] = mapped_column(default="")


class StationDeed(Model):
    """One scan of the packing station with its key and answer: the same key sent again gets the same answer."""

    __tablename__ = "trace_aggregation_deed"
    __table_args__ = (
        UniqueConstraint("organisation_id", "key"),
        CheckConstraint("verb in ('add','remove','close')", name="verb"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    key: Mapped[uuid.UUID]
    verb: Mapped[str]
    parent_id: Mapped[int] = mapped_column(ForeignKey("trace_aggregation_unit.id"), index=True)
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    done_at: Mapped[datetime]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
