"""Plug the room in."""

from __future__ import annotations

from flask import Flask

from admin.workbench import permissions
from admin.workbench.views import blueprint
from core.account.homes import register_home
from core.ui import nav


def register(app: Flask) -> None:
    """Afterwards people land on their workbench after sign-in."""
    app.register_blueprint(blueprint)
    nav.add("", "工作台", "workbench.enterprise", permissions.ENTERPRISE, "home", 10, phone=True)
    nav.add("", "待办", "workbench.office", permissions.OFFICE, "home", 10, phone=True)
    register_home("enterprise", "workbench.enterprise")
    for kind in ("office", "brand_office", "bureau", "platform"):
        register_home(kind, "workbench.office")
