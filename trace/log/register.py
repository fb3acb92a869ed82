"""Plug the room in: pages, commands, the writer's loop."""

from __future__ import annotations

from flask import Flask

from core.job.service import loop
from trace.log import health, models, writer
from trace.log.cli import trace_cli
from trace.log.views import bp

__all__ = ["health", "models", "register"]


def register(app: Flask) -> None:
    """Afterwards the log is served under /log and the worker integrates four times a second."""
    app.register_blueprint(bp)
    app.cli.add_command(trace_cli)
    loop("trace.log", 0.25, own_unit=True)(writer.integrate)
