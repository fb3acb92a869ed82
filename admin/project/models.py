"""Projects, their lines, stages, contract, reports and evidence; governing documents."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from admin.project.rules import CONTRACT, PROJECT
from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column


class Policy(Timestamps, Model):
    """A governing document (plan, fund measures) with its publicity and filings (R01)."""

    __tablename__ = "admin_project_policy"

    key: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    publicity_start_on: Mapped[date]
    publicity_end_on: Mapped[date]
    city_filing_no: Mapped[str] = mapped_column(default="")
    province_filing_no: Mapped[str] = mapped_column(default="")


class Project(PublicId, Timestamps, Model):
    """One project of one undertaker; money figures other than the award come from the ledger."""

    __tablename__ = "admin_project_project"
    __table_args__ = (
        state_check(PROJECT),
        CheckConstraint("award_fen > 0 and own_fen >= 0", name="amounts"),
    )

    project_no: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    content: Mapped[str]
    performance_target: Mapped[str]
    responsible_post: Mapped[str]
    undertaker_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    selection_doc_no: Mapped[str] = mapped_column(default="")
    selection_procedure: Mapped[str] = mapped_column(default="")
    completion_on: Mapped[date]
    award_fen: Mapped[int]
    own_fen: Mapped[int]
    budget_reviewed_at: Mapped[datetime | None] = mapped_column(default=None)
    budget_reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None)
    state: Mapped[str] = state_column(PROJECT)
    version: Mapped[int] = version_column()


class Line(Model):
    """One approved 建设内容 line: every expense must map to one (R11)."""

    __tablename__ = "admin_project_line"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("admin_project_project.id"), index=True)
    category: Mapped[str]
    name: Mapped[str]
    amount_fen: Mapped[int]


class Stage(PublicId, Model):
    """One stage with its share of the award; ``passed_on`` is set by its acceptance."""

    __tablename__ = "admin_project_stage"
    __table_args__ = (UniqueConstraint("project_id", "number"), CheckConstraint("award_fen > 0", name="amount"))

    project_id: Mapped[int] = mapped_column(ForeignKey("admin_project_project.id"), index=True)
    number: Mapped[int]
    name: Mapped[str]
    award_fen: Mapped[int]
    completion_on: Mapped[date]
    passed_on: Mapped[date | None] = mapped_column(default=None)


class Contract(PublicId, Timestamps, Model):
    """The contract of a project."""

    __tablename__ = "admin_project_contract"
    __table_args__ = (state_check(CONTRACT), CheckConstraint("total_fen > 0", name="amount"))

    project_id: Mapped[int] = mapped_column(ForeignKey("admin_project_project.id"), unique=True)
    contract_no: Mapped[str] = mapped_column(unique=True)
    total_fen: Mapped[int]
    operation_clause: Mapped[bool]
    due_on: Mapped[date | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"), default=None)
    undertaker_signed_at: Mapped[datetime | None] = mapped_column(default=None)
    undertaker_signed_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None)
    state: Mapped[str] = state_column(CONTRACT)
    version: Mapped[int] = version_column()


class Report(PublicId, Model):
    """The undertaker's written progress report of one month (R51)."""

    __tablename__ = "admin_project_report"
    __table_args__ = (
        UniqueConstraint("project_id", "month", name="uq_admin_project_report_month"),
        CheckConstraint("progress_percent between 0 and 100", name="percent"),
        CheckConstraint("extract(day from month) = 1", name="month_first"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("admin_project_project.id"), index=True)
    month: Mapped[date]
    progress_percent: Mapped[int]
    progress: Mapped[str]
    fund_use: Mapped[str]
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    days_late: Mapped[int]


class Evidence(PublicId, Model):
    """One piece of evidence of a project or of one of its stages."""

    __tablename__ = "admin_project_evidence"
    __table_args__ = (Index("ix_admin_project_evidence_kind", "project_id", "kind"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("admin_project_project.id"))
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("admin_project_stage.id"), default=None)
    kind: Mapped[str]
    title: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"), default=None)
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
