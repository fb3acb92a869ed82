"""Deed, lot, edge, loss, measure, outside source.

Deeds, edges, losses and measures are never changed (trigger); a cancelled lot's edges no longer count.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column
from trace.lot.rules import DEEDS, LOSSES, LOT


def _listed(words: Iterable[str]) -> str:
    return ",".join(f"'{word}'" for word in words)


class Deed(PublicId, Model):
    """One operation on lots: everything it made and took away names it.  A wrong one is answered by a reversal."""

    __tablename__ = "trace_lot_deed"
    __table_args__ = (
        CheckConstraint(f"kind in ({_listed(DEEDS)})", name="kind"),
        CheckConstraint("(kind = 'reversal') = (reverses_id is not null)", name="reversal"),
        CheckConstraint("kind <> 'reversal' or reason <> ''", name="reason"),
        Index("ix_trace_lot_deed_organisation", "organisation_id", "done_on"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    kind: Mapped[str]
    done_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("trace_lot_deed.id"), unique=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class Outside(PublicId, Model):
    """Fruit bought from a supplier that is not on the platform, as the buyer declares it, with a picture of the paper.

    ``supplier`` is a firm; of a natural person only 个体农户 and the village stand here.
    """

    __tablename__ = "trace_lot_outside"
    __table_args__ = (
        CheckConstraint("mass_g > 0", name="mass"),
        CheckConstraint("supplier <> '' and origin <> ''", name="declared"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    supplier: Mapped[str]
    supplier_code: Mapped[str] = mapped_column(default="")
    origin: Mapped[str]
    document_no: Mapped[str] = mapped_column(default="")
    certificate_no: Mapped[str] = mapped_column(default="")
    received_on: Mapped[date]
    mass_g: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("core_file_file.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class Lot(PublicId, Timestamps, Model):
    """A quantity of one trade item under one lot number.

    ``root_id`` is set on the part of a lot that another organisation took over: same item, same number, other books.
    ``deed_id`` is the operation that made the lot; ``grade_version_id`` and ``grade_key`` say what it was graded as.

    ``mass_g`` = pieces × net content, or grams; ``used_g`` went into later lots; ``lost_g`` was written off since.
    The CHECK keeps the remainder from ever being negative, whoever packs at the same time.
    """

    __tablename__ = "trace_lot_lot"
    __table_args__ = (
        Index(
            "uq_trace_lot_lot_item_id_lot_no",
            "item_id",
            "lot_no",
            unique=True,
            postgresql_where=text("root_id is null"),
        ),
        CheckConstraint("(grade_version_id is null) = (grade_key = '')", name="graded_whole"),
        CheckConstraint("root_id < id", name="part_after_root"),
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
    root_id: Mapped[int | None] = mapped_column(ForeignKey("trace_lot_lot.id"), index=True)
    deed_id: Mapped[int | None] = mapped_column(ForeignKey("trace_lot_deed.id"), index=True)
    grade_version_id: Mapped[int | None] = mapped_column(ForeignKey("trace_grade_version.id"))
    grade_key: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = state_column(LOT)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def remainder_g(self) -> int:
        """Grams still there."""
        return self.mass_g - self.used_g - self.lost_g


class Edge(Model):
    """From a season (one harvest day), a lot or an outside source to a lot, with grams and the deed that made it.

    An edge leads to a lot made later (CHECK on the ids, which rise), so no chain of edges can come back to itself.
    """

    __tablename__ = "trace_lot_edge"
    __table_args__ = (
        CheckConstraint("num_nonnulls(season_id, from_lot_id, outside_id) = 1", name="one_source"),
        CheckConstraint("from_lot_id < to_lot_id", name="made_later"),
        CheckConstraint(f"kind in ({_listed(DEEDS)})", name="kind"),
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
    outside_id: Mapped[int | None] = mapped_column(ForeignKey("trace_lot_outside.id"), unique=True)
    to_lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"))
    mass_g: Mapped[int]
    kind: Mapped[str]
    deed_id: Mapped[int | None] = mapped_column(ForeignKey("trace_lot_deed.id"), index=True)
    made_at: Mapped[datetime]


class Loss(Model):
    """Grams written off a lot after it was made: rot, shrinkage, samples, on the way; or the answer to a wrong one."""

    __tablename__ = "trace_lot_loss"
    __table_args__ = (
        CheckConstraint("mass_g > 0", name="mass"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint(f"kind in ({_listed(LOSSES)})", name="kind"),
    )

    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"), index=True)
    mass_g: Mapped[int]
    kind: Mapped[str]
    lost_on: Mapped[date]
    reason: Mapped[str]
    deed_id: Mapped[int | None] = mapped_column(ForeignKey("trace_lot_deed.id"), index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("trace_lot_loss.id"), unique=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class LotMeasure(Model):
    """A value measured on a lot (a sample of it); the latest of a measure holds, earlier ones stay."""

    __tablename__ = "trace_lot_measure"
    __table_args__ = (
        CheckConstraint("value >= 0", name="value"),
        Index("ix_trace_lot_measure_lot", "lot_id", "measure", "id"),
    )

    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"))
    measure: Mapped[str]
    value: Mapped[Decimal] = mapped_column(Numeric(12, 3))
    measured_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
