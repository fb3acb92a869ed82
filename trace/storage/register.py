"""Plug the room in: its tables so far."""

from __future__ import annotations

from flask import Flask

from trace.storage import models as models


def register(_app: Flask) -> None:
    """Afterwards the tables are known."""
