"""The application under test, the savepoint around each test, and the client that sees it."""

from __future__ import annotations

import contextvars
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, has_app_context
from flask.globals import _cv_app
from flask.testing import FlaskClient
from sqlalchemy.engine import Connection

from core import config
from core.account.actor import GUEST, Actor
from core.clock import SHANGHAI
from core.db import db
from core.seal import service as seal

ROOT = Path(__file__).resolve().parents[2]
DAY = datetime(2026, 11, 20, 10, tzinfo=SHANGHAI)  # when the clock of a test stands


def environment(url: str, var: Path, port: int = 8000) -> dict[str, str]:
    """The whole environment of an application under test; nothing of the developer's shell leaks in."""
    return {
        "DATABASE_URL": url,
        "YIDUN_VAR": str(var),
        "YIDUN_ENV": "test",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "YIDUN_POOL_SIZE": "10",
    }


@contextmanager
def settings_of(env: dict[str, str]) -> Iterator[config.Settings]:
    """Within the block ``core.config.settings()`` answers from ``env``, here and in child processes."""
    names = {*env, *(n for n in os.environ if n.startswith("YIDUN_") and n != "YIDUN_TEST_BASE"), "STRIPE_SECRET_KEY"}
    before = {name: os.environ.get(name) for name in names}
    for name in names:
        os.environ.pop(name, None)
    os.environ.update(env)
    _forget()
    try:
        yield config.settings()
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        _forget()


def _forget() -> None:
    """Settings and master keys are read anew: each ``var`` folder has keys of its own."""
    config.settings.cache_clear()
    seal.forget_keys()


def build(settings: config.Settings, **overrides: Any) -> Flask:
    """The whole application, all floors, in test mode; forms need no CSRF token unless asked for."""
    import admin
    import brand
    import shop
    import trace
    from core.app import create_app, keep_compiled

    overrides = {"TESTING": True, "PROPAGATE_EXCEPTIONS": False, "WTF_CSRF_ENABLED": False, **overrides}
    app = create_app((brand, trace, shop, admin), settings, **overrides)
    keep_compiled(app, ROOT / "var" / "cache" / "templates")  # for all tests, whose own folders go with them
    app.test_client_class = Client
    return app


@contextmanager
def bound(app: Flask, connection: Connection) -> Iterator[None]:
    """Within the block every session works on ``connection``, and its commits end in savepoints (TRAPS 2: Lite's own helper breaks)."""
    with app.app_context():
        maker = db.sessionmaker
    before = dict(maker.kw)
    maker.configure(bind=connection, join_transaction_mode="create_savepoint")
    maker.kw.pop("binds", None)
    try:
        yield
    finally:
        maker.kw.clear()
        maker.kw.update(before)


@contextmanager
def savepoint(app: Flask) -> Iterator[None]:
    """Everything done inside, also by requests, is rolled back."""
    with app.app_context():
        connection = db.engine.connect()
    outer = connection.begin()
    try:
        with bound(app, connection):
            yield
    finally:
        outer.rollback()
        connection.close()


@contextmanager
def context_of(app: Flask) -> Iterator[None]:
    """An application context, in which ``db.session`` works for the test itself."""
    with app.app_context():
        try:
            yield
        finally:
            db.session.rollback()


class Client(FlaskClient):
    """A test client whose requests get a context of their own.

    Otherwise ``g`` (session, actor) of the test would leak into them (TRAPS 2).  What the test's own session holds is
    flushed before and read anew after each request.  ``actor`` is who is signed in.
    """

    actor: Actor = GUEST
    password: str = ""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        outer = db.session if has_app_context() else None
        if outer is not None:
            outer.flush()

        def alone() -> Any:
            _cv_app.set(None)  # type: ignore[arg-type]
            return super(Client, self).open(*args, **kwargs)

        response = contextvars.copy_context().run(alone)
        if outer is not None:
            outer.expire_all()
        return response

    def run_wsgi_app(self, environ: Any, buffered: bool = False) -> Any:
        """As in Werkzeug; the body, a file on disk where it is large, is closed here and not by the collector some day."""
        try:
            return super().run_wsgi_app(environ, buffered)
        finally:
            environ["wsgi.input"].close()
