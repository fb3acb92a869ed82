"""Recall, its lots, whom it reaches, where every gram is.  Recoveries are reversed, never changed (trigger)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column
from trace.recall.rules import RECALL


class Recall(PublicId, Timestamps, Model):
    """One recall of one enterprise's lots; what the public reads stands here, who decided stands in the history."""

    __tablename__ = "trace_recall_recall"
    __table_args__ = (
        state_check(RECALL),
        CheckConstraint("level in ('one','two','three')", name="level"),
        CheckConstraint("(state in ('running','reported','closed')) = (began_at is not null)", name="began"),
        CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed"),
        CheckConstraint("began_at is null or due_on is not null", name="due"),
        Index("ix_trace_recall_recall_organisation", "organisation_id", "id"),
    )

    recall_no: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    ordered_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    level: Mapped[str]
    reason: Mapped[str]
    action: Mapped[str]
    refund: Mapped[str]
    phone: Mapped[str]
    due_on: Mapped[date | None]
    began_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    summary: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = state_column(RECALL)
    version: Mapped[int] = version_column()


class RecallLot(Model):
    """A lot in scope: named by somebody (depth 0), or holding fruit of a named one.  Masses as the recall began."""

    __tablename__ = "trace_recall_lot"
    __table_args__ = (
        UniqueConstraint("recall_id", "lot_id"),
        CheckConstraint("mass_g >= 0 and gone_g >= 0", name="mass"),
        Index("ix_trace_recall_lot_lot", "lot_id"),
    )

    recall_id: Mapped[int] = mapped_column(ForeignKey("trace_recall_recall.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"))
    depth: Mapped[int]
    mass_g: Mapped[int] = mapped_column(default=0)
    gone_g: Mapped[int] = mapped_column(default=0)
    held_at: Mapped[datetime | None]


class Party(PublicId, Model):
    """Somebody a lot in scope went to, and what became of telling them."""

    __tablename__ = "trace_recall_party"
    __table_args__ = (
        UniqueConstraint("recall_id", "key"),
        CheckConstraint("told_at is null or channel is not null", name="told"),
        CheckConstraint("channel in ('','sms','inbox','manual')", name="channel"),
        CheckConstraint("channel is distinct from '' or note <> '' or told_at is null", name="unreachable_reason"),
        Index("ix_trace_recall_party_waiting", "recall_id", "id", postgresql_where="tried_at is null"),
    )

    recall_id: Mapped[int] = mapped_column(ForeignKey("trace_recall_recall.id"))
    key: Mapped[str]
    kind: Mapped[str]
    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"))
    title: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    mass_g: Mapped[int]
    pieces: Mapped[int | None]
    went_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    channel: Mapped[str | None]


class Recovery(PublicId, Model):
    """Where grams of a lot are now, as somebody wrote it down; ``reverses_id`` takes an earlier line back."""

    __tablename__ = "trace_recall_recovery"
    __table_args__ = (
        CheckConstraint("kind in ('kept','returned','destroyed','consumed')", name="kind"),
        CheckConstraint("mass_g > 0", name="mass"),
        CheckConstraint("note <> ''", name="note"),
        Index("ix_trace_recall_recovery_recall", "recall_id", "lot_id"),
    )

    recall_id: Mapped[int] = mapped_column(ForeignKey("trace_recall_recall.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"))
    kind: Mapped[str]
    mass_g: Mapped[int]
    on: Mapped[date]
    note: Mapped[str]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("trace_recall_recovery.id"), unique=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
