"""Plug the room in."""

from __future__ import annotations

from flask import Flask

from trace.aggregation import models

__all__ = ["models", "register"]


def register(app: Flask) -> None:
    """Afterwards the tables are known."""
