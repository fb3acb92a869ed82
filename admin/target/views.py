"""Record which of two conflicting texts counts; show what stands behind a counted figure."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from admin.project.screens import form_page
from admin.target import permissions, queries, queries_counted, rules, service
from admin.target.forms import ResolutionForm
from admin.target.queries_counted import Source, Thing
from admin.target.rules import TARGETS
from core import clock
from core.account.access import access, current_actor
from core.ui.tables import XLSX, to_csv, to_xlsx

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


@blueprint.get("/<code>/counted")
@access(permissions.VIEW)
def counted(code: str) -> Any:
    """The things behind a counted figure, of this year or of an earlier one, with the plan's numbers beside them."""
    targets = queries_counted.targets_of(code)
    source, today = queries_counted.SOURCES[targets[0].metric], clock.today()
    year = _year(request.args.get("year", ""), today)
    day = today if year == today.year else date(year, 12, 31)
    things = source.things(day)
    kind = request.args.get("format", "")
    if kind in ("csv", "xlsx"):
        return _export(code, things, kind, day)
    return render_template(
        "admin/target/counted.html", code=code, source=source, things=things, day=day, today=today,
        readings=queries.readings_of(targets, rules.Value(len(things), source.basis)), labels=rules.LABELS,
        waiting=source.waiting(day), years=range(today.year - 3, today.year + 1), lead=_lead(source, day),
    )  # fmt: skip


def _year(typed: str, today: date) -> int:
    """The year asked for, this one where it is not one the platform can know."""
    return (
        int(typed)
        if typed.isascii() and typed.isdigit() and len(typed) == 4 and 2020 <= int(typed) <= today.year
        else today.year
    )


def _lead(source: Source, day: date) -> str:
    span = f"{day.year} 年" if source.yearly else "累计"
    return f"{span}，截至 {day.isoformat()}。口径：{source.basis}。"


def _export(code: str, things: list[Thing], kind: str, day: date) -> Response:
    head = ["目标", "编号", "名称", "说明", "计入日期", "要复核的"]
    lines = [[code, t.number, t.name, t.note, t.counted_on, "，".join(t.doubts)] for t in things]
    csv = kind == "csv"
    data, mime = (to_csv(head, lines), "text/csv; charset=utf-8") if csv else (to_xlsx(head, lines, code), XLSX)
    response = Response(data, content_type=mime)
    response.headers["Content-Disposition"] = f'attachment; filename="{code}-{day.isoformat()}.{kind}"'
    response.headers["Cache-Control"] = "no-store"
    return response
