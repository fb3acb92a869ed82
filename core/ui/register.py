"""Plugs the user interface into the application."""

from __future__ import annotations

from flask import Flask

from core.ui import assets, drawing, filters, i18n, icons, jobs, models, moves, nav, once, page, widgets
from core.ui import site_texts as site
from core.ui.forms import version_stamp
from core.ui.permissions import SETTINGS


def register(app: Flask) -> None:
    """Afterwards templates have layouts, macros, filters and helpers, and the pages of ``views`` answer."""
    from core.ui.views import blueprint

    assert models.OnceKey.__tablename__ == "core_ui_once"
    assert jobs.forget_once_keys is not None
    i18n.register(app)
    app.jinja_env.filters.update(filters.FILTERS)
    app.jinja_env.filters["moves_in_order"] = moves.moves_in_order
    page.register(
        app,
        {
            "icon": icons.icon,
            "seal_svg": icons.seal,
            "brand_mark": icons.brand_mark,
            "word_mark": icons.word_mark,
            "stylesheet_url": assets.stylesheet_url,
            "static_url": assets.static_url,
            "menu": nav.menu,
            "public_links": nav.public_links,
            "footer_links": site.footer_links,
            "footer_lines": site.footer_lines,
            "once_key": once.new_key,
            "version_stamp": version_stamp,
            "history_entries": moves.history_entries,
            "bar_svg": drawing.bar_svg,
            "solid_bar": drawing.solid_bar,
            "target_svg": drawing.target_svg,
            "balance_text": drawing.balance_text,
            "field_attrs": widgets.field_attrs,
            "form_has_file": widgets.form_has_file,
            "source_label": widgets.source_label,
            "slip_title": widgets.slip_title,
            "signed_in": page.signed_in,
        },
    )
    app.register_blueprint(blueprint)
    nav.add("系统", "页脚与说明", "ui.texts", SETTINGS, "sheet", 90)
