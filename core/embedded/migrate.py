"""Brings a database to the newest migration, without building the application."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import ProgrammingError

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """The database at ``url`` stands at ``revision``; two callers at once wait for each other."""
    _run(url, command.upgrade, revision)


def downgrade(url: str, revision: str) -> None:
    """The database at ``url`` stands at the older ``revision``."""
    _run(url, command.downgrade, revision)


def _run(url: str, action: object, revision: str) -> None:
    config, engine = _config(), create_engine(url, poolclass=NullPool)
    config.attributes["engine"] = engine
    try:
        action(config, revision)  # type: ignore[operator]
    finally:
        engine.dispose()


def heads() -> tuple[str, ...]:
    """The newest revisions of the scripts; exactly one where all is well."""
    return tuple(ScriptDirectory.from_config(_config()).get_heads())


def current(url: str) -> str | None:
    """The revision the database stands at, or None where it is empty."""
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return str(found) if found else None
    except ProgrammingError:
        return None
    finally:
        engine.dispose()
