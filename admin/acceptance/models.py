"""Acceptance cases and their groups."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from admin.acceptance.rules import CASE
from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column


class Case(PublicId, Timestamps, Model):
    """One application for acceptance: of a stage, or the final one (``stage_id`` empty)."""

    __tablename__ = "admin_acceptance_case"
    __table_args__ = (
        state_check(CASE),
        CheckConstraint("kind in ('stage','final')", name="kind"),
        CheckConstraint("(kind = 'stage') = (stage_id is not null)", name="stage"),
        Index(
            "uq_admin_acceptance_case_live", "project_id", "kind", "stage_id", unique=True,
            postgresql_where="state not in ('returned','failed','overdue')", postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip

    case_no: Mapped[str] = mapped_column(unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("admin_project_project.id"), index=True)
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("admin_project_stage.id"), default=None)
    kind: Mapped[str]
    criteria: Mapped[str]
    applied_at: Mapped[datetime | None] = mapped_column(default=None)
    meeting_on: Mapped[date | None] = mapped_column(default=None)
    place: Mapped[str] = mapped_column(default="")
    opinion: Mapped[str] = mapped_column(default="")
    fix_due_on: Mapped[date | None] = mapped_column(default=None)
    fix_text: Mapped[str] = mapped_column(default="")
    round: Mapped[int] = mapped_column(default=1)
    city_filing_no: Mapped[str] = mapped_column(default="")
    province_filing_no: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = state_column(CASE)
    version: Mapped[int] = version_column()


class Member(Model):
    """One person of the group: unit, declaration of no conflict, score and vote given on an own login."""

    __tablename__ = "admin_acceptance_member"
    __table_args__ = (
        UniqueConstraint("case_id", "user_id", name="uq_admin_acceptance_member_person"),
        CheckConstraint("score is null or score between 0 and 100", name="score"),
        CheckConstraint("(scored_at is null) = (approves is null)", name="vote"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("admin_acceptance_case.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("core_account_user.id"))
    unit: Mapped[str]
    chair: Mapped[bool] = mapped_column(default=False)
    declared_at: Mapped[datetime | None] = mapped_column(default=None)
    score: Mapped[int | None] = mapped_column(default=None)
    approves: Mapped[bool | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="")
    scored_at: Mapped[datetime | None] = mapped_column(default=None)
