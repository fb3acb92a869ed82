"""Plug the room in."""

from flask import Flask

from core.file import models, permissions  # noqa: F401 - tables and permissions are declared at import
from core.file.views import blueprint


def register(app: Flask) -> None:
    """Afterwards files can be fetched."""
    app.register_blueprint(blueprint)
