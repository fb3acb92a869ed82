"""Plug trade items in: table, permissions, pages."""

from __future__ import annotations

from flask import Flask

from core.errors import register_constraint
from core.ui import nav
from trace.item import models as models
from trace.item import permissions
from trace.item.views import bp


def register(app: Flask) -> None:
    """Afterwards trade items have pages."""
    app.register_blueprint(bp)
    register_constraint("uq_trace_item_item_gtin", "item.gtin_taken", "这个商品条码已经登记过。", "gtin")
    register_constraint(
        "uq_trace_item_item_organisation_id", "item.own_code_taken", "这个代码已经用过，请换一个。", "own_code"
    )
    nav.add("生产", "商品项", "item.index", permissions.VIEW, "tag", 15)
