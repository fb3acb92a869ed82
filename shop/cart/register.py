"""Plug the cart in."""

from __future__ import annotations

from flask import Flask

from shop.cart import models  # noqa: F401 - Alembic sees the tables
from shop.cart.views import blueprint


def register(app: Flask) -> None:
    """Afterwards the room is part of ``app``."""
    app.register_blueprint(blueprint)
