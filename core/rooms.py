"""Plug rooms into the application, in order."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence

from flask import Flask


def plug_in(app: Flask, floor: str, rooms: Sequence[str]) -> None:
    """Afterwards every room of the floor is part of ``app``."""
    for room in rooms:
        name = f"{floor}.{room}"
        if importlib.util.find_spec(name) is None or importlib.util.find_spec(f"{name}.register") is None:
            continue
        try:  # building phase only: a half-written room must not stop the others
            importlib.import_module(f"{name}.register").register(app)
            if importlib.util.find_spec(f"{name}.api") is not None:
                importlib.import_module(f"{name}.api")  # what the room adds to the API description
        except Exception as error:
            print(f"room {name} left out: {type(error).__name__}: {error}", file=sys.stderr)
