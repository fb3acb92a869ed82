"""Plug the room in."""

from flask import Flask

from core.api.views import blueprint


def register(app: Flask) -> None:
    """Afterwards the API description is served."""
    app.register_blueprint(blueprint)
