"""Plug places in: table, permissions, pages."""

from __future__ import annotations

from flask import Flask

from core.errors import register_constraint
from core.place import models as models
from core.place import origin_views as origin_views
from core.place import permissions
from core.place.views import bp
from core.ui import nav


def register(app: Flask) -> None:
    """Afterwards plots and other places have their pages."""
    app.register_blueprint(bp)
    register_constraint(
        "uq_core_place_place_organisation_id_code", "place.code_taken", "这个编号已经用过，请换一个。", "code"
    )
    register_constraint(
        "uq_core_place_certificate_organisation_id_kind_number",
        "plot_certificate.taken",
        "这份证书已经登记过。",
        "number",
    )
    nav.add("生产", "地块与场所", "place.index", permissions.VIEW, "map", 10)
