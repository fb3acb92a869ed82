"""Plug cold storage in: tables, permissions, pages, the loggers' address, the answers it gives to lots."""

from __future__ import annotations

from flask import Flask

from core.errors import register_constraint
from core.ui import nav
from trace.lot.deeds import lot_claims, lot_shrank
from trace.lot.offers import addendum_offers
from trace.storage import api, permissions, queries, service
from trace.storage import models as models
from trace.storage.views import bp


def register(app: Flask) -> None:
    """Afterwards lots can be stored, loggers can report, and what is used leaves its store."""
    app.register_blueprint(bp)
    app.register_blueprint(api.bp)
    lot_shrank.append(service.follow_lot)
    lot_claims.append(service.still_stored)
    addendum_offers.append(queries.offers)
    register_constraint(
        "uq_trace_storage_logger_organisation_id_code", "storage.logger_taken", "这个编号已经用过，请换一个。", "code"
    )
    register_constraint(
        "ck_trace_storage_holding_balance", "storage.short", "库里没有这么多，请刷新后改少数量。", "mass_g"
    )
    nav.add("生产", "冷库", "storage.index", permissions.VIEW, "box", 24)
