"""Plug the room in."""

from __future__ import annotations

from flask import Flask

from core.policy import permissions, queries, service
from core.policy.models import Change
from core.policy.rules import CHANGE
from core.policy.views import blueprint
from core.ui import nav
from core.workflow.engine import bind


def register(app: Flask) -> None:
    """Afterwards values are read by rooms, shown to everybody, and changed by two people."""
    bind(
        CHANGE,
        model=Change,
        load_facts=service.change_facts,
        owner=lambda c: c.organisation_id,
        effects=service.EFFECTS,
    )
    app.register_blueprint(blueprint)
    nav.add(
        "监管",
        "规则取值",
        "policy.index",
        permissions.VIEW,
        "sheet",
        60,
        badge=lambda a: queries.waiting_count(a) or None,
    )
