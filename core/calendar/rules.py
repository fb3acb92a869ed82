"""Counting working days over a table of known days (pure).

The day of publication is not counted and N working days end at 24:00 of the Nth one (民法典 art. 201).  Where a
day is not in the table, Monday to Friday minus the fixed statutory days stands in and the answer is provisional.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import BadInput

MAX_DAYS = 400
FIXED_HOLIDAYS = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
"""Statutory days with a fixed date (全国年节及纪念日放假办法, rev. 2024); the lunar ones come with the notice."""

KINDS = {"work": "工作日", "makeup": "补班", "weekend": "休", "holiday": "放假"}


@dataclass(frozen=True, slots=True)
class KnownDay:
    """One day of the table; ``confirmed`` is false until a second person has checked the year's notice."""

    is_work: bool
    kind: str
    confirmed: bool = True


Known = Mapping[date, KnownDay]


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a period (ends 24:00); ``provisional`` names the years whose holidays are not settled."""

    date: date
    provisional: bool = False
    years: tuple[int, ...] = ()

    @property
    def note(self) -> str:
        """What a screen says beside a provisional date; empty for a settled one."""
        if not self.provisional:
            return ""
        return f"暂定（{'、'.join(str(y) for y in self.years)}年放假安排未录入或未确认）"


@dataclass(frozen=True, slots=True)
class Count:
    """How many working days, and whether the answer is provisional."""

    days: int
    provisional: bool = False
    years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StripDay:
    """One day of a publicity strip: its kind, its number in the count (0 = not counted), and whether it is settled."""

    day: date
    is_work: bool
    kind: str
    number: int
    settled: bool

    @property
    def label(self) -> str:
        return KINDS[self.kind]


def day_of(day: date, known: Known) -> KnownDay:
    """The table's answer, or the stand-in for a day the table does not hold (not confirmed)."""
    found = known.get(day)
    if found is not None:
        return found
    if (day.month, day.day) in FIXED_HOLIDAYS:
        return KnownDay(False, "holiday", confirmed=False)
    weekend = day.weekday() >= 5
    return KnownDay(not weekend, "weekend" if weekend else "work", confirmed=False)


def add_working_days(start: date, count: int, known: Known) -> Deadline:
    """The ``count``-th working day after ``start`` (start not counted); ``count`` 1 to 400."""
    if not 1 <= count <= MAX_DAYS:
        raise BadInput(f"工作日数要在 1 到 {MAX_DAYS} 之间。", code="calendar.count")
    day, left, unsettled = start, count, set()
    while left:
        day += timedelta(days=1)
        found = day_of(day, known)
        if not found.confirmed:
            unsettled.add(day.year)
        left -= found.is_work
    return Deadline(day, bool(unsettled), tuple(sorted(unsettled)))


def working_days_between(start: date, end: date, known: Known) -> Count:
    """Working days after ``start`` up to and including ``end``; 0 where ``end`` is not later."""
    total, day, unsettled = 0, start, set()
    while day < end:
        day += timedelta(days=1)
        found = day_of(day, known)
        if not found.confirmed:
            unsettled.add(day.year)
        total += found.is_work
    return Count(total, bool(unsettled), tuple(sorted(unsettled)))


def strip(start: date, count: int, known: Known) -> list[StripDay]:
    """Every day from ``start`` (number 0) to the working day after the period, which is the first free day."""
    last = add_working_days(start, count + 1, known).date
    days, number, day = [], 0, start
    while day <= last:
        found = day_of(day, known)
        counted = found.is_work and day > start
        number += counted
        days.append(StripDay(day, found.is_work, found.kind, number if counted else 0, found.confirmed))
        day += timedelta(days=1)
    return days


def has_ended(deadline: Deadline, today: date) -> bool:
    """Whether 24:00 of the deadline has passed: on the day itself it has not."""
    return today > deadline.date


def naive_year(year: int, off: set[date], makeup: set[date]) -> dict[date, KnownDay]:
    """All days of ``year`` from its days off and its make-up days, not confirmed yet."""
    days, day = {}, date(year, 1, 1)
    while day.year == year:
        if day in off:
            days[day] = KnownDay(False, "holiday", confirmed=False)
        elif day in makeup:
            days[day] = KnownDay(True, "makeup", confirmed=False)
        elif day.weekday() >= 5:
            days[day] = KnownDay(False, "weekend", confirmed=False)
        else:
            days[day] = KnownDay(True, "work", confirmed=False)
        day += timedelta(days=1)
    return days
