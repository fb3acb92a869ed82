"""Plug the room in."""

from flask import Flask

from core.record import jobs, models  # noqa: F401 - the loop and the tables are declared at import


def register(app: Flask) -> None:
    """Nothing to route: the trail is written by services and read by the office."""
