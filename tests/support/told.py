"""The demo story as a template database: told once per state of the sources and day, then cloned in a second.

The address of the platform is part of what is told (DIDs, links, codes), so the port is chosen once and kept beside it.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from core import clock
from core.db import db
from tests.support import applications, browser, databases
from tests.support.browser import LiveServer

PORT = "port"
FLOORS = ("core", "brand", "trace", "shop", "admin", "migrations")


def _key() -> str:
    """Named by what the story is made of and by the day, for its orders stand in the days before today."""
    digest = hashlib.sha256(str(clock.today()).encode())
    for floor in FLOORS:
        for path in sorted((databases.ROOT / floor).rglob("*")):
            if path.suffix in (".py", ".sql", ".json", ".typ") and path.is_file():
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _port(var: Path) -> int:
    return int((var / PORT).read_text("utf-8"))


def _tell(url: str, var: Path) -> None:
    from admin.demo.story import tell

    var.mkdir(parents=True)
    (var / PORT).write_text(str(browser.free_port()), "utf-8")
    with applications.settings_of(applications.environment(url, var, _port(var))) as settings:
        app = applications.build(settings)
        with app.app_context():
            tell(settings, say=lambda *_args, **_kwargs: None)
            db.engine.dispose()


def _ensure() -> tuple[str, Path]:
    """The name of the told template and its ``var`` folder; whoever comes first tells, the others wait."""
    key = _key()
    name, shelf = f"told_{key}", databases.ROOT / "var" / "told"
    shelf.mkdir(parents=True, exist_ok=True)
    with (shelf / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        databases.ensure_template()
        with databases._maintenance() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if found and (shelf / key).is_dir():
                return name, shelf / key
            for (old,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'told_%'").fetchall():
                databases._run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", old)
            for folder in (p for p in shelf.iterdir() if p.is_dir()):
                shutil.rmtree(folder, ignore_errors=True)
        with databases.clone() as url:
            _tell(url, shelf / "new")
            databases.copy(url, name)
        (shelf / "new").rename(shelf / key)
        return name, shelf / key


@contextmanager
def _copied(var: Path) -> Iterator[str]:
    name, told = _ensure()
    shutil.copytree(told, var, dirs_exist_ok=True)
    with databases.clone(of=name) as url:
        yield url


@contextmanager
def application(var: Path) -> Iterator[Flask]:
    """The application after the story was told, on a database and a ``var`` folder of its own."""
    with _copied(var) as url, applications.settings_of(applications.environment(url, var, _port(var))) as settings:
        app = applications.build(settings)
        yield app
        with app.app_context():
            db.engine.dispose()


@contextmanager
def served(var: Path) -> Iterator[LiveServer]:
    """A server and a worker after the story was told; one at a time, for the address is the story's own."""
    with _copied(var) as url, browser.serve(url, var, _port(var)) as server:
        yield server
