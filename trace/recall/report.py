"""The effectiveness report of a recall as a PDF: figures, every lot, whom it went to and who was told, how it was decided."""

from __future__ import annotations

from typing import Any

from core import clock
from core.document.service import typeset
from core.organisation import queries as organisations
from core.workflow.engine import history
from trace.recall import queries, rules
from trace.recall.models import Party, Recall
from trace.recall.rules import RECALL, LotLine, kg

MOST_PARTIES = 1_000
LOT_HEAD = ("批次", "商品项", "数量", "出去", "在库", "退回", "处理", "无法收回", "没有下落")
PARTY_HEAD = ("去向", "批次", "件数", "重量", "通知")


def pdf(recall: Recall) -> bytes:
    """The report as it stands now; CannotTypeset where the font lacks a character."""
    page = queries.page(recall, most=MOST_PARTIES)
    f = page.figures
    share = "" if f.recovered is None else f"出去的收回 {f.recovered * 100:.1f}%"
    numbers = {line.lot_id: line.lot_no for line in page.lines}
    today = clock.today()
    data = {
        "day": [today.year, today.month, today.day],
        "number": recall.recall_no,
        "state": RECALL.label_of(recall.state),
        "made": f"{clock.local(clock.now()):%Y-%m-%d %H:%M}",
        "facts": _facts(recall),
        "figures": [
            ("涉及", f"{kg(f.mass_g)} kg", f"{len(page.lines)} 个批次"),
            ("已经出去", f"{kg(f.gone_g)} kg", f"{f.parties:,} 个去向"),
            ("已通知", f"{f.told:,} / {f.parties:,}", f"通知到 {f.reached:,} 个"),
            ("没有下落", f"{kg(f.open_g)} kg", share),
        ],
        "lot_head": LOT_HEAD,
        "lots": [_lot(line, page.views[line.lot_id].item.name) for line in page.lines],
        "party_head": PARTY_HEAD,
        "parties": [_party(party, numbers) for party in page.parties],
        "parties_total": f"{f.parties:,}",
        "more": page.more_parties,
        "summary": recall.summary,
        "history": [
            (f"{clock.local(row.at):%Y-%m-%d %H:%M}", RECALL.move(row.move).label, row.reason)
            for row in history(RECALL, recall.id)
        ],
    }
    return typeset("trace/recall/report.typ", data)


def _facts(recall: Recall) -> list[tuple[str, str]]:
    level, says = rules.LEVELS[recall.level]
    began = f"{clock.local(recall.began_at):%Y-%m-%d %H:%M}" if recall.began_at else "还没有批准"
    return [
        ("企业", organisations.get_organisation(recall.organisation_id).name),
        ("级别", f"{level}（{says}）"),
        ("原因", recall.reason),
        ("消费者怎么做", f"{recall.action}{recall.refund}"),
        ("联系电话", recall.phone),
        ("开始", began),
        ("总结期限", f"{recall.due_on:%Y-%m-%d}" if recall.due_on else "未定"),
    ]


def _lot(line: LotLine, item: str) -> tuple[str, ...]:
    grams = (line.mass_g, line.gone_g, line.kept_g, line.returned_g, line.destroyed_g, line.consumed_g, line.open_g)
    return (line.lot_no, item, *(kg(g) for g in grams))


def _party(party: Party, numbers: dict[int, str]) -> tuple[str, ...]:
    if party.told_at is None:
        told = "还没有通知到"
    else:
        channel = rules.CHANNELS[party.channel or ""]
        told = f"{clock.local(party.told_at):%m-%d %H:%M} {channel}" + (f"：{party.note}" if party.note else "")
    pieces = f"{party.pieces:,}" if party.pieces else ""
    return (party.title, numbers.get(party.lot_id, ""), pieces, f"{kg(party.mass_g)} kg", told)


def name_of(recall: Recall) -> dict[str, Any]:
    """Headers of the download."""
    return {"Content-Disposition": f'inline; filename="recall-{recall.recall_no}.pdf"', "Cache-Control": "no-store"}
