"""Plug livestream hosts in: tables, workflow, pages."""

from __future__ import annotations

from flask import Flask

from core.ui import nav
from core.workflow.engine import bind
from shop.livestream import models, permissions, rules, service
from shop.livestream.views import blueprint


def register(app: Flask) -> None:
    """Afterwards the room is part of ``app``."""
    bind(
        rules.HOST,
        model=models.Host,
        load_facts=service.load_facts,
        owner=lambda o: o.organisation_id,
        visible=service.visible,
    )
    app.register_blueprint(blueprint)
    nav.add("品牌", "主播登记", "livestream.cases", permissions.REVIEW, "user", 40)
