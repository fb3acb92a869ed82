"""Plug the room in."""

from flask import Flask

from admin.demo import models  # noqa: F401 - the table is declared at import
from admin.demo.cli import seed


def register(app: Flask) -> None:
    """Afterwards ``flask seed`` tells the story."""
    app.cli.add_command(seed)
