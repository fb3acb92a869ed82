"""Plug the room in."""

from flask import Flask

from core.ledger import models

__all__ = ["models", "register"]


def register(app: Flask) -> None:
    """Nothing to route: other rooms call the service."""
