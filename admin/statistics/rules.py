"""Months, the 口径 of each figure, and where a series breaks (facts 8; pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

BASIS = "平台商城口径：下单月，已确认订单的商品和运费（含税），减去付款或接单后取消的部分"
BREAK_MONTH = "2026-01"
BREAK_NOTE = "2026年1月起国家统计局改为“网上商品和服务零售额”，与以前月份不作同比。"


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the shop's figures in 分; ``known`` is false before the platform kept books."""

    month: str
    orders: int
    gross_fen: int
    refunded_fen: int
    known: bool = True

    @property
    def net_fen(self) -> int:
        return self.gross_fen - self.refunded_fen

    @property
    def label(self) -> str:
        return f"{int(self.month[5:])}月"

    @property
    def after_break(self) -> bool:
        """Whether the month lies on the newer side of the changed definition."""
        return self.month >= BREAK_MONTH


def months_to(today: date, count: int = 12) -> list[str]:
    """The last ``count`` months up to this one, oldest first, as YYYY-MM."""
    total = today.year * 12 + today.month - 1
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(total - count + 1, total + 1)]


def since_first_order(rows: Sequence[Month]) -> list[Month]:
    """Months before the first order are unknown (a gap), not zero."""
    found, started = [], False
    for row in rows:
        started = started or row.orders > 0
        found.append(row if started else Month(row.month, 0, 0, 0, known=False))
    return found


def year_total_fen(rows: Sequence[Month], year: int) -> int | None:
    """The sum of the known months of ``year`` in 分, None where none is known."""
    known = [r.net_fen for r in rows if r.known and r.month.startswith(f"{year:04d}-")]
    return sum(known) if known else None


def wan(fen: int) -> int:
    """分 as whole 万元, rounded down: a target is reached by what is there, not by rounding."""
    return fen // 1_000_000


def comparable(month: str, earlier: str) -> bool:
    """Whether two months stand on the same side of the changed definition."""
    return (month >= BREAK_MONTH) == (earlier >= BREAK_MONTH)
