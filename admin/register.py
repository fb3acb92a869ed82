"""Plug the rooms of this floor into the application, in order."""

from __future__ import annotations

import importlib

from flask import Flask

ROOMS = ("enterprise", "workbench", "project", "acceptance", "fund", "supervision", "disclosure", "target", "statistics", "demo")


def register(app: Flask) -> None:
    """Afterwards every room of the floor is part of ``app``."""
    for room in ROOMS:
        importlib.import_module(f"admin.{room}.register").register(app)
