"""Plug the health room in."""

from __future__ import annotations

from flask import Flask

from core.health.views import blueprint


def register(app: Flask) -> None:
    """Afterwards ``/healthz``, ``/readyz`` and ``/metrics`` answer."""
    app.register_blueprint(blueprint)
