"""Plug the stock in: tables, permission, constraint sentences, reactions to holds and licences."""

from __future__ import annotations

from flask import Flask

from core import hooks
from core.ui import nav
from shop.stock import errors, models, permissions, service  # noqa: F401 - models: Alembic sees the tables
from shop.stock.views import blueprint
from trace.lot.deeds import lot_claims, pieces_promised


def register(app: Flask) -> None:
    """Afterwards the room is part of ``app``."""
    errors.register()
    hooks.lot_held.append(service.on_lot_held)
    pieces_promised.append(service.on_hand_and_sold)
    lot_claims.append(service.claims)
    hooks.licence_changed.append(service.on_licence_changed)
    app.register_blueprint(blueprint)
    nav.add("品牌与销售", "库存", "stock.index", permissions.MANAGE, "box", 32)
