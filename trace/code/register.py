"""Plug the room in: the enterprise's pages."""

from __future__ import annotations

from flask import Flask

from core.ui import nav
from trace.code import errors, models  # noqa: F401 - constraint names and tables are declared at import
from trace.code.permissions import PRINT
from trace.code.views import bp


def register(app: Flask) -> None:
    """Afterwards enterprises issue codes and download labels."""
    app.register_blueprint(bp)
    nav.add("生产", "赋码和标签", "code.index", PRINT, "qr", 50)
