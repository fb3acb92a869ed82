"""Plug the room in: pages, commands, the writer's loop."""

from __future__ import annotations

from flask import Flask

from trace.log import health, jobs, models
from trace.log.cli import trace_cli
from trace.log.views import bp

__all__ = ["health", "jobs", "models", "register"]


def register(app: Flask) -> None:
    """Afterwards the log is served under /log and the worker integrates four times a second."""
    app.register_blueprint(bp)
    app.cli.add_command(trace_cli)
