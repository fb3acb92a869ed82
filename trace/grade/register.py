"""Plug grading standards in: tables, permissions, workflow, pages."""

from __future__ import annotations

from flask import Flask

from core.ui import nav
from core.workflow.engine import bind
from trace.grade import models, permissions, queries, service
from trace.grade.rules import VERSION
from trace.grade.views import bp


def register(app: Flask) -> None:
    """Afterwards standards can be written, published and used."""
    app.register_blueprint(bp)
    bind(VERSION, model=models.StandardVersion, load_facts=service.load_facts, owner=queries.owner_of)
    nav.add("生产", "分级标准", "grade.index", permissions.VIEW, "sheet", 26)
