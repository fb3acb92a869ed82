"""Working days over the stored calendar; loading and confirming a year; stored deadlines."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import chinese_calendar  # type: ignore[import-untyped]  # the package ships no types
from sqlalchemy import delete, select

from core import clock
from core.account.actor import SYSTEM, Actor
from core.calendar import notice as notices
from core.calendar import rules
from core.calendar.models import CalendarDay, CalendarDeadline, CalendarYear
from core.calendar.queries import known_days
from core.calendar.rules import Count, Deadline
from core.db import db
from core.errors import Conflict, NotFound, RuleBroken, Unmet
from core.record.service import record


def add_working_days(start: date, n: int) -> Deadline:
    """The ``n``-th working day after ``start``, provisional where a touched year is not confirmed."""
    return rules.add_working_days(start, n, known_days(start, start + timedelta(days=3 * n + 30)))


def working_days_between(start: date, end: date) -> Count:
    """Working days after ``start`` up to and including ``end``."""
    return rules.working_days_between(start, end, known_days(start, end))


def set_deadline(subject: Any, purpose: str, start: date, n: int) -> CalendarDeadline:
    """Afterwards the object's deadline for ``purpose`` is stored (set anew where there was one)."""
    table, key = subject_key(subject)
    found = add_working_days(start, n)
    row = db.session.scalar(
        select(CalendarDeadline).where(
            CalendarDeadline.subject_table == table,
            CalendarDeadline.subject_key == key,
            CalendarDeadline.purpose == purpose,
        )
    )
    if row is None:
        row = CalendarDeadline(subject_table=table, subject_key=key, purpose=purpose)
        db.session.add(row)
    row.start_on, row.days = start, n
    _store(row, found)
    db.session.flush()
    return row


def subject_key(subject: Any) -> tuple[str, str]:
    """Table and key under which the deadlines of ``subject`` are stored."""
    if subject.id is None:
        db.session.flush()
    return subject.__tablename__, str(subject.id)


def load_year(year: int, text: str, actor: Actor) -> CalendarYear:
    """Afterwards the pasted notice is entered, not yet confirmed; RuleBroken lists everything that does not fit."""
    existing = _year(year)
    if existing is not None and existing.confirmed_at is not None:
        raise Conflict(f"{year} 年的放假安排已经确认，不能覆盖。", code="calendar.year_confirmed")
    read = notices.read(text, year)
    if read.faults:
        raise RuleBroken(
            unmet=[Unmet("calendar.notice", fault, help="对照通知原文改好再录入。") for fault in read.faults]
        )
    row = existing or CalendarYear(year=year)
    row.source, row.text = f"国务院办公厅关于{year}年部分节假日安排的通知（录入）", text
    row.loaded_at, row.loaded_by = clock.now(), actor.user_id
    db.session.add(row)
    _replace_days(year, rules.naive_year(year, read.off, read.makeup), row.source, confirmed=False)
    record("calendar.loaded", ("core_calendar_year", str(year)), actor, off=len(read.off), makeup=len(read.makeup))
    return row


def confirm_year(year: int, actor: Actor) -> list[CalendarDeadline]:
    """Afterwards the year counts for good and every provisional deadline it touched is computed anew (returned)."""
    row = _year(year)
    if row is None:
        raise NotFound(f"还没有录入 {year} 年的放假安排。", help="先粘贴国务院办公厅的通知。")
    if row.confirmed_at is not None:
        raise Conflict(f"{year} 年的放假安排已经确认过。", code="calendar.year_confirmed")
    if row.loaded_by is not None and row.loaded_by == actor.user_id:
        raise RuleBroken(
            unmet=[
                Unmet(
                    "calendar.four_eyes",
                    "录入和确认要由两个人办理。",
                    help="请另一名有权限的人员对照通知确认。",
                    who="e镇办公室",
                )
            ]
        )
    row.confirmed_at, row.confirmed_by = clock.now(), actor.user_id
    for day in db.session.scalars(
        select(CalendarDay).where(CalendarDay.date.between(date(year, 1, 1), date(year, 12, 31)))
    ):
        day.confirmed = True
    record("calendar.confirmed", ("core_calendar_year", str(year)), actor)
    db.session.flush()
    return recompute(actor)


def load_announced(first: int = 2018, last: int = 2100) -> list[int]:
    """Enter every year the package chinesecalendar knows and the table lacks (already published, so confirmed)."""
    added = []
    for year in range(first, last + 1):
        try:
            chinese_calendar.is_workday(date(year, 12, 31))
        except NotImplementedError:
            break
        if _year(year) is None:
            _replace_days(year, announced_days(year), announced_source(), confirmed=True)
            now = clock.now()
            db.session.add(CalendarYear(year=year, source=announced_source(), loaded_at=now, confirmed_at=now))
            added.append(year)
    db.session.flush()
    if added:
        record("calendar.announced", ("core_calendar_year", ",".join(map(str, added))), SYSTEM)
        recompute(SYSTEM)
    return added


def announced_source() -> str:
    """How the source of package years is named in the table."""
    return "国务院办公厅历年放假通知（chinesecalendar 1.11.0）"


def announced_days(year: int) -> dict[date, rules.KnownDay]:
    """All days of a published year as the package gives them."""
    days: dict[date, rules.KnownDay] = {}
    day = date(year, 1, 1)
    while day.year == year:
        work, weekend = chinese_calendar.is_workday(day), day.weekday() >= 5
        kind = (
            ("makeup" if weekend else "work")
            if work
            else ("holiday" if chinese_calendar.get_holiday_detail(day)[1] else "weekend")
        )
        days[day] = rules.KnownDay(work, kind)
        day += timedelta(days=1)
    return days


def recompute(actor: Actor) -> list[CalendarDeadline]:
    """Afterwards every provisional deadline follows today's table; each changed or settled one has an audit row."""
    changed = []
    query = select(CalendarDeadline).where(CalendarDeadline.provisional).order_by(CalendarDeadline.id).with_for_update()
    for row in db.session.scalars(query):
        fresh, before = add_working_days(row.start_on, row.days), row.due_on
        if fresh.date == before and fresh.provisional:
            continue
        _store(row, fresh)
        record(
            "calendar.deadline_recomputed", (row.subject_table, row.subject_key), actor,
            purpose=row.purpose, before=before, after=row.due_on, provisional=row.provisional,
        )  # fmt: skip
        changed.append(row)
    db.session.flush()
    return changed


def _store(row: CalendarDeadline, found: Deadline) -> None:
    row.due_on, row.provisional = found.date, found.provisional
    row.years = ",".join(str(y) for y in found.years)


def _year(year: int) -> CalendarYear | None:
    return db.session.scalar(select(CalendarYear).where(CalendarYear.year == year))


def _replace_days(year: int, days: dict[date, rules.KnownDay], source: str, *, confirmed: bool) -> None:
    db.session.execute(delete(CalendarDay).where(CalendarDay.date.between(date(year, 1, 1), date(year, 12, 31))))
    for day, found in days.items():
        db.session.add(
            CalendarDay(date=day, is_work=found.is_work, kind=found.kind, source=source, confirmed=confirmed)
        )
    db.session.flush()
