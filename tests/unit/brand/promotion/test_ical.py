"""iCalendar (RFC 5545) and the month."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from brand.promotion.ical import Entry, escape, feed, fold, month_weeks, neighbours, read_month

ENTRY = Entry(
    "a@promotion", "示例展会，含品鉴; 推介", date(2026, 11, 25), date(2026, 11, 26), datetime(2026, 11, 1, 8, tzinfo=UTC), 3,
    "示例会展中心", "第一行\n第二行，很长的说明" * 6, "https://a.example/promotion/1",
)  # fmt: skip


def _unfold(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_a_feed_is_a_whole_calendar_with_crlf_and_lines_of_at_most_75_octets() -> None:
    text = feed("示例日历", [ENTRY])

    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert text.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert text.count("\n") == text.count("\r\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_days_are_dates_with_an_exclusive_end_and_texts_survive_folding() -> None:
    lines = _unfold(feed("示例日历", [ENTRY]))

    assert "DTSTART;VALUE=DATE:20261125" in lines
    assert "DTEND;VALUE=DATE:20261127" in lines
    assert "DTSTAMP:20261101T080000Z" in lines
    assert "SEQUENCE:3" in lines
    assert "SUMMARY:示例展会，含品鉴\\; 推介" in lines
    assert ("DESCRIPTION:" + "第一行\\n第二行，很长的说明" * 6) in lines
    assert "STATUS:CONFIRMED" in lines


def test_a_cancelled_event_stays_and_says_so() -> None:
    import dataclasses

    assert "STATUS:CANCELLED" in _unfold(feed("示例", [dataclasses.replace(ENTRY, cancelled=True)]))


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a,b;c\\d", "a\\,b\\;c\\\\d"),
        ("一\r\n二\r三", "一\\n二\\n三"),
        ("\x00\x07x\x7f", "x"),
        ("END:VEVENT\nX", "END:VEVENT\\nX"),
    ],
)
def test_text_is_escaped_and_cannot_start_a_line_of_its_own(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@pytest.mark.parametrize("length", [1, 24, 25, 26, 75, 76, 200])
def test_folding_never_splits_a_character(length: int) -> None:
    line = "枣" * length

    folded = fold(line)

    assert folded.replace("\r\n ", "") == line
    assert all(len(part.encode()) <= 75 for part in folded.split("\r\n"))


def test_a_month_is_whole_weeks_from_monday() -> None:
    weeks = month_weeks(2026, 11)

    assert all(len(week) == 7 and week[0].weekday() == 0 for week in weeks)
    assert weeks[0][0] == date(2026, 10, 26)
    assert weeks[-1][-1] == date(2026, 12, 6)


def test_months_follow_each_other_over_the_year() -> None:
    assert neighbours(2026, 1) == ((2025, 12), (2026, 2))
    assert neighbours(2026, 12) == ((2026, 11), (2027, 1))


@pytest.mark.parametrize(
    ("text", "found"),
    [("2026-03", (2026, 3)), (None, (2026, 11)), ("2026-13", (2026, 11)), ("9999-01", (2026, 11)), ("x", (2026, 11)), ("-1-2", (2026, 11))],
)  # fmt: skip
def test_an_unreadable_month_is_the_present_one(text: str | None, found: tuple[int, int]) -> None:
    assert read_month(text, date(2026, 11, 20)) == found
