"""Plug the rooms of this floor into the application, in order."""

from __future__ import annotations

import importlib

from flask import Flask

ROOMS = ("catalogue", "stock", "cart", "checkout", "payment", "order", "livestream")


def register(app: Flask) -> None:
    """Afterwards every room of the floor is part of ``app``."""
    for room in ROOMS:
        importlib.import_module(f"shop.{room}.register").register(app)
