"""Plug the room in."""

from __future__ import annotations

from flask import Flask

from admin.information import jobs as jobs
from admin.information import models as models
from admin.information import permissions, queries
from admin.information.rules_policy import InformationTerms
from admin.information.views import blueprint
from core import hooks
from core.hooks import Panel
from core.policy import registry
from core.ui import nav


def organisation_panel(*, organisation_id: int) -> Panel | None:
    """The stores of an enterprise on its public page, as it told them."""
    stores = queries.stores_of([organisation_id]).get(organisation_id, [])
    if not stores:
        return None
    lines = tuple(f"{s.platform}：{s.name}" for s in stores if not s.url)
    links = tuple((f"{s.platform}：{s.name}", s.url) for s in stores if s.url)
    return Panel("stores", "店铺", lines=lines, links=links, source="self")


def register(app: Flask) -> None:
    """Afterwards enterprises tell about themselves and confirm it every year."""
    registry.declare(InformationTerms)
    app.register_blueprint(blueprint)
    hooks.organisation_panels.append(organisation_panel)
    nav.add("本单位", "企业信息", "information.own", permissions.FILL, "pen", 25)
    nav.add("监管", "信息报送与核对", "information.overview", permissions.VIEW, "check", 20)
