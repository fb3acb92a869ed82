"""Policies, their published versions, claims and the payment list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from admin.support.rules import SUPPORT
from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column


class PolicyVersion(PublicId, Model):
    """One published version of a policy: never changed (trigger); versions of a kind do not overlap in time (EXCLUDE)."""

    __tablename__ = "admin_support_version"
    __table_args__ = (
        UniqueConstraint("kind", "number"),
        CheckConstraint("kind in ('rent','tax','innovation','performance')", name="kind"),
        CheckConstraint("until_on >= from_on", name="period"),
        CheckConstraint("number > 0", name="number"),
    )

    kind: Mapped[str]
    number: Mapped[int]
    title: Mapped[str]
    document: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date]
    rule: Mapped[dict[str, Any]] = mapped_column(JSONB)
    published_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class Claim(PublicId, Timestamps, Model):
    """A claim for one period.  Of one kind an organisation has one live claim for a day (EXCLUDE): no double claim."""

    __tablename__ = "admin_support_claim"
    __table_args__ = (
        state_check(SUPPORT),
        CheckConstraint("period_to >= period_from", name="period"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        CheckConstraint("state in ('draft','returned','dropped','refused') or amount_fen > 0", name="amount_when_sent"),
    )

    claim_no: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("admin_support_version.id"), index=True)
    kind: Mapped[str]
    period_from: Mapped[date]
    period_to: Mapped[date]
    stated: Mapped[int | None] = mapped_column(default=None)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"), default=None)
    lines: Mapped[list[list[Any]]] = mapped_column(JSONB, default=list)
    amount_fen: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = state_column(SUPPORT)
    version: Mapped[int] = version_column()


class Payment(Model):
    """A line of the payment list: a claim stands on it once (append-only)."""

    __tablename__ = "admin_support_payment"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount"),)

    claim_id: Mapped[int] = mapped_column(ForeignKey("admin_support_claim.id"), unique=True)
    list_no: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    amount_fen: Mapped[int]
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
