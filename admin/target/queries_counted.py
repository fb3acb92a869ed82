"""Figures that are counts of things somebody checked (K09 to K13), each with the list behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from admin.target.rules import TARGETS, Target, Value
from brand.nurture import queries as nurture
from brand.promotion import queries as promotion
from brand.promotion import rules as promotion_rules
from core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Thing:
    """One counted thing: its number, name, words, the day from which it counts, where it is kept, what is in doubt."""

    number: str
    name: str
    note: str
    counted_on: date
    endpoint: str
    permission: str
    public_id: object
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """How one metric is counted, and what is listed behind it."""

    metric: str
    basis: str
    yearly: bool
    things: Callable[[date], list[Thing]]
    waiting: Callable[[date], int]


def _nurtured(kind: str) -> Callable[[date], list[Thing]]:
    def things(day: date) -> list[Thing]:
        return [
            Thing(
                t.entry_no, t.name, t.holder + (f"，{t.since.isoformat()} 起在卖" if t.since else ""), t.counted_on,
                "nurture.show", "brand.nurture.read", t.public_id, t.doubts,
            )
            for t in nurture.counted_things(kind, day)
        ]  # fmt: skip

    return things


def _events(kind: str, *, yearly: bool) -> Callable[[date], list[Thing]]:
    def things(day: date) -> list[Thing]:
        found = promotion.counted_events(kind, day.year if yearly else None)
        return [
            Thing(
                e.event_no, e.title,
                f"{_days(e)}，{e.venue}，{promotion_rules.LEVELS[e.level]}，{promotion_rules.PARTS[e.part]}",
                e.counted_on, "promotion.show", "brand.promotion.view", e.public_id,
            )
            for e in found
        ]  # fmt: skip

    return things


def _days(event: promotion.CountedEvent) -> str:
    last = f" 至 {event.ends_on.isoformat()}" if event.ends_on != event.starts_on else ""
    return f"{event.starts_on.isoformat()}{last}"


def _held(kind: str) -> Callable[[date], int]:
    return lambda day: promotion.counted(day.year)[kind].waiting


def _sent(kind: str) -> Callable[[date], int]:
    return lambda _day: nurture.waiting(kind)


_YEAR = "最后一天在当年、证据由另一人核对过的活动"
SOURCES = {
    s.metric: s
    for s in (
        Source("own_brands", "品牌办核对后计入的企业自主品牌", False, _nurtured("brand"), _sent("brand")),
        Source("online_goods", "品牌办核对后计入的网货产品", False, _nurtured("product"), _sent("product")),
        Source("fairs", _YEAR, True, _events("fair", yearly=True), _held("fair")),
        Source(
            "roadshows", "证据由另一人核对的省级、市级推介活动，方案没有写期限，按历年累计", False,
            _events("roadshow", yearly=False), _held("roadshow"),
        ),
        Source("campaigns", _YEAR, True, _events("campaign", yearly=True), _held("campaign")),
    )
}  # fmt: skip


def values(day: date) -> dict[str, Value]:
    """The counts on ``day``: the length of each list, so that number and list never part."""
    return {key: Value(len(source.things(day)), source.basis) for key, source in SOURCES.items()}


def targets_of(code: str) -> list[Target]:
    """The lines of a target whose figure is such a count (two where the plan contradicts itself); NotFound otherwise."""
    found = [t for t in TARGETS if t.code == code and t.metric in SOURCES]
    if not found:
        raise NotFound("这个目标没有计入清单。", help="请从目标与报表重新进入。")
    return found
