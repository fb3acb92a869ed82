"""Plug the room in."""

from flask import Flask

from admin.statistics import permissions
from admin.statistics.views import blueprint
from core.ui import nav


def register(app: Flask) -> None:
    """Afterwards the office has its page of figures."""
    app.register_blueprint(blueprint)
    nav.add("统计", "目标与报表", "statistics.index", permissions.VIEW, "chart", 10, phone_label="目标")
