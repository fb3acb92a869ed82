"""Visits: partitions ahead, the default one, and what is dropped when its time is over."""

from __future__ import annotations

from datetime import date

import pytest

from core.db import unit_of_work
from trace.scan.service import add_partitions, drop_old_visits

from .conftest import town


@pytest.fixture
def own(tmp_path):
    with town(tmp_path, count=2, covered=False) as made:
        yield made


def months(place) -> list[str]:
    return [
        row[0]
        for row in place.sql(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where n.nspname = 'visits' and c.relkind = 'r' order by 1"
        )
    ]


def run(place, function, *args) -> int:
    with place.app.app_context(), unit_of_work():
        return function(*args)


def test_three_months_ahead_have_a_partition_and_a_second_run_makes_none(own):
    assert run(own, add_partitions, date(2028, 2, 10)) == 4
    assert {"visit_2028_02", "visit_2028_03", "visit_2028_04", "visit_2028_05"} <= set(months(own))
    assert run(own, add_partitions, date(2028, 2, 28)) == 0


def test_a_visit_in_a_month_without_partition_is_kept_in_the_rest_and_the_month_stays_there(own):
    own.sql(
        "insert into trace_scan_visit (visited_at, asked, status, device) values (timestamptz '2030-01-15 00:00+00', 'x', 404, 'd')"
    )

    assert own.sql("select count(*) from visits.visit_rest") == [(1,)]
    assert run(own, add_partitions, date(2029, 12, 1)) == 3  # December, February, March: January lies in the rest


@pytest.mark.parametrize(("today", "gone"), [("2028-09-30", 0), ("2028-10-01", 1), ("2028-12-31", 3)])
def test_visits_older_than_two_years_go_by_whole_months_and_the_counts_stay(own, today, gone):
    own.phone().get(own.issued.addresses[0])
    own.sql(
        "insert into trace_scan_visit (visited_at, asked, status, device) "
        "values (timestamptz '2020-01-15 00:00+00', 'x', 404, 'd'), (timestamptz '2026-09-30 23:59+00', 'y', 404, 'd')"
    )

    assert run(own, drop_old_visits, date.fromisoformat(today)) == gone

    assert own.sql("select count(*) from trace_scan_visit where asked = 'x'") == [(0,)]  # fell into the rest, long ago
    assert own.sql("select count(*) from trace_scan_visit where asked = 'y'") == [(0 if gone else 1,)]
    assert own.sql("select visits from trace_scan_code") == [(1,)]
