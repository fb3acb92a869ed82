"""Alembic's environment: a connection given by the caller, or the engine of the current Flask application.

Two starters never migrate at the same time: an advisory lock is held on a connection of its own.
"""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection, text

LOCK = 0x59_49_44_55_4E  # "YIDUN"


def include_object(_obj: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """Tables of the job queue come with their own SQL and are not ours to compare."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def run(connection: Connection, metadata: Any) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=include_object,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_with_lock(engine: Any, metadata: Any) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        try:
            with engine.connect() as connection:
                run(connection, metadata)
        finally:
            guard.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})


given = context.config.attributes.get("engine")
if given is not None:
    run_with_lock(given, context.config.attributes.get("metadata"))
else:
    from core.db import Model, db

    run_with_lock(db.engine, Model.metadata)
