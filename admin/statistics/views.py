"""One page of figures with one chart, its table, the targets, and an export."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, render_template, request

from admin.statistics import permissions, queries, rules
from admin.statistics.rules import Month
from admin.target.queries import readings, resolutions
from admin.target.queries_counted import SOURCES
from admin.target.rules import LABELS, Reading
from core import clock
from core.account.access import access
from core.money import yuan
from core.ui.charts import Chart, Series
from core.ui.tables import XLSX, to_csv, to_xlsx

blueprint = Blueprint("statistics", __name__, url_prefix="/office/statistics", template_folder="templates")


@blueprint.get("/")
@access(permissions.VIEW)
def index() -> Any:
    """This month's orders, 网络零售额, registrations, and the plan's targets."""
    rows, judged = queries.months(), readings(queries.values())
    kind = request.args.get("format", "")
    if kind in ("csv", "xlsx"):
        return _export(rows, judged, kind)
    counts = {key: sum(r.verdict == key for r in judged) for key in LABELS}
    return render_template(
        "admin/statistics/index.html", rows=rows, month=rows[-1], chart=_chart(rows), groups=_groups(judged), counts=counts,
        labels=LABELS, reg=queries.registrations(), products=queries.listed_products(), basis=rules.BASIS, break_note=rules.BREAK_NOTE,
        resolutions=resolutions(), now=clock.now(), listed=SOURCES,
    )  # fmt: skip


def _chart(rows: list[Month]) -> Chart:
    small = max(r.net_fen for r in rows) < 10_000_000
    unit, per = ("元", 100) if small else ("万元", 1_000_000)
    values = [Decimal(r.net_fen) / per if r.known else None for r in rows]
    values = [v if v is None else v.quantize(Decimal("0.01")) for v in values]
    return Chart(
        title="网络零售额", unit=unit, note=rules.BASIS, labels=[r.label for r in rows], series=[Series("当月", values)],
        provisional={rows[-1].label}, provisional_word="未到月底",
    )  # fmt: skip


def _groups(judged: list[Reading]) -> list[list[Reading]]:
    """Readings by code: the two lines of a conflict stand together."""
    groups: list[list[Reading]] = []
    for reading in judged:
        if (
            groups
            and reading.target.conflict_group
            and groups[-1][0].target.conflict_group == reading.target.conflict_group
        ):
            groups[-1].append(reading)
        else:
            groups.append([reading])
    return groups


def _export(rows: list[Month], judged: list[Reading], kind: str) -> Response:
    head = ["类别", "编号或月份", "指标", "数值", "单位", "要求", "状态", "口径和出处"]
    lines: list[list[Any]] = []
    for row in rows:
        lines.append(["月度", row.month, "订单数", row.orders if row.known else "", "单", "", "", rules.BASIS])
        lines.append(
            ["月度", row.month, "网络零售额", yuan(row.net_fen) if row.known else "", "元", "", "", rules.BASIS]
        )
    for r in judged:
        amount = "" if r.value.amount is None else r.value.amount
        required = f"{r.target.sign}{r.target.threshold}"
        source = f"{r.target.source}，{r.target.period}，{r.value.basis or r.note}"
        lines.append(
            ["目标", r.target.key, r.target.label, amount, r.target.unit, required, LABELS[r.verdict][0], source]
        )
    data, mime = (
        (to_csv(head, lines), "text/csv; charset=utf-8")
        if kind == "csv"
        else (to_xlsx(head, lines, "statistics"), XLSX)
    )
    response = Response(data, content_type=mime)
    response.headers["Content-Disposition"] = f'attachment; filename="statistics-{clock.today():%Y-%m}.{kind}"'
    response.headers["Cache-Control"] = "no-store"
    return response
