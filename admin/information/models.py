"""Revisions of the information form, yearly confirmations, reminders sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class Revision(Model):
    """One saved state of the form; the highest number is in force (append-only)."""

    __tablename__ = "admin_information_revision"
    __table_args__ = (UniqueConstraint("organisation_id", "number"), CheckConstraint("number > 0", name="number"))

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    number: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class Confirmation(Model):
    """The enterprise confirmed a revision for a year, once (append-only)."""

    __tablename__ = "admin_information_confirmation"
    __table_args__ = (UniqueConstraint("organisation_id", "year"), CheckConstraint("year > 2000", name="year"))

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    year: Mapped[int]
    revision_id: Mapped[int] = mapped_column(ForeignKey("admin_information_revision.id"))
    confirmed_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class Reminder(Model):
    """A reminder that was sent: each step once."""

    __tablename__ = "admin_information_reminder"
    __table_args__ = (UniqueConstraint("organisation_id", "year", "step"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    year: Mapped[int]
    step: Mapped[int]
    sent_at: Mapped[datetime]
