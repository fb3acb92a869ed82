"""Plug the room in: routes, the short cut in front of Flask, hooks, background work."""

from __future__ import annotations

from flask import Flask

from core.hooks import licence_changed
from trace.scan import jobs, models, resolve  # noqa: F401 - tasks and tables are declared at import
from trace.scan.answer import CodePage
from trace.scan.service import touch
from trace.scan.shortcut import ShortCut
from trace.scan.views import bp


def register(app: Flask) -> None:
    """Afterwards code addresses are answered, each visit counted; ``SCAN_SHORTCUT=False`` leaves them to Flask."""
    app.register_blueprint(bp)
    licence_changed.append(touch)
    resolve.forget()
    page = app.extensions["code_page"] = CodePage(app)
    if app.config.get("SCAN_SHORTCUT", True):
        app.wsgi_app = ShortCut(page, app.wsgi_app)  # type: ignore[method-assign]
