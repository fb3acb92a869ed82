"""The schedule of a subscription: when it is due next (EPCIS 2.0 section 8.2.5.3, times of day in Asia/Shanghai; pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
RANGES = {
    "second": (0, 59),
    "minute": (0, 59),
    "hour": (0, 23),
    "dayOfMonth": (1, 31),
    "month": (1, 12),
    "dayOfWeek": (1, 7),
}
_ORDER = ("second", "minute", "hour")
_FURTHEST = 366 * 9
_PART = re.compile(r"(?:\[(\d{1,2})-(\d{1,2})\]|(\d{1,2})(?:/(\d{1,2}))?)$")


class BadSchedule(ValueError):
    """A schedule that cannot be read; the message is a Chinese sentence."""


def values_of(name: str, text: str) -> frozenset[int]:
    """The numbers a field allows: ``5``, ``1,3,[10-15]``, ``0/30`` (from 0 every 30)."""
    low, high = RANGES[name]
    found: set[int] = set()
    for part in str(text).replace(" ", "").split(","):
        match = _PART.match(part)
        if match is None:
            raise BadSchedule(f"{name} 要写成数字、逗号隔开的数字或 [起-止]。")
        first, last, single, step = match.groups()
        if first is not None:
            numbers = range(int(first), int(last) + 1)
        elif step is not None:
            numbers = range(int(single), high + 1, max(int(step), 1))
        else:
            numbers = range(int(single), int(single) + 1)
        if not numbers or numbers[0] < low or numbers[-1] > high:
            raise BadSchedule(f"{name} 要在 {low} 到 {high} 之间。")
        found.update(numbers)
    return frozenset(found)


def read(schedule: Mapping[str, str]) -> dict[str, frozenset[int]]:
    """Every field's numbers; a field below the smallest one given is 0, any other missing one is free."""
    unknown = set(schedule) - set(RANGES)
    if unknown or not schedule:
        raise BadSchedule("计划里只能有 second、minute、hour、dayOfMonth、month、dayOfWeek，至少一项。")
    given = {name: values_of(name, text) for name, text in schedule.items()}
    smallest = next((n for n, name in enumerate(_ORDER) if name in given), len(_ORDER))
    for name in _ORDER[:smallest]:
        given[name] = frozenset({0})
    for name, (low, high) in RANGES.items():
        given.setdefault(name, frozenset(range(low, high + 1)))
    return given


def next_after(schedule: Mapping[str, str], moment: datetime) -> datetime:
    """The first due time after ``moment``, UTC; BadSchedule where the calendar never has such a day."""
    fields = read(schedule)
    local = moment.astimezone(ZONE) + timedelta(seconds=1)
    start = local.replace(microsecond=0)
    day = start.date()
    for _ in range(_FURTHEST):
        if _fits(day, fields):
            earliest = start.time() if day == start.date() else time(0)
            found = _first_time(fields, earliest.replace(tzinfo=None))
            if found is not None:
                return datetime.combine(day, found, tzinfo=ZONE).astimezone(UTC)
        day += timedelta(days=1)
    raise BadSchedule("日历上没有这样的日子。")


def _fits(day: date, fields: Mapping[str, frozenset[int]]) -> bool:
    return day.month in fields["month"] and day.day in fields["dayOfMonth"] and day.isoweekday() in fields["dayOfWeek"]


def _first_time(fields: Mapping[str, frozenset[int]], earliest: time) -> time | None:
    for hour in sorted(h for h in fields["hour"] if h >= earliest.hour):
        for minute in sorted(fields["minute"]):
            if hour == earliest.hour and minute < earliest.minute:
                continue
            for second in sorted(fields["second"]):
                candidate = time(hour, minute, second)
                if candidate >= earliest:
                    return candidate
    return None
