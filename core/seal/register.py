"""Plug the room in: the ``flask keys`` commands."""

from __future__ import annotations

from flask import Flask

from core.seal import service
from core.seal.cli import keys_cli


def register(app: Flask) -> None:
    """Afterwards ``flask keys`` is there; a process never starts with keys of another deployment in memory."""
    service.forget_keys()
    app.cli.add_command(keys_cli)
