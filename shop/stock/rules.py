"""Which lots may be sold and which go out first (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.errors import Unmet

TRANSFER_HOLD = timedelta(days=3)
CASH_HOLD = timedelta(days=2)
ONLINE_HOLD = timedelta(minutes=35)  # longer than the shortest payment session of 30 minutes (commerce.md 3.2)


@dataclass(frozen=True, slots=True)
class LotFacts:
    """What the lower floors say about one lot, at one moment."""

    lot_id: int
    lot_no: str
    item_id: int
    organisation_id: int
    sealed: bool
    record_id: str = ""
    record_version: int = 1
    record_integrated: bool = False
    record_withdrawn: bool = False
    licensed: bool = False
    licence_until: date | None = None
    recalled: bool = False
    held: bool = False
    hold_reason: str = ""
    harvested_on: date | None = None
    expires_on: date | None = None
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """One stock row that may be drawn on."""

    stock_id: int
    lot_id: int
    available: int
    expires_on: date | None
    harvested_on: date | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """So many pieces out of one stock row."""

    stock_id: int
    lot_id: int
    quantity: int


def unsellable(lot: LotFacts, today: date) -> list[Unmet]:
    """Every reason why pieces of ``lot`` may not be sold on ``today``; empty when they may."""
    unmet: list[Unmet] = []
    if not lot.sealed:
        unmet.append(
            Unmet(
                "stock.lot.sealed", f"批次 {lot.lot_no} 还没有封存。", help="先封存这一批，再上架销售。", who="生产者"
            )
        )
    if lot.record_withdrawn:
        unmet.append(Unmet("stock.lot.record", f"批次 {lot.lot_no} 的记录已撤回。", help="换一批销售。", who="生产者"))
    if lot.recalled:
        unmet.append(
            Unmet("stock.lot.recalled", f"批次 {lot.lot_no} 已召回。", help="停止销售，按召回通知处理。", who="生产者")
        )
    if lot.held:
        why = f"：{lot.hold_reason}" if lot.hold_reason else ""
        unmet.append(
            Unmet("stock.lot.held", f"批次 {lot.lot_no} 已暂停销售{why}。", help="问题解除后会恢复销售。", who="e镇办")
        )
    if not lot.licensed or (lot.licence_until is not None and lot.licence_until < today):
        unmet.append(
            Unmet(
                "stock.lot.licence",
                f"批次 {lot.lot_no} 没有有效的品牌授权。",
                help="续办授权后再销售。",
                who="企业负责人",
            )
        )
    if lot.expires_on is not None and lot.expires_on < today:
        unmet.append(Unmet("stock.lot.expired", f"批次 {lot.lot_no} 已过保质期。", help="下架这一批。", who="经办员"))
    return unmet


def fefo(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The rows in the order they go out: first expired first, then first harvested, then the older row."""
    far = date.max
    return sorted(candidates, key=lambda c: (c.expires_on or far, c.harvested_on or far, c.stock_id))


def allocate(candidates: Sequence[Candidate], wanted: int) -> list[Pick]:
    """Pieces taken first-expired-first; together at most ``wanted``, less only when there is not enough."""
    picks: list[Pick] = []
    left = wanted
    for row in fefo(candidates):
        if left <= 0:
            break
        quantity = min(left, row.available)
        if quantity > 0:
            picks.append(Pick(row.stock_id, row.lot_id, quantity))
            left -= quantity
    return picks


def reserved_until(method: str, now: datetime) -> datetime:
    """Until when pieces stay promised to an order that is not confirmed yet."""
    if method == "transfer":
        return now + TRANSFER_HOLD
    if method == "cod":
        return now + CASH_HOLD
    return now + ONLINE_HOLD
