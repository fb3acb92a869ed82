"""What the desk is reminded of about a project, blocking nothing (R10, R23, R56, B4; pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.calendar.rules import Deadline, has_ended
from core.errors import Unmet
from core.money import yuan_grouped


@dataclass(frozen=True, slots=True)
class Late:
    """A payment whose receipt is not confirmed: its number and until when that was to be done."""

    claim_no: str
    until: Deadline


@dataclass(frozen=True, slots=True)
class WatchFacts:
    """A project as the reminders see it; ``quarter`` is the last one over, '' where it was checked or is none's matter."""

    today: date
    own_fen: int = 0
    award_fen: int = 0
    own_percent: int = 100
    unconfirmed: Sequence[Late] = ()
    overdue_fixes: int = 0
    exit_after: int = 3
    quarter: str = ""
    quarter_until: Deadline | None = None


def last_quarter(today: date) -> tuple[date, date]:
    """First and last day of the quarter before the one of ``today``."""
    first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    last = first - timedelta(days=1)
    return last.replace(month=last.month - 2, day=1), last


def hints(facts: WatchFacts) -> list[Unmet]:
    """Every reminder that holds today."""
    return [*_own_share(facts), *_receipts(facts), *_quarter(facts), *_exit(facts)]


def _surely_over(until: Deadline, today: date) -> bool:
    """A day that is still 暂定 reproaches nobody."""
    return has_ended(until, today) and not until.provisional


def _own_share(facts: WatchFacts) -> list[Unmet]:
    wanted = -(-facts.award_fen * facts.own_percent // 100)
    if facts.own_fen >= wanted:
        return []
    said = f"自筹资金 {yuan_grouped(facts.own_fen)} 元，低于 {yuan_grouped(wanted)} 元，与“企业投入为主”不符。"
    return [Unmet("R10", said, "实施方案二、F§6.3", "请承办企业书面说明。", "县商务局")]


def _receipts(facts: WatchFacts) -> list[Unmet]:
    return [
        Unmet(
            "B4",
            f"{row.claim_no} 应在 {row.until.date.month}月{row.until.date.day}日 24:00 前确认到账，已经过了。",
            "F§5",
            "核对银行回单，填流水号确认。",
            "承办企业",
        )
        for row in facts.unconfirmed
        if _surely_over(row.until, facts.today)
    ]


def _quarter(facts: WatchFacts) -> list[Unmet]:
    if not facts.quarter or facts.quarter_until is None or not _surely_over(facts.quarter_until, facts.today):
        return []
    return [
        Unmet(
            "R23",
            f"{facts.quarter}资金使用检查未开展。",
            "F§13、S四(一)2",
            "补做一次抽查，写明原因。",
            "县商务局检查人",
        )
    ]


def _exit(facts: WatchFacts) -> list[Unmet]:
    if facts.overdue_fixes < facts.exit_after:
        return []
    said = f"该企业有 {facts.overdue_fixes} 次逾期整改，请研判是否取消承办资格。"
    return [Unmet("R56", said, "S一(四)", "由领导小组研究，系统不自动办理。", "县商务局")]
