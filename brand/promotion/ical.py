"""Calendar arithmetic and iCalendar text (RFC 5545); pure."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

PRODUCT = "-//Yidun Farm Goods//Promotion calendar//ZH"
WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")


@dataclass(frozen=True, slots=True)
class Entry:
    """An all-day event; ``sequence`` counts its changes, ``changed_at`` is aware."""

    uid: str
    title: str
    first: date
    last: date
    changed_at: datetime
    sequence: int
    place: str = ""
    words: str = ""
    link: str = ""
    cancelled: bool = False


def month_weeks(year: int, month: int) -> list[list[date]]:
    """The weeks of a month from Monday to Sunday, with the days of the months before and after that fill them."""
    return calendar.Calendar(firstweekday=0).monthdatescalendar(year, month)


def neighbours(year: int, month: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The months before and after."""
    before = (year - 1, 12) if month == 1 else (year, month - 1)
    after = (year + 1, 1) if month == 12 else (year, month + 1)
    return before, after


def read_month(text: str | None, today: date) -> tuple[int, int]:
    """Year and month of ``2026-11``; the present month where the text is none or beyond 2000 to 2100."""
    try:
        year, month = (int(part) for part in (text or "").split("-"))
        date(year, month, 1)
    except ValueError:
        return today.year, today.month
    return (year, month) if 2000 <= year <= 2100 else (today.year, today.month)


def escape(text: str) -> str:
    """TEXT of section 3.3.11: backslash, semicolon, comma and line breaks escaped; other control characters left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return "".join(c for c in text if ord(c) >= 0x20 and ord(c) != 0x7F)


def fold(line: str) -> str:
    """A content line of section 3.1: at most 75 octets a line, broken between characters, continued after a blank."""
    parts: list[str] = []
    current, size = "", 0
    for character in line:
        width = len(character.encode("utf-8"))
        if size + width > 75:
            parts.append(current)
            current, size = " ", 1
        current += character
        size += width
    return "\r\n".join([*parts, current])


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _event(entry: Entry) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{escape(entry.uid)}",
        f"DTSTAMP:{_stamp(entry.changed_at)}",
        f"LAST-MODIFIED:{_stamp(entry.changed_at)}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTART;VALUE=DATE:{entry.first:%Y%m%d}",
        f"DTEND;VALUE=DATE:{entry.last + timedelta(days=1):%Y%m%d}",  # the day after: DTEND is exclusive
        f"SUMMARY:{escape(entry.title)}",
        f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
    ]
    if entry.place:
        lines.append(f"LOCATION:{escape(entry.place)}")
    if entry.words:
        lines.append(f"DESCRIPTION:{escape(entry.words)}")
    if entry.link:
        lines.append(f"URL:{entry.link}")
    return [*lines, "END:VEVENT"]


def feed(name: str, entries: Iterable[Entry]) -> str:
    """A whole calendar with CRLF line ends; the same text for the same entries."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escape(name)}",
    ]
    for entry in entries:
        lines += _event(entry)
    return "\r\n".join(fold(line) for line in [*lines, "END:VCALENDAR"]) + "\r\n"
