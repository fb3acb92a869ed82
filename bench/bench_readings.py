"""Readings of cold-store loggers: rows of a CSV read and stored with their days rolled up, against a bare insert of the same rows.

Runs on a database of its own in the test cluster; ``BENCH_FULL=1`` stores a year of 10-minute readings, without it 30 days.
"""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from results import Result
from sqlalchemy import insert

from core import clock
from core.db import db, unit_of_work
from tests.factories import trace as grow
from tests.integration.trace.storage.test_storage import make_store
from tests.support import applications, databases
from trace.storage import queries, rules, service
from trace.storage.models import Logger, Reading

DAYS = 365 if os.environ.get("BENCH_FULL") == "1" else 30
A_DAY = 144
NOW = datetime(2026, 11, 20, 12, tzinfo=clock.SHANGHAI)


def _csv(day: int) -> str:
    start = NOW - timedelta(days=DAYS - day)
    lines = [
        f"{start + timedelta(minutes=10 * n):%Y-%m-%d %H:%M:%S},{1 + (n % 9) / 10:.1f},{90 + n % 5}"
        for n in range(A_DAY)
    ]
    return "时间,温度,湿度\n" + "\n".join(lines)


def _measure() -> list[Result]:
    with unit_of_work():
        actor = grow.actor_of(grow.make_organisation())
        store = make_store(actor)
        logger_id = service.register_logger(actor, store, code="T-01", interval_minutes=10)[0].id
        other_id = service.register_logger(actor, store, code="T-02", interval_minutes=10)[0].id
        place_id = store.id
    files, took, rows = [_csv(day) for day in range(DAYS)], 0.0, []
    for text in files:
        begun = time.perf_counter()
        batch = rules.read_csv(text, now=NOW)
        with unit_of_work():
            service.take_readings(db.session.get_one(Logger, logger_id), batch, source="csv")
        took += time.perf_counter() - begun
        rows.append(
            [
                {
                    "logger_id": other_id, "place_id": place_id, "at": r.at, "temperature": r.temperature,
                    "humidity": r.humidity, "suspect": r.suspect, "source": "csv", "received_at": NOW,
                }
                for r in batch.readings
            ]
        )  # fmt: skip
    assert sum(map(len, rows)) == DAYS * A_DAY
    begun = time.perf_counter()
    with unit_of_work():
        queries.excursions([place_id], NOW - timedelta(days=30), NOW)
    asked = (time.perf_counter() - begun) * 1000
    return [
        Result("readings stored, a day's CSV at a time", DAYS * A_DAY / took, DAYS * A_DAY / _bare(rows), against="bare insert"),
        Result("excursions of a store over 30 days", asked, unit="ms"),
    ]  # fmt: skip


def _bare(rows: list[list[dict[str, object]]]) -> float:
    """Seconds for the same rows by plain inserts of another logger, a commit a day."""
    begun = time.perf_counter()
    for day in rows:
        with unit_of_work():
            db.session.execute(insert(Reading).values(day))
    return time.perf_counter() - begun


def run() -> list[Result]:
    """Store, ask, and compare."""
    with ExitStack() as stack:
        url = stack.enter_context(databases.clone())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = stack.enter_context(applications.settings_of(applications.environment(url, folder)))
        app = applications.build(settings)
        stack.enter_context(clock.frozen(NOW))
        with app.app_context():
            made = _measure()
            db.engine.dispose()
    return made
