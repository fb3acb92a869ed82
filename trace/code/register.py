"""Plug the room in: the enterprise's pages, the public pages of series, background work."""

from __future__ import annotations

from flask import Flask

from core import hooks as house
from core.ui import nav
from trace.code import api, design_views, designs, errors, fates, hooks, jobs, models, public_views, views
from trace.code.fsck import series_roots
from trace.code.permissions import DESIGN, PRINT
from trace.log import service as log
from trace.lot.deeds import deed_reversed

__all__ = ["api", "errors", "jobs", "models", "register"]


def register(app: Flask) -> None:
    """Afterwards enterprises issue codes, design and print labels, and anybody can check a unit against its series."""
    for blueprint in (views.bp, design_views.bp, public_views.bp):
        app.register_blueprint(blueprint)
    house.unit_fates.append(fates.fate_of)
    hooks.units_in_use.append(fates.in_use)
    deed_reversed.append(fates.on_deed_reversed)
    if series_roots not in log.sources:
        log.sources.append(series_roots)
    house.claim_texts.append(designs.claim_texts)
    nav.add("生产", "赋码和标签", "code.index", PRINT, "qr", 50)
    nav.add("生产", "标签版式", "label_design.index", DESIGN, "print", 52)
