"""Plug the rooms of this floor into the application, in order."""

from __future__ import annotations

from flask import Flask

from core.rooms import plug_in

ROOMS = (
    "lease",
    "twin",
    "enterprise",
    "intake",
    "information",
    "change",
    "workbench",
    "project",
    "acceptance",
    "fund",
    "supervision",
    "disclosure",
    "support",
    "target",
    "statistics",
    "demo",
)


def register(app: Flask) -> None:
    """Afterwards every room of the floor is part of ``app``."""
    plug_in(app, "admin", ROOMS)
