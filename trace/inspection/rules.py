"""Residue limits by product and day, judgement of results, retests, and what a panel left out (pure).

Reading of the standard: a row naming the product beats a row of its class; a class row may exclude products; a row
holds from ``valid_from`` to the day before ``valid_to``; no row means that no limit is set, which is never a pass.
Decimals are compared exactly, never rounded first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from core.errors import BadInput
from core.identifiers import normalise_text
from trace.inspection import rules_units
from trace.season.rules import Ban, JournalEntry, banned, effective, plain_name

JUDGEMENTS = {
    "not_over": "不超过限量",
    "over": "超过限量",
    "banned_detected": "检出禁用物质",
    "not_judgeable": "不能判定",
    "no_limit": "无限量规定",
}
TONES = {"not_over": "ok", "over": "bad", "banned_detected": "bad", "not_judgeable": "todo", "no_limit": "none"}
MARKS = {"temporary": "临时限量", "to_be_confirmed": "限量待核对"}
NOT_DETECTED = {"未检出", "nd", "n.d.", "未检测出", "notdetected"}
DEFAULT_PANEL = {
    "apple": ("吡虫啉", "啶虫脒", "毒死蜱", "戊唑醇", "氯氰菊酯", "联苯菊酯"),
    "jujube": ("吡虫啉", "啶虫脒", "联苯菊酯", "甲氰菊酯", "戊唑醇", "氯氰菊酯"),
}


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A row of the dated table of limits."""

    substance: str
    product: str
    value: Decimal
    standard: str
    valid_from: date
    valid_to: date | None = None
    aliases: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    temporary: bool = False
    to_be_confirmed: bool = True
    unit: str = "mg/kg"

    def names(self) -> set[str]:
        return {plain_name(n) for n in (self.substance, *self.aliases)}

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @property
    def marks(self) -> tuple[str, ...]:
        return tuple(m for m, on in (("temporary", self.temporary), ("to_be_confirmed", self.to_be_confirmed)) if on)


@dataclass(frozen=True, slots=True)
class Product:
    """A product as the standard names it, and the class it belongs to."""

    name: str
    class_name: str
    species: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What the laboratory wrote for one substance: a value, or not detected with or without a detection limit."""

    substance: str
    value: Decimal | None
    detection_limit: Decimal | None = None
    method: str = ""
    unit: str = "mg/kg"


@dataclass(frozen=True, slots=True)
class Judged:
    """A reading with the limit it was held against and the word for it."""

    reading: Reading
    limit: LimitRow | None
    judgement: str


def limit_for(rows: Iterable[LimitRow], substance: str, product: Product, day: date) -> LimitRow | None:
    """The row in force on ``day``: the one naming the product, else its class's unless that excludes the product."""
    wanted = plain_name(substance)
    live = [r for r in rows if r.holds_on(day) and wanted in r.names()]
    exact = [r for r in live if r.product == product.name]
    if exact:
        return max(exact, key=lambda r: r.valid_from)
    of_class = [r for r in live if r.product == product.class_name and product.name not in r.excludes]
    return max(of_class, key=lambda r: r.valid_from) if of_class else None


def judge(reading: Reading, limit: LimitRow | None, bans: Sequence[Ban], product: Product, day: date) -> str:
    """The key of :data:`JUDGEMENTS` for one reading (facts: a banned substance found is refused even under a number)."""
    is_banned = bool(banned(reading.substance, bans, species=product.species, on=day))
    if reading.value is not None and reading.value > 0 and is_banned:
        return "banned_detected"
    if limit is None:
        return "no_limit"
    allowed = rules_units.convert(limit.value, limit.unit, reading.unit)
    if allowed is None:
        return "not_judgeable"
    if reading.value is not None:
        return "not_over" if reading.value <= allowed else "over"
    if reading.detection_limit is None or reading.detection_limit > allowed:
        return "not_judgeable"
    return "not_over"


def judge_all(
    readings: Sequence[Reading], rows: Sequence[LimitRow], bans: Sequence[Ban], product: Product, day: date
) -> list[Judged]:
    """Every reading judged by what is in force on ``day``, the harvest day."""
    found = []
    for reading in readings:
        row = limit_for(rows, reading.substance, product, day)
        found.append(Judged(reading, row, judge(reading, row, bans, product, day)))
    return found


