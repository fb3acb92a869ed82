"""One line of migrations that goes up, down and up again, and ends where the models are."""

from __future__ import annotations

import re

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import NullPool, create_engine, text

from core.db import Model, db
from core.embedded import migrate
from tests.support import databases
from tests.support.source import ROOT

_OURS = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
_LEFT = f"""
select 'table ' || relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where {_OURS} and relkind in ('r', 'p', 'v', 'm', 'S') and relname <> 'alembic_version'
union all select 'function ' || proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where {_OURS}
union all select 'type ' || typname from pg_type t join pg_namespace n on n.oid = t.typnamespace
 where {_OURS} and typtype in ('e', 'd')
union all select 'schema ' || n.nspname from pg_namespace n where {_OURS} and n.nspname <> 'public' order by 1
"""


def test_there_is_one_newest_migration() -> None:
    assert len(migrate.heads()) == 1


def test_migrations_are_numbered_in_order_and_named_by_verb_and_noun() -> None:
    names = sorted(p.stem for p in (ROOT / "migrations" / "versions").glob("*.py"))

    assert [n for n in names if not re.fullmatch(r"\d{4}_[a-z]+(_[a-z0-9]+)+", n)] == []
    assert [int(n[:4]) for n in names] == list(range(1, len(names) + 1))


def test_migrations_go_up_down_and_up_again_and_leave_nothing() -> None:
    with databases.clone(empty=True) as url:
        migrate.upgrade(url)
        migrate.downgrade(url, "base")
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            left = list(connection.scalars(text(_LEFT)))
        migrate.upgrade(url)
        stands_at = migrate.current(url)
        engine.dispose()

    assert left == []
    assert (stands_at,) == migrate.heads()


def test_the_migrated_database_is_what_the_models_say(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _ours})
        differences = compare_metadata(context, Model.metadata)

    assert [str(d) for d in differences] == []


def _ours(_obj: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    """Partitions and the queue's tables are made by SQL of their own."""
    if kind != "table" or name is None:
        return True
    return not (
        name.startswith("procrastinate_")
        or (reflected and compare_to is None and re.search(r"_(p?\d{4,}|default)$", name))
    )


def test_every_table_is_named_by_floor_room_and_thing(app: Flask) -> None:
    names = [
        t for t in Model.metadata.tables if not re.fullmatch(r"(core|brand|trace|shop|admin)_[a-z0-9]+(_[a-z0-9]+)+", t)
    ]

    assert names == []


def test_foreign_keys_point_to_the_own_floor_or_downwards(app: Flask) -> None:
    height = {name: n for n, name in enumerate(("core", "brand", "trace", "shop", "admin"))}
    upward = [
        f"{table.name} -> {key.target_fullname}"
        for table in Model.metadata.tables.values()
        for key in table.foreign_keys
        if height[key.target_fullname.split("_")[0]] > height[table.name.split("_")[0]]
    ]

    assert upward == []
