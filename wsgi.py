"""The only composition root: ``wsgi:app``.

The folder of this file stands first on the path, because our package ``trace`` shares its name with a module of
the standard library (docs/adr/0003).
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

HERE = str(Path(__file__).resolve().parent)
if sys.path[:1] != [HERE]:
    sys.path[:] = [HERE, *(p for p in sys.path if p != HERE)]

# What is loaded once and stays is no garbage: not looking for any saves a quarter of the start, and freezing it afterwards
# keeps the collector of the running server away from it (docs/measurements-start.md).
gc.disable()

import admin  # noqa: E402
import brand  # noqa: E402
import shop  # noqa: E402
import trace  # noqa: E402
from core import config  # noqa: E402
from core.app import create_app  # noqa: E402

FLOORS = (brand, trace, shop, admin)


def database() -> None:
    """Where no ``DATABASE_URL`` is set, the embedded PostgreSQL of this checkout serves (adopted or started)."""
    if not config.settings().database_url:
        from core.embedded import cluster

        server = cluster.for_process("dev", config.settings().var)
        os.environ["DATABASE_URL"] = server.url
        config.settings.cache_clear()


def refuse_unsafe() -> None:
    """In production nothing is served on unsafe settings; the command line stays open to mend and check them."""
    settings = config.settings()
    errors = [f for f in config.check(settings) if f.level == "error"] if settings.production else []
    if errors and os.environ.get("FLASK_RUN_FROM_CLI") != "true":
        raise SystemExit("配置不安全，没有启动：\n" + "\n".join(f"- {f.name}：{f.message}" for f in errors))


database()
refuse_unsafe()
app = create_app(FLOORS)
gc.freeze()
gc.enable()
