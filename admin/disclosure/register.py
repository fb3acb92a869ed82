"""Plug the room in."""

from __future__ import annotations

from flask import Flask

from admin.disclosure import jobs as jobs
from admin.disclosure import models as models
from admin.disclosure import permissions, rules, service
from admin.disclosure.models import Item, Opinion
from admin.disclosure.public_views import blueprint as public
from admin.disclosure.public_views import home_panel
from admin.disclosure.rules_policy import DisclosureTerms
from admin.disclosure.views import blueprint
from core.policy import registry
from core.ui import nav
from core.ui.home import add_panel
from core.workflow.engine import bind


def register(app: Flask) -> None:
    """Afterwards the public column and its desk are part of ``app``."""
    registry.declare(DisclosureTerms)
    bind(
        rules.ITEM,
        model=Item,
        load_facts=service.item_facts,
        owner=lambda _item: None,
        effects={"publish": service.on_published, "correct": service.on_corrected, "withdraw": service.on_withdrawn},
    )
    bind(
        rules.OPINION,
        model=Opinion,
        load_facts=lambda *_: None,
        owner=lambda _opinion: None,
        effects={"answer": service.on_answered},
    )
    app.register_blueprint(blueprint)
    app.register_blueprint(public)
    nav.add("监管", "公开专栏", "disclosure.index", permissions.VIEW, "file", 40, phone_label="公开")
    add_panel(home_panel, 80)
