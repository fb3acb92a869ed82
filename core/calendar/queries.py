"""Reads of the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from core.calendar import rules
from core.calendar.models import CalendarDay, CalendarDeadline, CalendarYear
from core.calendar.rules import Deadline, KnownDay, StripDay
from core.db import db


def known_days(first: date, last: date) -> dict[date, KnownDay]:
    """What the table holds from ``first`` to ``last``."""
    rows = db.session.execute(
        select(CalendarDay.date, CalendarDay.is_work, CalendarDay.kind, CalendarDay.confirmed).where(
            CalendarDay.date.between(first, last)
        )
    )
    return {day: KnownDay(is_work, kind, confirmed) for day, is_work, kind, confirmed in rows}


def strip(start: date, n: int) -> list[StripDay]:
    """The days of a period of ``n`` working days after ``start``, one by one, to the first free day."""
    return rules.strip(start, n, known_days(start, start + timedelta(days=3 * n + 30)))


def deadline_of(subject: Any, purpose: str) -> Deadline | None:
    """The stored deadline of ``subject``, or None where none was set."""
    row = db.session.scalar(
        select(CalendarDeadline).where(
            CalendarDeadline.subject_table == subject.__tablename__,
            CalendarDeadline.subject_key == str(subject.id),
            CalendarDeadline.purpose == purpose,
        )
    )
    return None if row is None else as_deadline(row)


def as_deadline(row: CalendarDeadline) -> Deadline:
    """A stored deadline as the pure value rules work with."""
    return Deadline(row.due_on, row.provisional, tuple(int(y) for y in row.years.split(",") if y))


def years() -> list[CalendarYear]:
    """Every entered year, newest first."""
    return list(db.session.scalars(select(CalendarYear).order_by(CalendarYear.year.desc())))


def exceptions(year: int) -> list[CalendarDay]:
    """The days off and make-up days of ``year``, in order, for checking against the notice."""
    return list(
        db.session.scalars(
            select(CalendarDay)
            .where(
                CalendarDay.date.between(date(year, 1, 1), date(year, 12, 31)),
                CalendarDay.kind.in_(("holiday", "makeup")),
            )
            .order_by(CalendarDay.date)
        )
    )
