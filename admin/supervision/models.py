"""Inspections and findings."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from admin.supervision.rules import FINDING, INSPECTION
from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column


class Inspection(PublicId, Timestamps, Model):
    """One monthly, quarterly or spot inspection of a project with its three-part checklist."""

    __tablename__ = "admin_supervision_inspection"
    __table_args__ = (
        state_check(INSPECTION),
        CheckConstraint("kind in ('month','quarter','spot')", name="kind"),
        Index(
            "uq_admin_supervision_inspection_slot", "project_id", "kind", "period_start", unique=True,
            postgresql_where="kind <> 'spot'",
        ),
    )  # fmt: skip

    inspection_no: Mapped[str] = mapped_column(unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("admin_project_project.id"), index=True)
    kind: Mapped[str]
    period_start: Mapped[date]
    methods: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    answers: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    second_organ: Mapped[str] = mapped_column(default="")
    inspected_on: Mapped[date | None] = mapped_column(default=None)
    inspector_key: Mapped[str] = mapped_column(default="")
    finding_text: Mapped[str] = mapped_column(default="")
    severity: Mapped[str] = mapped_column(default="")
    statement: Mapped[str] = mapped_column(default="")
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"), default=None)
    state: Mapped[str] = state_column(INSPECTION)
    version: Mapped[int] = version_column()


class Finding(PublicId, Timestamps, Model):
    """A confirmed problem: while it is not closed, no payment is advised (R17)."""

    __tablename__ = "admin_supervision_finding"
    __table_args__ = (state_check(FINDING),)

    finding_no: Mapped[str] = mapped_column(unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("admin_project_project.id"), index=True)
    inspection_id: Mapped[int | None] = mapped_column(ForeignKey("admin_supervision_inspection.id"), default=None)
    text: Mapped[str]
    severity: Mapped[str] = mapped_column(default="")
    inspector_key: Mapped[str] = mapped_column(default="")
    doc_no1: Mapped[str] = mapped_column(default="")
    due1_on: Mapped[date | None] = mapped_column(default=None)
    delivered1_on: Mapped[date | None] = mapped_column(default=None)
    doc_no2: Mapped[str] = mapped_column(default="")
    due2_on: Mapped[date | None] = mapped_column(default=None)
    delivered2_on: Mapped[date | None] = mapped_column(default=None)
    evidence: Mapped[str] = mapped_column(default="")
    evidence_file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"), default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[str] = state_column(FINDING)
    version: Mapped[int] = version_column()
