"""Plug the room in: table, pages, timer, the links of the public header."""

from __future__ import annotations

from flask import Flask, request, url_for
from flask_babel import gettext as _

from core.ui import nav, page
from shop.cart.service import shown_count
from shop.lookup import jobs, models  # noqa: F401 - tables and loops
from shop.lookup.views import blueprint


def _orders() -> tuple[str, str]:
    return str(_("订单")), url_for("order.mine") if page.signed_in() else url_for("lookup.ask")


def _cart() -> tuple[str, str]:
    count = shown_count(request.cookies)
    return str(_("购物车")) + (f" {count}" if count else ""), url_for("cart.show")


def register(app: Flask) -> None:
    """Afterwards the room is part of ``app``."""
    app.register_blueprint(blueprint)
    nav.add_public(_orders)
    nav.add_public(_cart)
