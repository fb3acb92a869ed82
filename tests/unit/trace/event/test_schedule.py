"""When a scheduled subscription is due next."""

from __future__ import annotations

from datetime import datetime

import pytest

from trace.event.schedule import ZONE, BadSchedule, next_after, values_of


@pytest.mark.parametrize(
    ("schedule", "now", "due"),
    [
        ({"hour": "1", "minute": "5"}, "2026-11-20 01:04:59", "2026-11-20 01:05:00"),
        ({"hour": "1", "minute": "5"}, "2026-11-20 01:05:00", "2026-11-21 01:05:00"),
        ({"minute": "0/15"}, "2026-11-20 09:44:10", "2026-11-20 09:45:00"),
        ({"minute": "[10-12],40"}, "2026-11-20 09:12:00", "2026-11-20 09:40:00"),
        ({"second": "30"}, "2026-11-20 09:12:30", "2026-11-20 09:13:30"),
        ({"dayOfWeek": "1", "hour": "8"}, "2026-11-20 09:00:00", "2026-11-23 08:00:00"),
        ({"dayOfMonth": "31"}, "2026-11-20 09:00:00", "2026-12-31 00:00:00"),
        ({"month": "2", "dayOfMonth": "29"}, "2026-11-20 09:00:00", "2028-02-29 00:00:00"),
        ({"hour": "23", "minute": "59", "second": "59"}, "2026-12-31 23:59:59", "2027-01-01 23:59:59"),
    ],
)
def test_the_next_due_time_follows_the_calendar_of_beijing(schedule: dict[str, str], now: str, due: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=ZONE)

    assert next_after(schedule, moment) == datetime.fromisoformat(due).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    "schedule",
    [{}, {"year": "2027"}, {"hour": "24"}, {"hour": ""}, {"minute": "x"}, {"minute": "[5-1]"}, {"dayOfWeek": "0"}, {"month": "2", "dayOfMonth": "30"}],
)  # fmt: skip
def test_a_schedule_that_never_comes_is_refused(schedule: dict[str, str]) -> None:
    with pytest.raises(BadSchedule):
        next_after(schedule, datetime(2026, 11, 20, tzinfo=ZONE))


def test_a_field_takes_numbers_lists_ranges_and_steps() -> None:
    assert values_of("hour", "1,3,[10-12],20/2") == {1, 3, 10, 11, 12, 20, 22}
