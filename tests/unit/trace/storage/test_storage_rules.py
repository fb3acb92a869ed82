"""Readings as they come, gaps, excursions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trace.storage import rules
from trace.storage.rules import Limit, Point

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
START = datetime(2026, 11, 1, tzinfo=UTC)
STEP = timedelta(minutes=10)
LIMIT = Limit("temperature", Decimal(-1), Decimal(4), timedelta(minutes=30), START)


def at(n):
    return START + n * STEP


def points(*values):
    return [Point(at(n), Decimal(str(v))) for n, v in enumerate(values) if v is not None]


def codes(batch):
    return [e.code for e in batch.errors]


def test_a_csv_with_chinese_heads_and_local_times_is_read():
    batch = rules.read_csv(
        "\ufeff时间,温度（℃）,湿度(%)\n2026/11/2 8:00,1.5,88\n2026-11-02 08:10:30,-0.256,\n\n", now=NOW
    )

    assert batch.errors == ()
    first, second = batch.readings
    assert first.at == datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
    assert (first.temperature, first.humidity) == (Decimal("1.5"), Decimal(88))
    assert (second.temperature, second.humidity, second.row) == (Decimal("-0.26"), None, 3)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("昨天,1,80", "time"), ("2026-13-40 08:00,1,80", "time"), ("2026-11-20 10:06,1,80", "future"),
        ("2025-01-01 08:00,1,80", "too_old"), ("2026-11-02 08:00,冷,80", "temperature_number"),
        ("2026-11-02 08:00,NaN,80", "temperature_number"), ("2026-11-02 08:00,99,80", "temperature_impossible"),
        ("2026-11-02 08:00,1,101", "humidity_impossible"), ("2026-11-02 08:00,,", "empty"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_is_named_and_the_others_stand(line, code):
    batch = rules.read_csv(f"时间,温度,湿度\n{line}\n2026-11-02 09:00,1,80\n", now=NOW)

    assert [(e.row, e.code) for e in batch.errors] == [(2, code)]
    assert len(batch.readings) == 1


def test_the_clock_of_a_logger_may_run_five_minutes_ahead_and_not_more():
    for ahead, taken in ((timedelta(minutes=5), 1), (timedelta(minutes=5, seconds=1), 0)):
        body = {"readings": [{"at": (NOW + ahead).isoformat(), "temperature": 1}]}
        assert len(rules.read_json(body, now=NOW).readings) == taken


def test_json_times_need_a_zone_and_a_moment_comes_once():
    body = {"readings": [{"at": "2026-11-02T08:00:00", "temperature": "1"}, {"at": "2026-11-02T08:00:00Z", "temperature": 1.25},
                         {"at": "2026-11-02T16:00:00+08:00", "temperature": 2}, "x", {"at": 5}]}  # fmt: skip

    batch = rules.read_json(body, now=NOW)

    assert codes(batch) == ["time", "twice", "time", "time"]
    assert batch.readings[0].temperature == Decimal("1.25")


def test_what_no_fruit_store_can_be_is_kept_and_marked():
    body = {"readings": [{"at": "2026-11-02T08:00:00Z", "temperature": "60"}]}

    assert rules.read_json(body, now=NOW).readings[0].suspect


@pytest.mark.parametrize("body", [None, [], {"readings": 1}, {"readings": [{}] * 1001}])
def test_what_is_no_batch_is_refused_whole(body):
    with pytest.raises(rules.Unreadable):
        rules.read_json(body, now=NOW)


@pytest.mark.parametrize("text", ["", "a,b\n1,2", "时间\n2026-11-02 08:00"])
def test_a_csv_without_its_heads_is_refused_whole(text):
    with pytest.raises(rules.Unreadable):
        rules.read_csv(text, now=NOW)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text):
    try:
        batch = rules.read_csv("时间,温度\n" + text, now=NOW)
    except rules.Unreadable:
        return
    assert all(r.temperature is not None for r in batch.readings)


@pytest.mark.parametrize(("outside", "found"), [(3, 0), (4, 1), (5, 1)])
def test_a_stretch_outside_counts_from_the_tolerated_time_on(outside, found):
    values = [1, *[5] * outside, 1]

    assert len(rules.excursions(points(*values), [LIMIT], interval=STEP)) == found


def test_an_excursion_says_how_long_how_far_and_whether_it_ended():
    one, two = rules.excursions(points(1, 5, 7.5, 6, 5, 1, -3, -2, -4, -2), [LIMIT], interval=STEP)

    assert (one.since, one.until, one.worst, one.ended) == (at(1), at(4), Decimal("7.5"), True)
    assert (two.worst, two.ended, two.readings) == (Decimal(-4), False, 4)


def test_a_gap_ends_a_stretch_since_nobody_knows_what_was_between():
    values = [5, 5, 5, None, None, None, 5, 5, 5]

    assert rules.excursions(points(*values), [LIMIT], interval=STEP) == []


def test_old_readings_are_judged_by_the_limit_of_their_time():
    stricter = Limit("temperature", None, Decimal(2), timedelta(0), at(5))

    found = rules.excursions(points(3, 3, 3, 3, 3, 3, 3, 3, 3, 3), [LIMIT, stricter], interval=STEP)

    assert [(e.since, e.limit) for e in found] == [(at(5), stricter)]
    assert (
        rules.excursions(
            points(9, 9, 9, 9, 9), [Limit("temperature", None, Decimal(2), timedelta(0), at(9))], interval=STEP
        )
        == []
    )


def test_gaps_are_longer_than_two_intervals():
    times = [at(0), at(2), at(5)]

    found = rules.gaps(times, interval=STEP, since=at(0), until=at(8))

    assert [(g.since, g.until) for g in found] == [(at(2), at(5)), (at(5), at(8))]
    assert rules.gaps([], interval=STEP, since=at(0), until=at(1)) == []


@given(st.lists(st.integers(0, 200), max_size=30), st.integers(1, 5))
def test_gaps_and_readings_never_overlap(minutes, interval):
    step, until = timedelta(minutes=interval), START + timedelta(minutes=200)
    times = [START + timedelta(minutes=m) for m in minutes]

    found = rules.gaps(times, interval=step, since=START, until=until)

    assert all(g.until - g.since > 2 * step for g in found)
    assert not any(g.since < t < g.until for g in found for t in times)
