"""Record which of two conflicting texts counts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from admin.project.screens import form_page
from admin.target import permissions, service
from admin.target.forms import ResolutionForm
from admin.target.rules import TARGETS
from core.account.access import access, current_actor

blueprint = Blueprint("target", __name__, url_prefix="/office/targets", template_folder="templates")


@blueprint.route("/resolve", methods=["GET", "POST"])
@access(permissions.RESOLVE)
def resolve() -> Any:
    """Register a resolution of the leading group; the other text stays readable."""
    form, actor = ResolutionForm(), current_actor()
    form.target_key.choices = [
        (t.key, f"{t.code} {t.label} {t.sign}{t.threshold:,} {t.unit}，{t.period}（{t.source}）")
        for t in TARGETS
        if t.conflict_group
    ]
    return form_page(
        form, lambda v: service.resolve(v["target_key"], v["doc_no"], v["decided_on"], actor), title="登记口径决议",
        back=url_for("statistics.index"), submit="登记决议", lead="决议选定一条，未选的一条仍保留可查。", done="决议已登记。",
        crumbs=[("目标与报表", url_for("statistics.index")), ("登记口径决议", None)],
    )  # fmt: skip
