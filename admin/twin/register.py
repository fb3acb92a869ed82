"""Plug the room in."""

from flask import Flask

from admin.twin import models as models
from admin.twin import permissions as permissions


def register(app: Flask) -> None:
    """Afterwards words on pairs can be kept."""
