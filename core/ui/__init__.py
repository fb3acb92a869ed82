"""The user interface: layouts, macros, forms, tables, charts, menus, search, home page.  See docs/ui.md.

Rooms may call ``flash`` from here, and the modules ``forms fields tables charts nav home search moves assets i18n``.
"""

from __future__ import annotations

from typing import Literal

from flask import flash as _flask_flash

Tone = Literal["ok", "busy", "todo", "bad", "none"]


def flash(message: str, tone: Tone = "ok") -> None:
    """Tell ``message`` on the next page; it stays until the reader leaves that page."""
    _flask_flash(message, tone)
