"""Plug the room in."""

from __future__ import annotations

from flask import Flask

from brand.mark import errors as errors
from brand.mark import models as models
from brand.mark import permissions
from brand.mark.views import bp
from core.ui import nav


def register(app: Flask) -> None:
    """Afterwards mark files have their pages and menus."""
    app.register_blueprint(bp)
    nav.add("品牌", "标志文件", "mark.index", permissions.MANAGE, "file", 25)
    nav.add("品牌与销售", "标志文件", "mark.index", permissions.USE, "file", 13)
