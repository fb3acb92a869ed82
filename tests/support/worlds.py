"""Worlds that many tests begin with: grown once, then stood in by one test after the other, each in a savepoint of its own.

A world is never committed: it lies in a transaction that stays open while the tests that name it follow one another, and is
rolled back before any other test begins (its locks would hold others up).  What a test does in it is rolled back as ever.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import inspect
from sqlalchemy.engine import Connection
from sqlalchemy.orm.state import InstanceState

from core import clock
from core.db import db, unit_of_work
from tests.support import applications

Maker = Callable[[], Any]


class Worlds:
    """The world that stands on this worker, if any."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._name = ""
        self._connection: Connection | None = None
        self._value: Any = None
        self._promised: dict[Path, bytes] = {}

    @contextmanager
    def inside(self, name: str, maker: Maker) -> Iterator[None]:
        """Within the block sessions see the world ``name``; what they do to it is rolled back."""
        connection = self._standing(name, maker)
        nested = connection.begin_nested()
        try:
            with applications.bound(self._app, connection):
                yield
        finally:
            self._forget_promises()
            if nested.is_active and not connection.invalidated:
                nested.rollback()
            else:  # a test that broke the connection takes the world with it
                self.leave()

    def _standing(self, name: str, maker: Maker) -> Connection:
        if self._connection is None or self._name != name:
            self.leave()
            with self._app.app_context():
                connection = db.engine.connect()
            connection.begin()
            self._name, self._connection = name, connection
            here = applications.bound(self._app, connection), self._app.app_context(), clock.frozen(applications.DAY)
            try:
                with here[0], here[1], here[2], unit_of_work():  # released into the open transaction, not committed
                    self._value = maker()
                self._promised = {path: path.read_bytes() for path in self._high_water()}
            except BaseException:
                self.leave()
                raise
        return self._connection

    def _high_water(self) -> Iterator[Path]:
        return (self._app.config["SETTINGS"].var / "log").glob("*.highwater")

    def _forget_promises(self) -> None:
        """The log's key stays with the world, so what a test had the log promise (it outlives a rollback) goes."""
        for path in self._high_water():
            if path in self._promised:
                path.write_bytes(self._promised[path])
            else:
                path.unlink()

    def leave(self) -> None:
        """Afterwards no world stands."""
        connection, self._connection, self._value, self._name = self._connection, None, None, ""
        if connection is not None:
            connection.close()

    def again(self) -> Any:
        """The rows of the world as the present session knows them."""
        return _known_here(self._value)


def _known_here(value: Any) -> Any:
    state = inspect(value, raiseerr=False)
    if isinstance(state, InstanceState):
        assert state.identity is not None
        return db.session.get_one(type(value), state.identity)
    if not hasattr(value, "__dict__"):
        return value
    made = copy.copy(value)
    for name, part in vars(value).items():
        setattr(made, name, _known_here(part))
    return made
