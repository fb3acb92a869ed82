"""Plug the room in."""

from flask import Flask

from admin.target import models as models
from admin.target.views import blueprint


def register(app: Flask) -> None:
    """Afterwards resolutions can be recorded; the targets themselves stand on the statistics page."""
    app.register_blueprint(blueprint)
