"""The only composition root: ``wsgi:app``.

The folder of this file stands first on the path, because our package ``trace`` shares its name with a module of
the standard library (docs/adr/0003).
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = str(Path(__file__).resolve().parent)
if sys.path[:1] != [HERE]:
    sys.path[:] = [HERE, *(p for p in sys.path if p != HERE)]

import admin  # noqa: E402
import brand  # noqa: E402
import shop  # noqa: E402
import trace  # noqa: E402
from core.app import create_app  # noqa: E402

FLOORS = (brand, trace, shop, admin)

app = create_app(FLOORS)
