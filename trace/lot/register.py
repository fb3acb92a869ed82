"""Plug lots in: tables, permissions, workflow, pages, and the answers they give to seasons."""

from __future__ import annotations

from flask import Flask, url_for

from core.account.actor import Actor
from core.errors import register_constraint
from core.ui import nav, search
from core.workflow.engine import bind
from trace.item.rules import plain
from trace.lot import facts, genealogy, permissions, queries, service, waste
from trace.lot import models as models
from trace.lot.cli import events_cli
from trace.lot.offers import addendum_offers
from trace.lot.rules import LOT
from trace.lot.views import bp
from trace.lot.views_deeds import bp as deeds_bp
from trace.season.service import allocated, lot_uses


def _find(text: str, actor: Actor) -> list[search.Hit]:
    """Lots by number, for the staff search box."""
    number = plain(text)
    if len(number) < 4 or not (actor.can(permissions.VIEW) or actor.can(permissions.OVERSEE)):
        return []
    endpoint = "lot.show" if actor.can(permissions.VIEW) else "lot.oversee"
    return [
        search.Hit(f"批次 {lot.lot_no}", lot.item.name, url_for(endpoint, public_id=lot.public_id), "批次")
        for lot in queries.find_by_number(number, actor)
    ]


def register(app: Flask) -> None:
    """Afterwards lots can be made, packed, sealed and held."""
    app.register_blueprint(bp)
    app.register_blueprint(deeds_bp)
    app.cli.add_command(events_cli)
    bind(
        LOT,
        model=models.Lot,
        load_facts=facts.load_lot_facts,
        owner=lambda lot: lot.organisation_id,
        owners={"seal": lambda lot: lot.sealer_id, "withdraw": lambda lot: lot.sealer_id},
        effects={"cancel": service.give_back, "hold": service.tell_held, "release": service.tell_held},
    )
    allocated.append(genealogy.allocated)
    addendum_offers.append(waste.offers)
    lot_uses.append(genealogy.season_uses)
    register_constraint(
        "uq_trace_lot_lot_item_id_lot_no", "lot.number_taken", "这个商品项已有这个批号，请换一个。", "lot_no"
    )
    register_constraint("ck_trace_lot_lot_balance", "lot.short", "这批剩下的不够了，请刷新后改少数量。", "source")
    search.register_finder(_find)
    nav.add("生产", "批次", "lot.index", permissions.VIEW, "box", 20, phone=True)
