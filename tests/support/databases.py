"""Databases for tests: a template migrated once per state of the migrations, cheap clones of it."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from core.embedded import cluster, migrate

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE_LOCK = 0x7E_57
KEPT_TEMPLATES = 6
_numbers = itertools.count(1)


def server() -> cluster.Server:
    """The test cluster, started by whoever needs it first and stopped by whoever lets go last."""
    return cluster.for_process("test", Path(os.environ.get("YIDUN_TEST_BASE", ROOT / "var")))


def template_name() -> str:
    """Named by what it is made of, so that a changed migration gets a template of its own."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "migrations").rglob("*")):
        if path.is_file() and path.suffix in (".py", ".sql"):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"template_{digest.hexdigest()[:16]}"


@contextmanager
def _maintenance() -> Iterator[psycopg.Connection]:
    with psycopg.connect(server().dsn_of("postgres"), autocommit=True) as connection:
        yield connection


def _run(connection: psycopg.Connection, statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*(sql.Identifier(n) for n in names)))  # type: ignore[arg-type]


def ensure_template() -> str:
    """The name of a template database that stands at the newest migration."""
    name = template_name()
    with _maintenance() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (TEMPLATE_LOCK,))
        ready = connection.execute("SELECT datistemplate FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if ready is None or not ready[0]:
            _sweep(connection)
            _run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
            _run(connection, "CREATE DATABASE {}", name)
            migrate.upgrade(server().url_of(name))
            _run(connection, "ALTER DATABASE {} IS_TEMPLATE true", name)
    return name


def _sweep(connection: psycopg.Connection) -> None:
    """Drop the clones of runs that are dead, and all but the newest templates."""
    rows = connection.execute("SELECT datname FROM pg_database ORDER BY oid DESC").fetchall()
    names = [str(row[0]) for row in rows]
    for name in names:
        if name.startswith("run_") and not Path(f"/proc/{name.split('_')[1]}").exists():
            _run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    for name in [n for n in names if n.startswith("template_")][KEPT_TEMPLATES:]:
        _run(connection, "ALTER DATABASE {} IS_TEMPLATE false", name)
        _run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@contextmanager
def clone(*, empty: bool = False, of: str = "") -> Iterator[str]:
    """The address of a fresh database (migrated, ``empty``, or a copy ``of`` another), dropped afterwards."""
    template = of or ("template0" if empty else ensure_template())
    name = f"run_{os.getpid()}_{next(_numbers)}"
    with _maintenance() as connection:
        _run(connection, "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
    try:
        yield server().url_of(name)
    finally:
        with _maintenance() as connection:
            _run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def copy(url: str, name: str) -> None:
    """Afterwards the database at ``url`` stands also under ``name``; its last connections are ended."""
    source = str(make_url(url).database)
    with _maintenance() as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (source,))
        _run(connection, "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, source)
