"""The 24-hour export: everything an inspection asks for about some lots, as a workbook of four sheets and as one EPCIS
document.  A sheet is complete or refused, never cut silently.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from core import clock
from core.errors import RuleBroken
from core.hooks import LotParty
from trace.graph.rules import KINDS, Finding, Graph

MAX_ROWS = 200_000
LOT_HEAD = ("批次", "商品项", "单位", "日期", "数量（件）", "质量（kg）", "状态")
LINK_HEAD = ("从", "从（类别）", "到", "到（类别）", "质量（kg）", "件数", "时间")
PARTY_HEAD = ("去向", "说明", "批次", "件数", "质量（kg）", "时间", "已完成")
WARNING_HEAD = ("程度", "在哪里", "说明", "怎么办", "规则")


def workbook(graph: Graph, warnings: Sequence[Finding], parties: Sequence[LotParty]) -> bytes:
    """An xlsx with the sheets 批次, 流转, 去向, 缺口和不平; RuleBroken where the graph was cut or a sheet is too long."""
    if graph.cut or max(len(graph.links), len(parties)) > MAX_ROWS:
        raise RuleBroken("范围太大，一个文件装不下。", code="graph.too_large", help="从更靠后的批次分几次导出。")
    book = Workbook(write_only=True)
    lots = [node for node in graph.nodes.values() if node.kind == "lot"]
    titles = {int(node.key.split(":")[1]): node.title for node in lots}
    _sheet(book, "批次", LOT_HEAD, (
        (n.title.removeprefix("批次 "), n.note, n.organisation, n.on, n.pieces, _kg(n.mass_g), n.state) for n in lots
    ))  # fmt: skip
    _sheet(book, "流转", LINK_HEAD, (
        (_title(graph, li.source), _kind(graph, li.source), _title(graph, li.target), _kind(graph, li.target),
         _kg(li.mass_g), li.pieces, li.at)
        for li in graph.links
    ))  # fmt: skip
    _sheet(book, "去向", PARTY_HEAD, (
        (p.title, p.note, titles.get(p.lot_id, ""), p.pieces, _kg(p.mass_g), p.at, "是" if p.done else "否") for p in parties
    ))  # fmt: skip
    _sheet(book, "缺口和不平", WARNING_HEAD, (
        ("不平" if w.severity == "bad" else "缺口", _title(graph, w.node), w.message, w.help, w.rule) for w in warnings
    ))  # fmt: skip
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _title(graph: Graph, key: str) -> str:
    node = graph.nodes.get(key)
    return f"{node.title} {node.note}".strip() if node else ""


def _kind(graph: Graph, key: str) -> str:
    node = graph.nodes.get(key)
    return KINDS[node.kind] if node else ""


def _kg(grams: int | None) -> float | None:
    return grams / 1000 if grams is not None else None


def _sheet(book: Workbook, title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """One sheet; text is written as text, so that nothing in it is run as a formula."""
    sheet = book.create_sheet(title)
    sheet.append(list(head))
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=_plain(value))
            if isinstance(cell.value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else value
