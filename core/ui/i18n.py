"""Words: source strings are Chinese; the English catalogue of the public pages is read from .po files at start-up.

Every floor may add ``…/translations/en/LC_MESSAGES/messages.po``; all are merged in memory, so no compiled file is kept.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context
from flask_babel import Babel, Domain, get_locale, gettext
from werkzeug.utils import cached_property

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("zh", "en")
_FLOORS = ("core", "brand", "trace", "shop", "admin")


def po_files() -> list[Path]:
    """Every English catalogue in the house, lower floors first."""
    return [p for floor in _FLOORS for p in sorted((ROOT / floor).rglob("translations/en/LC_MESSAGES/*.po"))]


@cache
def english() -> Translations:
    """All English catalogues merged; a string without an English text answers itself."""
    merged = Translations()
    for path in po_files():
        with path.open("rb") as source:
            catalog = read_po(source, locale="en")
        out = BytesIO()
        write_mo(out, catalog)
        out.seek(0)
        merged.merge(Translations(out))
    return merged


def translate(text: str, lang: str, **values: Any) -> str:
    """``text`` in ``lang`` (``zh`` answers the text itself), for pages wired without the request's locale."""
    said = english().ugettext(text) if lang == "en" else text
    return said % values if values else said


def listed(text: str) -> str:
    """Words joined by ，: each one, and what joins them, in the language of the page."""
    return str(gettext("，").join(gettext(part) for part in text.split("，")))


class _Catalogue(Domain):
    """Flask-Babel's domain, answered from memory."""

    def get_translations(self) -> NullTranslations:
        locale = get_locale()
        return english() if locale is not None and locale.language == "en" else NullTranslations()


class _Words(Babel):
    """Flask-Babel with our catalogue."""

    @cached_property
    def domain_instance(self) -> Domain:
        return _Catalogue()


def _select() -> str:
    from core.ui.page import page_settings

    return "en" if has_request_context() and page_settings().lang == "en" else "zh_Hans_CN"


def register(app: Flask) -> None:
    """Afterwards ``_()`` answers in the language of the page."""
    app.jinja_env.filters["listed"] = listed
    _Words().init_app(app, default_locale="zh_Hans_CN", default_timezone="Asia/Shanghai", locale_selector=_select)
