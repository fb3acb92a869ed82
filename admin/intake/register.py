"""Plug the room in."""

from __future__ import annotations

from flask import Flask

from admin.intake import errors as errors
from admin.intake import jobs as jobs
from admin.intake import permissions, queries, service
from admin.intake.models import Import
from admin.intake.rules import INTAKE
from admin.intake.views import blueprint
from core.ui import nav
from core.workflow.engine import bind


def register(app: Flask) -> None:
    """Afterwards imports have their workflow, pages and menus."""
    effects = {"confirm_all": service.on_confirmed, "confirm_good": service.on_confirmed}
    bind(
        INTAKE,
        model=Import,
        load_facts=service.load_facts,
        owner=lambda found: found.office_id,
        effects=effects,
        visible=queries.visible,
    )
    app.register_blueprint(blueprint)
    nav.add("监管", "批量导入", "intake.index", permissions.VIEW, "upload", 12)
    nav.add("监管", "疑似重复", "intake.duplicates", permissions.VIEW, "search", 12)
