"""Plug the room in."""

from __future__ import annotations

from flask import Flask, url_for

from core.account.actor import Actor
from core.errors import register_constraint
from core.organisation import errors as errors
from core.organisation import mandate_views as mandate_views
from core.organisation import models as models
from core.organisation import permissions, queries
from core.organisation.views import blueprint
from core.ui import nav
from core.ui.search import Hit, register_finder


def find(text: str, actor: Actor) -> list[Hit]:
    """Organisations by name or code, for staff."""
    if not actor.can(permissions.LIST):
        return []
    return [
        Hit(o.name, f"{o.kind_label}，{o.code}", url_for("organisation.show", code=o.code), "单位")
        for o in queries.search(text)
    ]


def register(app: Flask) -> None:
    """Afterwards organisations have their pages, menus and search."""
    app.register_blueprint(blueprint)
    register_constraint(
        "ex_core_organisation_mandate_one_at_a_time", "mandate.overlap", "这段时间已经有委托。", "valid_from"
    )
    nav.add("本单位", "资料与证照", "organisation.profile", permissions.VIEW, "file", 20)
    nav.add("本单位", "种植户", "organisation.growers", permissions.GROWERS, "users", 30)
    nav.add("本单位", "记录委托", "organisation.mandate_index", permissions.MANDATE, "link", 31)
    nav.add("监管", "入驻名录", "organisation.index", permissions.LIST, "leaf", 12)
    register_finder(find)
