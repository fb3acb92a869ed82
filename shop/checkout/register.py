"""Plug the checkout in."""

from __future__ import annotations

from flask import Flask

from shop.checkout import models  # noqa: F401 - Alembic sees the tables
from shop.checkout.views import blueprint


def register(app: Flask) -> None:
    """Afterwards the room is part of ``app``."""
    app.register_blueprint(blueprint)
