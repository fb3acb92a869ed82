"""Plug the room in."""

from flask import Flask

from core.job import jobs, models  # noqa: F401 - the loop and the tables are declared at import


def register(app: Flask) -> None:
    """Nothing to route: /readyz shows how the queue is doing."""
