"""What the product page shows: choices, the lot that will be sent, and what is known about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core import clock
from shop.catalogue.queries import VariantView
from shop.stock import lots
from shop.stock.rules import LotFacts
from trace.signing.queries import RecordView


@dataclass(frozen=True, slots=True)
class Pick:
    """One chip: a value of a property, the variant it leads to, whether it is chosen, whether anything is left."""

    label: str
    public_id: str
    chosen: bool
    there: bool


def cheapest(variants: Sequence[VariantView], pieces: dict[int, int]) -> VariantView:
    """The variant whose price stands in the list: the cheapest that can be bought, so that the price is never a lure."""
    there = [v for v in variants if pieces.get(v.item_id, 0) > 0] or list(variants)
    return min(there, key=lambda v: (v.price_fen, v.id))


def _size(variant: VariantView) -> str:
    return variant.size_label


def _net(variant: VariantView) -> str:
    return variant.net_label


def picks(variants: Sequence[VariantView], chosen: VariantView, pieces: dict[int, int]) -> list[tuple[str, list[Pick]]]:
    """The chips by property; changing one property keeps the other where such a variant exists."""
    rows = []
    for label, read, other in (("规格", _size, _net), ("净重", _net, _size)):
        values = list(dict.fromkeys(read(v) for v in variants if read(v)))
        if not values:
            continue
        row = []
        for value in values:
            same = [v for v in variants if read(v) == value]
            best = next((v for v in same if other(v) == other(chosen)), same[0])
            row.append(Pick(value, best.public_id, read(chosen) == value, pieces.get(best.item_id, 0) > 0))
        rows.append((label, row))
    return rows


@dataclass(frozen=True, slots=True)
class LotCard:
    """What a buyer is told about the lot before buying: seal, check lines ``(tone, statement, note)``, full record."""

    lot: LotFacts
    seal: str
    checks: tuple[tuple[str, str, str], ...]
    url: str

    def origin_line(self, stored: int | None) -> str:
        """When it was harvested, and since when it has been kept."""
        if self.lot.harvested_on is None:
            return "采收日期未提供"
        text = f"{_day(self.lot.harvested_on)}采收"
        return f"{text}，已存放 {stored} 天" if stored else text


def card(lot: LotFacts) -> LotCard:
    """The card of the lot that will be sent."""
    record = lots.record_of(lot.lot_id)
    url = lots.record_url(lot.record_id)
    if record is None:
        return LotCard(lot, "none", (("absent", "没有找到这批的记录", "下单前请联系卖家。"),), url)
    url = lots.record_url(str(record.public_id))
    if not record.is_unchanged:
        return LotCard(lot, "torn", (("bad", "这批的记录没有通过核对", "请不要下单，我们会尽快查明。"),), url)
    checks = [
        _record_line(record),
        _licence_line(lot, record),
        _tests_line(record),
        *_mark_lines(lot),
        _witness_line(record),
    ]
    seal = "sealed" if record.state == "integrated" else "pending"
    return LotCard(lot, seal, tuple(c for c in checks if c is not None), url)


def _record_line(record: RecordView) -> tuple[str, str, str]:
    sealed = clock.local(record.sealed_at).date()
    if record.corrected:
        return ("warn", f"记录有更正，现为第 {record.version} 版", "完整记录里能看到更正前后。")
    if record.state != "integrated":
        return ("fact", f"存证中，{sealed.month}月{sealed.day}日封存", "约 1 秒后完成。")
    return ("ok", f"记录未被改动，{sealed.month}月{sealed.day}日封存", "")


def _licence_line(lot: LotFacts, record: RecordView) -> tuple[str, str, str]:
    brand = record.payload.get("credentialSubject", {}).get("licence", {}).get("brand", "品牌")
    if lot.licence_until is None:
        return ("absent", f"“{brand}”授权未提供", "")
    return ("ok", f"“{brand}”授权有效，至 {_day(lot.licence_until)}", "")


def _mark_lines(lot: LotFacts) -> list[tuple[str, str, str]]:
    """Marks the lot that will be sent carries today, with who looked the certificate up; none says nothing."""
    return [
        (
            "ok",
            mark.line,
            f"品牌办公室 {mark.checked_on} 核对，登记一致" + (f"，至 {mark.valid_until}" if mark.valid_until else ""),
        )
        for mark in lots.marks_of(lot.lot_id)
        if not mark.ended
    ]


def _tests_line(record: RecordView) -> tuple[str, str, str]:
    tests = record.payload.get("credentialSubject", {}).get("tests", [])
    judged = [r.get("judgement") for t in tests for r in t.get("results", [])]
    if not judged:
        return ("absent", "残留检测未提供", "")
    fine = judged.count("not_over")
    if any(j in ("over", "banned_detected") for j in judged):
        return ("bad", f"残留检测 {len(judged)} 项，有超过限量的", "看完整记录。")
    if fine == len(judged):
        return ("ok", f"残留检测 {fine} 项，均未超过限量", "")
    return (
        "fact",
        f"残留检测 {len(judged)} 项，{fine} 项未超过限量",
        f"其余 {len(judged) - fine} 项没有限量规定或不能判定。",
    )


def _witness_line(record: RecordView) -> tuple[str, str, str]:
    if record.witnesses:
        return ("ok", f"存证日志有 {record.witnesses} 家外部见证", "")
    return ("absent", "存证日志暂无外部见证", "")


def slip(
    record: RecordView | None, *, stopped: bool, licence_until: date | None, today: date
) -> tuple[str, int | None, date | None]:
    """The kind of a record slip with the version and the day it names: the most serious first."""
    if stopped:
        return ("recalled", None, None)
    if record is None or not record.is_unchanged or record.withdrawn_reason is not None:
        return ("failed", None, None)
    if record.corrected:
        return ("corrected", record.version, None)
    if record.state != "integrated":
        return ("pending", None, None)
    if licence_until is not None and licence_until < today:
        return ("licence_expired", None, licence_until)
    return ("unchanged", None, None)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
