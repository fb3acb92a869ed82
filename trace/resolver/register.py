"""Plug the room in: description file, pages of links."""

from __future__ import annotations

from flask import Flask

from core.ui import nav
from trace.resolver import errors, models  # noqa: F401 - constraint names and tables are declared at import
from trace.resolver.permissions import OVERSEE
from trace.resolver.views import bp


def register(app: Flask) -> None:
    """Afterwards enterprises keep the links of their products and the description file is served."""
    app.register_blueprint(bp)
    nav.add("监管", "商品链接", "resolver.oversee", OVERSEE, "link", 62)
