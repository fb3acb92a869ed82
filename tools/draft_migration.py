"""Draft the body of a migration: the tables of the given modules, against a database at the revision before.

Usage: ``.venv/bin/python tools/draft_migration.py 0004 brand.matrix.models brand.licence.models`` prints ``upgrade``
and ``downgrade`` bodies to paste (triggers, EXCLUDE constraints and partitions are added by hand).
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, create_engine

from core.db import Model
from core.embedded import migrate
from tests.support import databases


def main(revision: str, *modules: str) -> None:
    tables: set[str] = set()
    for name in modules:
        module = importlib.import_module(name)
        tables |= {
            c.__tablename__
            for c in vars(module).values()
            if isinstance(c, type) and issubclass(c, Model) and c is not Model and c.__module__ == name
        }
    before = f"{int(revision) - 1:04d}"
    with databases.clone(empty=True) as url:
        if before != "0000":
            migrate.upgrade(url, before)
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection,
                opts={
                    "include_object": lambda _o, n, k, r, _c: k != "table" or (n in tables and not r),
                    "compare_type": True,
                },
            )
            script = produce_migrations(context, Model.metadata)
        engine.dispose()
    options = {"sqlalchemy_module_prefix": "sa.", "alembic_module_prefix": "op."}
    print("# upgrade\n" + render_python_code(script.upgrade_ops, **options).replace("astext_type=Text()", ""))
    print("# downgrade\n" + render_python_code(script.downgrade_ops, **options))


if __name__ == "__main__":
    main(*sys.argv[1:])
