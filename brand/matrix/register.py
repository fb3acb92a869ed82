"""Plug the room in."""

from __future__ import annotations

from flask import Flask

from brand.matrix import errors as errors
from brand.matrix import models as models
from brand.matrix import permissions
from brand.matrix.views import blueprint, home_panel
from core.ui import nav
from core.ui.home import add_panel


def register(app: Flask) -> None:
    """Afterwards the matrix has its pages and menus."""
    app.register_blueprint(blueprint)
    nav.add("品牌", "品牌矩阵", "matrix.manage", permissions.MANAGE, "tag", 20)
    nav.add("品牌与销售", "企业品牌", "matrix.own", permissions.OWN, "tag", 20)
    add_panel(home_panel, 60)
