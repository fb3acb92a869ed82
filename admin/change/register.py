"""Plug the room in."""

from __future__ import annotations

from flask import Flask

from admin.change import permissions, queries, rules, service
from admin.change.models import Change
from admin.change.views import blueprint
from core.ui import nav
from core.workflow.engine import bind


def register(app: Flask) -> None:
    """Afterwards names, codes and mergers are changed by request."""
    bind(
        rules.CHANGE,
        model=Change,
        load_facts=service.load_facts,
        owner=lambda change: change.organisation_id,
        owners={"agree": lambda change: change.into_id},
        effects=service.EFFECTS,
        visible=queries.visible,
    )
    app.register_blueprint(blueprint)
    nav.add("本单位", "变更名称、代码、合并", "change.index", permissions.ASK, "pen", 85)
    nav.add(
        "监管",
        "变更申请",
        "change.index",
        permissions.SCREEN,
        "pen",
        15,
        badge=lambda a: queries.waiting_count(a) or None,
    )
    nav.add(
        "监管",
        "变更审定",
        "change.index",
        permissions.DECIDE,
        "pen",
        16,
        badge=lambda a: queries.waiting_count(a) or None,
    )
