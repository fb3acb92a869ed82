"""Proposed changes, and the dated values they led to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId, Timestamps
from core.policy.rules import CHANGE
from core.workflow.models import state_check, state_column, version_column


class Change(PublicId, Timestamps, Model):
    """A proposed value; of one key one proposal is open at a time."""

    __tablename__ = "core_policy_change"
    __table_args__ = (
        state_check(CHANGE),
        Index("uq_core_policy_change_open", "key", unique=True, postgresql_where=text("state in ('draft','proposed')")),
    )

    case_no: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str] = mapped_column(index=True)
    value: Mapped[str]
    valid_from: Mapped[date]
    reason: Mapped[str]
    document: Mapped[str]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"), default=None)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"), default=None)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None)
    state: Mapped[str] = state_column(CHANGE)
    version: Mapped[int] = version_column()


class DatedValue(Model):
    """A value and its first day, for good (trigger); approved before that day began (CHECK)."""

    __tablename__ = "core_policy_value"
    __table_args__ = (
        CheckConstraint("valid_from > approved_on", name="never_backwards"),
        Index("ix_core_policy_value_key", "key", "valid_from", "id"),
    )

    key: Mapped[str]
    value: Mapped[str]
    valid_from: Mapped[date]
    change_id: Mapped[int] = mapped_column(ForeignKey("core_policy_change.id"), unique=True)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    approved_on: Mapped[date]
    approved_at: Mapped[datetime]
    reason: Mapped[str]
    document: Mapped[str]
