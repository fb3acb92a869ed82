"""Two at once on a real database: deeds that start together, and one that is seen to wait for another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import make_url

from core import clock
from core.db import db, unit_of_work
from core.errors import DomainError
from tests.support import applications, databases
from tests.support.people import People


class Arena:
    """An application on a database of its own, where commits are real and threads see them."""

    def __init__(self, app: Flask, url: str) -> None:
        self.app, self.url, self.as_user = app, url, People(app)

    def together(self, *deeds: Callable[[], Any]) -> list[Any]:
        """What each deed gave back, all of them started at one gate with the caller's frozen clock."""
        gate, moment = threading.Barrier(len(deeds)), clock.now()
        answers: list[Any] = [None] * len(deeds)

        def run(number: int) -> None:
            with clock.frozen(moment):
                gate.wait()
                answers[number] = deeds[number]()

        threads = [threading.Thread(target=run, args=(n,)) for n in range(len(deeds))]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        return answers

    def second(self, deed: Callable[[], Any]) -> Second:
        """The deed, begun beside what the caller has not committed yet."""
        return Second(self.url, deed)


class Second:
    """A deed in a thread of its own."""

    def __init__(self, url: str, deed: Callable[[], Any]) -> None:
        self._url, moment = url, clock.now()
        self._answer: Any = None

        def run() -> None:
            with clock.frozen(moment):
                self._answer = deed()

        self._thread = threading.Thread(target=run)
        self._thread.start()

    def waits(self) -> bool:
        """Whether it came to wait for a lock (it did not where it ended first)."""
        plain = make_url(self._url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            while self._thread.is_alive():
                found = connection.execute(
                    "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
                ).fetchone()
                if found is not None:
                    return True
                self._thread.join(0.01)
        return False

    def answer(self) -> Any:
        """What it gave back, once it ended."""
        self._thread.join()
        return self._answer


@contextmanager
def arena(var: Path) -> Iterator[Arena]:
    """A place for races, gone afterwards."""
    with databases.clone() as url, applications.settings_of(applications.environment(url, var)) as settings:
        app = applications.build(settings)
        yield Arena(app, url)
        with app.app_context():
            db.engine.dispose()


def status_of(done: Any) -> int:
    """What a deed in an application context came to: 200, or the status of its refusal."""
    try:
        with unit_of_work():
            done()
    except DomainError as refused:
        return refused.status
    return 200
