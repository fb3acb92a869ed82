"""Lot, edge, loss.  Edges and losses are never changed (trigger); a cancelled lot's edges no longer count."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column
from trace.lot.rules import LOT


class Lot(PublicId, Timestamps, Model):
    """A quantity of one trade item under one lot number.

    ``mass_g`` = pieces × net content, or grams; ``used_g`` went into later lots; ``lost_g`` was written off since.
    The CHECK keeps the remainder from ever being negative, whoever packs at the same time.
    """

    __tablename__ = "trace_lot_lot"
    __table_args__ = (
        UniqueConstraint("item_id", "lot_no"),
        CheckConstraint("lot_no ~ '^[0-9A-Z-]{1,20}$'", name="lot_no_shape"),
        CheckConstraint("unit in ('gram','piece')", name="unit"),
        CheckConstraint("(unit = 'piece') = (pieces is not null)", name="pieces_counted"),
        CheckConstraint("pieces > 0", name="pieces"),
        CheckConstraint("mass_g > 0", name="mass"),
        CheckConstraint("used_g >= 0 and lost_g >= 0 and used_g + lost_g <= mass_g", name="balance"),
        CheckConstraint("packing_loss_g >= 0", name="packing_loss"),
        CheckConstraint("best_before is null or best_before > made_on", name="best_before"),
        CheckConstraint("brix between 0 and 60", name="brix"),
        Index("ix_trace_lot_lot_organisation", "organisation_id", "made_on"),
        state_check(LOT),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("trace_item_item.id"))
    lot_no: Mapped[str]
    producer_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    holder_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    sealer_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    unit: Mapped[str]
    pieces: Mapped[int | None]
    mass_g: Mapped[int]
    packing_loss_g: Mapped[int] = mapped_column(default=0)
    used_g: Mapped[int] = mapped_column(default=0)
    lost_g: Mapped[int] = mapped_column(default=0)
    made_on: Mapped[date]
    place_id: Mapped[int | None] = mapped_column(ForeignKey("core_place_place.id"))
    storage_method: Mapped[str] = mapped_column(default="")
    best_before: Mapped[date | None]
    brix: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    state: Mapped[str] = state_column(LOT)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def remainder_g(self) -> int:
        """Grams still there."""
        return self.mass_g - self.used_g - self.lost_g


class Edge(Model):
    """From a season (one harvest day) or a lot to a lot, with grams."""

    __tablename__ = "trace_lot_edge"
    __table_args__ = (
        CheckConstraint("(season_id is null) <> (from_lot_id is null)", name="one_source"),
        CheckConstraint("from_lot_id <> to_lot_id", name="not_itself"),
        CheckConstraint("mass_g > 0", name="mass"),
        CheckConstraint("(season_id is null) = (harvested_on is null)", name="harvest_day"),
        UniqueConstraint("to_lot_id", "from_lot_id"),
        UniqueConstraint("to_lot_id", "season_id", "harvested_on"),
        Index("ix_trace_lot_edge_season", "season_id", "harvested_on"),
        Index("ix_trace_lot_edge_from", "from_lot_id"),
    )

    season_id: Mapped[int | None] = mapped_column(ForeignKey("trace_season_season.id"))
    harvested_on: Mapped[date | None]
    from_lot_id: Mapped[int | None] = mapped_column(ForeignKey("trace_lot_lot.id"))
    to_lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"))
    mass_g: Mapped[int]
    made_at: Mapped[datetime]


class Loss(Model):
    """Grams written off a lot after it was made: rot, shrinkage, samples."""

    __tablename__ = "trace_lot_loss"
    __table_args__ = (CheckConstraint("mass_g > 0", name="mass"), CheckConstraint("reason <> ''", name="reason"))

    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"), index=True)
    mass_g: Mapped[int]
    lost_on: Mapped[date]
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
