"""Budget batches, claims with their invoices, and the retention of a project."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from admin.fund.rules import CLAIM
from admin.fund.rules_retention import RETENTION
from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column


class Batch(PublicId, Model):
    """One 预算下达 with its document; the amount itself is posted as E1."""

    __tablename__ = "admin_fund_batch"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount"),)

    doc_no: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    amount_fen: Mapped[int]
    issued_on: Mapped[date]
    recorded_at: Mapped[datetime]


class Claim(PublicId, Timestamps, Model):
    """One request for the money of one stage.  ``paid`` is a state; what was paid is a ledger entry."""

    __tablename__ = "admin_fund_claim"
    __table_args__ = (
        state_check(CLAIM),
        CheckConstraint("gross_fen > 0", name="amount"),
        CheckConstraint("(state = 'frozen') = (frozen_from <> '')", name="frozen"),
        Index("uq_admin_fund_claim_live", "stage_id", unique=True, postgresql_where="state <> 'returned'"),
    )

    claim_no: Mapped[str] = mapped_column(unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("admin_project_project.id"), index=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("admin_project_stage.id"))
    gross_fen: Mapped[int]
    progress: Mapped[str] = mapped_column(default="")
    inspection_no: Mapped[str] = mapped_column(default="")
    advice_no: Mapped[str] = mapped_column(default="")
    bank_ref: Mapped[str] = mapped_column(default="")
    paid_on: Mapped[date | None] = mapped_column(default=None)
    received_on: Mapped[date | None] = mapped_column(default=None)
    frozen_from: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = state_column(CLAIM)
    version: Mapped[int] = version_column()


class Invoice(Model):
    """One invoice behind a claim; its number is used once in the whole county (R15) until a refused claim releases it."""

    __tablename__ = "admin_fund_invoice"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        Index("uq_admin_fund_invoice_live", "invoice_no", unique=True, postgresql_where="released_at is null"),
    )

    claim_id: Mapped[int] = mapped_column(ForeignKey("admin_fund_claim.id"), index=True)
    invoice_no: Mapped[str]
    amount_fen: Mapped[int]
    released_at: Mapped[datetime | None] = mapped_column(default=None)
    line_id: Mapped[int] = mapped_column(ForeignKey("admin_project_line.id"))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"), default=None)


class Retention(Timestamps, Model):
    """The 10 % of one project, kept until the final acceptance (F§7)."""

    __tablename__ = "admin_fund_retention"
    __table_args__ = (state_check(RETENTION),)

    project_id: Mapped[int] = mapped_column(ForeignKey("admin_project_project.id"), unique=True)
    bank_ref: Mapped[str] = mapped_column(default="")
    paid_on: Mapped[date | None] = mapped_column(default=None)
    state: Mapped[str] = state_column(RETENTION)
    version: Mapped[int] = version_column()
