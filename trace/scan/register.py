"""Plug the room in: routes, the short cut in front of Flask, the workflow of stopped codes, hooks, background work."""

from __future__ import annotations

from flask import Flask

from core.hooks import brand_figures, brand_lines, codes_changed, licence_changed
from core.ui import nav
from core.workflow.engine import bind
from trace.scan import blocks, brand_page, jobs, models, permissions, resolve, views_office, views_product, views_report  # noqa: F401
from trace.scan.answer import CodePage
from trace.scan.rules import BLOCK
from trace.scan.service import touch, touch_codes
from trace.scan.shortcut import ShortCut
from trace.scan.views import bp


def register(app: Flask) -> None:
    """Afterwards code addresses are answered, each visit counted; ``SCAN_SHORTCUT=False`` leaves them to Flask."""
    app.register_blueprint(bp)
    bind(
        BLOCK, model=models.Block, load_facts=blocks.facts, owner=lambda block: block.organisation_id,
        effects={"block": blocks.told, "lift": blocks.told},
    )  # fmt: skip
    licence_changed.append(touch)
    codes_changed.append(touch_codes)
    brand_figures.append(brand_page.figures)
    brand_lines.append(brand_page.recent_lots)
    nav.add("监管", "扫码异常", "scan.watch", permissions.WATCH, "eye", 60)
    nav.add("监管", "停用编号", "scan.blocks", permissions.BLOCK, "lock", 61)
    resolve.forget()
    page = app.extensions["code_page"] = CodePage(app)
    if app.config.get("SCAN_SHORTCUT", True):
        app.wsgi_app = ShortCut(page, app.wsgi_app)  # type: ignore[method-assign]
