"""Days, years and the deadlines counted over them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class CalendarDay(Model):
    """One calendar day: whether it is worked, why, who says so, and whether that has been confirmed."""

    __tablename__ = "core_calendar_day"
    __table_args__ = (
        CheckConstraint("kind in ('work','makeup','weekend','holiday')", name="kind"),
        CheckConstraint("is_work = (kind in ('work','makeup'))", name="work_by_kind"),
    )

    date: Mapped[date] = mapped_column(unique=True)
    is_work: Mapped[bool]
    kind: Mapped[str]
    source: Mapped[str]
    confirmed: Mapped[bool]


class CalendarYear(Model):
    """Where a year's days come from; another person than the one who entered it confirms it."""

    __tablename__ = "core_calendar_year"
    __table_args__ = (
        CheckConstraint(
            "(confirmed_at is null) or (confirmed_by is null) or (confirmed_by <> loaded_by)", name="four_eyes"
        ),
    )

    year: Mapped[int] = mapped_column(unique=True)
    source: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    loaded_at: Mapped[datetime]
    loaded_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None)


class CalendarDeadline(Model):
    """A stored deadline of some object; provisional ones are recomputed when a year is confirmed."""

    __tablename__ = "core_calendar_deadline"
    __table_args__ = (UniqueConstraint("subject_table", "subject_key", "purpose"),)

    subject_table: Mapped[str]
    subject_key: Mapped[str]
    purpose: Mapped[str]
    start_on: Mapped[date]
    days: Mapped[int]
    due_on: Mapped[date] = mapped_column(index=True)
    provisional: Mapped[bool] = mapped_column(index=True)
    years: Mapped[str] = mapped_column(default="")
