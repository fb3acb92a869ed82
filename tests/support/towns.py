"""A town with one issued series, on a database of its own: the visits' thread has a connection of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text

from core.db import db
from tests.factories import code as make
from tests.support import applications, databases

BROWSER = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0"
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "User-Agent": BROWSER}


@dataclass
class Town:
    """The application and what was issued in it."""

    app: Flask
    issued: make.Issued

    def phone(self, agent: str = BROWSER) -> Any:
        """A device of its own: a new cookie jar, and an agent that tells it apart."""
        client = self.app.test_client()
        client.environ_base["HTTP_USER_AGENT"] = agent
        client.environ_base["HTTP_ACCEPT"] = PAGE["Accept"]
        return client

    def sql(self, statement: str, **values: Any) -> list[Any]:
        with self.app.app_context(), db.engine.begin() as connection:
            done = connection.execute(text(statement), values)
            return list(done) if done.returns_rows else []


@contextmanager
def town(var: Path, **values: Any) -> Iterator[Town]:
    with databases.clone() as url, applications.settings_of(applications.environment(url, var)) as settings:
        app = applications.build(settings)
        with app.app_context():
            issued = make.issue_in_own_units(**values)
        yield Town(app, issued)
        app.extensions["code_page"].visits.close()
        with app.app_context():
            db.engine.dispose()