# --- reading what people type ----------------------------------------------------------------------------------------


def decimal_text(value: Decimal) -> str:
    """A decimal as the record writes it: plain digits, as many places as were given."""
    return f"{value:f}"


def _decimal(text: str, field: str, what: str) -> Decimal:
    plain = unicodedata.normalize("NFKC", text)
    if not re.fullmatch(r"\d{1,6}(\.\d{1,8})?", plain):
        raise BadInput(
            f"{what}写成数字，例如 0.021。", code="inspection.number", field=field, help="没有检出就写“未检出”。"
        )
    try:
        return Decimal(plain)
    except InvalidOperation:  # pragma: no cover - the pattern lets none through
        raise BadInput(f"{what}写成数字。", code="inspection.number", field=field) from None


def reading(
    substance: str, result: str, detection_limit: str = "", method: str = "", unit: str = "", *, field: str = "results"
) -> Reading:
    """One line of a report as typed: ``0.021``, ``未检出`` or ``<0.01`` (not detected with that limit)."""
    name, text = normalise_text(substance), normalise_text(result)
    if not name or len(name) > 40:
        raise BadInput("检测项目名称在 1 到 40 个字之间。", code="inspection.substance", field=field)
    if not text:
        raise BadInput(f"{name}还没有填结果。", code="inspection.result", field=field, help="没有检出就写“未检出”。")
    lod_text, measured_in = normalise_text(detection_limit), rules_units.unit(unit, field=field)
    plain = unicodedata.normalize("NFKC", text).lower().replace(" ", "")
    if plain.startswith("<"):
        lod_text, plain = lod_text or plain[1:], "未检出"
    lod = _decimal(lod_text, field, f"{name}的检出限") if lod_text else None
    if lod is not None and lod <= 0:
        raise BadInput(f"{name}的检出限要大于 0。", code="inspection.detection_limit", field=field)
    if plain in NOT_DETECTED:
        return Reading(name, None, lod, normalise_text(method)[:60], measured_in)
    return Reading(name, _decimal(plain, field, f"{name}的结果"), lod, normalise_text(method)[:60], measured_in)


# --- several reports about one lot -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One result of one report, as the rule of retests reads it."""

    report_id: int
    retest_of: int | None
    substance: str
    judgement: str


def superseded(lines: Sequence[ReportLine]) -> dict[tuple[int, str], int]:
    """Which results a retest replaced: (report, substance in plain form) -> the retest's report.

    食品安全法 art. 88: the conclusion of the retest is final, for the items that were retested.
    """
    by_report: dict[int, set[str]] = {}
    for line in lines:
        by_report.setdefault(line.report_id, set()).add(plain_name(line.substance))
    found: dict[tuple[int, str], int] = {}
    for line in lines:
        first = line.retest_of
        name = plain_name(line.substance)
        if first is not None and name in by_report.get(first, ()):
            found[(first, name)] = line.report_id
    return found


def unmet_retest(
    *, kind: str, laboratory: str, reported_on: date, first_kind: str, first_laboratory: str, first_reported_on: date
) -> str:
    """Why a report cannot be a retest of the other, in words; '' where it can."""
    if kind == "own":
        return "复检要由有资质的机构做，自行检测不算复检。"
    if first_kind == "own":
        return "自行检测没有复检，请登记为一份新的报告。"
    if laboratory == first_laboratory:
        return "复检机构和初检机构不能是同一家。"
    if reported_on < first_reported_on:
        return "复检报告的日期早于初检报告，请核对。"
    return ""


def panel_gaps(used: Iterable[str], tested: Iterable[str]) -> list[str]:
    """The pesticides used (as the journal names them) that no tested item covers: 用什么药，检什么药."""
    names = {plain_name(t) for t in tested if plain_name(t)}
    return sorted(
        {n for n in used if not any(t in plain_name(n) or plain_name(n) in t for t in names) and plain_name(n)}
    )


def pesticides_used(entries: Iterable[JournalEntry]) -> list[str]:
    """Names of the pesticides in the lines that count."""
    return sorted({e.input_name for e in effective(entries) if e.kind == "input" and e.category == "pesticide"})
