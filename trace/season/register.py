"""Plug seasons in: tables, permissions, pages."""

from __future__ import annotations

from flask import Flask

from core.errors import register_constraint
from core.ui import nav
from trace.season import draft_views as draft_views
from trace.season import jobs as jobs
from trace.season import keeping_views as keeping_views
from trace.season import models as models
from trace.season import permissions
from trace.season.views import bp


def register(app: Flask) -> None:
    """Afterwards seasons and their journal have pages."""
    app.register_blueprint(bp)
    register_constraint("uq_trace_season_season_place_id_year", "season.taken", "这块地今年的生产季已经开过。", "year")
    register_constraint(
        "uq_trace_season_entry_corrects_id", "season.corrected_already", "这条记录已经更正过，请更正最新的那一条。"
    )
    register_constraint("uq_trace_season_entry_draft_key", "season.draft_used", "这份草稿已经记过。")
    nav.add("生产", "记一笔", "season.quick", permissions.WRITE, "pen", 5, phone="main")
    nav.add("生产", "生产季", "season.index", permissions.VIEW, "leaf", 12)
