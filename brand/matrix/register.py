"""Plug the room in."""

from __future__ import annotations

from flask import Flask

from brand.matrix import errors as errors
from brand.matrix import jobs as jobs
from brand.matrix import models as models
from brand.matrix import permissions, rules_use, service_use
from brand.matrix.views import blueprint, home_panel
from brand.matrix.views_desk import blueprint as desk_blueprint
from brand.matrix.views_use import blueprint as rules_blueprint
from core.ui import nav
from core.ui.home import add_panel
from core.workflow.engine import bind


def register(app: Flask) -> None:
    """Afterwards the matrix has its pages and menus."""
    bind(
        rules_use.RULES,
        model=models.RulesVersion,
        load_facts=service_use.load_facts,
        owner=lambda _row: None,
        effects={"publish": service_use.on_published},
    )
    app.register_blueprint(blueprint)
    app.register_blueprint(desk_blueprint)
    app.register_blueprint(rules_blueprint)
    nav.add("品牌", "品牌矩阵", "matrix_desk.manage", permissions.MANAGE, "tag", 20)
    nav.add("品牌与销售", "企业品牌", "matrix_desk.own", permissions.OWN, "tag", 20)
    add_panel(home_panel, 60)
