"""Plug payment in: tables, workflow, the seller's receiving account."""

from __future__ import annotations

from flask import Flask

from core.ui import nav
from core.workflow.engine import bind
from shop.payment import models, permissions, rules, service
from shop.payment.views import blueprint


def register(app: Flask) -> None:
    """Afterwards the room is part of ``app``."""
    bind(rules.PAYMENT, model=models.Payment, load_facts=service.load_facts, owner=lambda _: None)
    app.register_blueprint(blueprint)
    nav.add("品牌与销售", "收款方式", "payment.account", permissions.ACCOUNT, "yen", 36)
