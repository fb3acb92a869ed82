"""Plug the trace graph in: pages and menu."""

from __future__ import annotations

from flask import Flask

from core import hooks
from core.ui import nav
from trace.graph import cartons, permissions, shipments
from trace.graph.views import bp


def register(app: Flask) -> None:
    """Afterwards lots can be traced back and forth."""
    app.register_blueprint(bp)
    hooks.lot_parties.append(cartons.lot_parties)
    hooks.lot_parties.append(shipments.lot_parties)
    hooks.tell_party.append(shipments.tell_party)
    nav.add("生产", "来龙去脉", "graph.index", permissions.VIEW, "map", 60)
    nav.add("监管", "来龙去脉", "graph.all_lots", permissions.OVERSEE, "map", 30)
