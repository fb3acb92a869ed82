"""Plug the room in: pages, the public page of a box, the word about units in use."""

from __future__ import annotations

from flask import Flask

from core.hooks import unit_fates
from core.ui import nav
from trace.aggregation import errors, models, service
from trace.aggregation.permissions import PACK
from trace.aggregation.queries import fate_of
from trace.aggregation.views import box_bp, bp, level_of_key, page_of_key
from trace.code import hooks
from trace.resolver import keys

__all__ = ["errors", "models", "register"]


def register(app: Flask) -> None:
    """Afterwards enterprises pack cartons and pallets, and no unit in a box can be voided."""
    app.register_blueprint(bp)
    app.register_blueprint(box_bp)
    hooks.units_in_use.append(service.units_in_use)
    unit_fates.append(fate_of)
    keys.register("00", level_of_key, page_of_key)
    nav.add("生产", "装箱", "aggregation.index", PACK, "box", 54)
