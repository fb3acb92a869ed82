"""Plug rooms into the application, in order."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence

from flask import Flask


def plug_in(app: Flask, floor: str, rooms: Sequence[str]) -> None:
    """Afterwards every room of the floor is part of ``app``, and what its ``api.py`` describes stands in the API description."""
    for room in rooms:
        name = f"{floor}.{room}"
        importlib.import_module(f"{name}.register").register(app)
        if importlib.util.find_spec(f"{name}.api") is not None:
            importlib.import_module(f"{name}.api")
