"""Plug the room in: the EPCIS interface, the enterprise's pages, telling subscribers."""

from __future__ import annotations

from flask import Flask

from core.ui import nav
from trace.event import api, jobs, models, rest, rest_events, rest_queries  # noqa: F401 - operations, tasks and tables are declared at import
from trace.event.permissions import OVERSEE, VIEW
from trace.event.views import bp

rest.register_discovery()


def register(app: Flask) -> None:
    """Afterwards ``/epcis/`` answers and events are seen on ``/events/``."""
    app.register_blueprint(rest.bp)
    app.register_blueprint(bp)
    nav.add("生产", "事件", "event.index", VIEW, "clock", 60)
    nav.add("监管", "事件", "event.oversee", OVERSEE, "clock", 60)
