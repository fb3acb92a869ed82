"""Plug the room in."""

from flask import Flask

from core.record import jobs, models
from core.record.permissions import READ
from core.record.views import blueprint
from core.ui import nav

__all__ = ["jobs", "models", "register"]


def register(app: Flask) -> None:
    """Afterwards auditors can read the trail; services write it, the loop chains it."""
    app.register_blueprint(blueprint)
    nav.add("系统", "审计记录", "record.index", READ, "file", 30)
