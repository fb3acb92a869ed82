"""Plug shipments in: tables, permissions, workflow, pages, what is on the way."""

from __future__ import annotations

from flask import Flask

from core.ui import nav
from core.workflow.engine import bind
from trace.lot.deeds import lot_claims
from trace.lot.offers import addendum_offers
from trace.movement import models, permissions, queries, service
from trace.movement.rules import SHIPMENT
from trace.movement.views import bp


def register(app: Flask) -> None:
    """Afterwards goods can be sent and received between organisations."""
    app.register_blueprint(bp)
    receiver = {
        move: (lambda shipment: shipment.receiver_id) for move in ("receive", "receive_differing", "refuse", "reopen")
    }
    bind(
        SHIPMENT,
        model=models.Shipment,
        load_facts=lambda *_: None,
        owner=lambda shipment: shipment.organisation_id,
        owners=receiver,
    )
    lot_claims.append(service.under_way)
    addendum_offers.append(queries.offers)
    nav.add(
        "生产", "收发货", "movement.index", permissions.VIEW, "truck", 28,
        badge=lambda actor: queries.waiting(actor.organisation_id or 0) or None,
    )  # fmt: skip
