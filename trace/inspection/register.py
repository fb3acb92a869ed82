"""Plug inspection in: tables, permissions, pages, and what it says about lots."""

from __future__ import annotations

from flask import Flask

from core.errors import register_constraint
from core.ui import nav
from trace.inspection import certificate_views as certificate_views
from trace.inspection import models as models
from trace.inspection import permissions, queries
from trace.inspection import upkeep_views as upkeep_views
from trace.inspection.views import bp
from trace.lot.evidence import evidence_of


def register(app: Flask) -> None:
    """Afterwards tests, limits and certificates have pages, and lots know of them."""
    app.register_blueprint(bp)
    evidence_of.append(queries.evidence)
    register_constraint(
        "uq_trace_inspection_certificate_lot_id_issue", "certificate.already", "这批已经开过合格证，直接打印那一份。"
    )
    register_constraint(
        "uq_trace_inspection_report_organisation_id_laboratory_report_no",
        "inspection.taken",
        "这份报告已经登记过。",
        "report_no",
    )
    nav.add("生产", "检测与合格证", "inspection.index", permissions.VIEW, "flask", 40)
    nav.add("监管", "残留限量与禁用物质", "inspection.office_limits", permissions.LIMITS, "flask", 40)
    nav.add("监管", "监督抽检", "inspection.official", permissions.OFFICIAL, "check", 41)
