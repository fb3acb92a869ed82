"""Plug the catalogue in: tables, workflow, pages, "buy again" on the scan page."""

from __future__ import annotations

from flask import Flask

from core import hooks
from core.ui import nav
from core.ui.home import add_panel
from core.workflow.engine import bind
from shop.catalogue import brand_page, errors, marks, models, panels, permissions, rules, service
from shop.catalogue.seller_views import blueprint as seller
from shop.catalogue.views import blueprint, home_panel


def register(app: Flask) -> None:
    """Afterwards the room is part of ``app``."""
    errors.register()
    bind(
        rules.LISTING,
        model=models.Listing,
        load_facts=service.load_facts,
        owner=lambda o: o.organisation_id,
        effects={"publish": service.on_published},
    )
    hooks.scan_panels.append(panels.buy_again)
    hooks.brand_figures.append(brand_page.figures)
    hooks.brand_lines.append(brand_page.products)
    hooks.claim_texts.append(marks.claim_texts)
    hooks.take_down.append(marks.take_down)
    app.register_blueprint(blueprint)
    app.register_blueprint(seller)
    add_panel(home_panel, 20)
    nav.add("品牌与销售", "商品", "listing.index", permissions.EDIT, "shop", 30, phone=True)
    nav.add("公众服务", "商品审核", "listing.reviews", permissions.REVIEW, "shop", 30)
