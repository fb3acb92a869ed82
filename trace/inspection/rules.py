"""Residue limits by product and day, judgement of results, and the promise-of-compliance certificate (pure).

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

from core.errors import BadInput, Unmet
from core.identifiers import normalise_text
from trace.season.rules import ART_49, Ban, Interval, JournalEntry, banned, plain_name, unmet_bans, unmet_intervals

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
FORMS = {"producer": "样式一，自己生产", "buyer": "样式二，收购"}
STATEMENTS = {
    "producer": "未使用禁用农药、兽药及其他化合物；使用的常规农药、兽药残留不超标。",
    "buyer": "已按规定收取并保存该批次农产品承诺达标合格证或者其他质量安全合格证明；未违规使用保鲜剂、防腐剂、添加剂等。",
}
BASES = {"control": "质量安全控制符合要求", "own_test": "自行检测合格", "commissioned_test": "委托检测合格"}
ORDER = "农产品质量安全承诺达标合格证管理办法"
ART_39 = "农产品质量安全法第三十九条"
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
    if limit.unit != reading.unit:
        return "not_judgeable"
    if reading.value is not None:
        return "not_over" if reading.value <= limit.value else "over"
    if reading.detection_limit is None or reading.detection_limit > limit.value:
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
    substance: str, result: str, detection_limit: str = "", method: str = "", *, field: str = "results"
) -> Reading:
    """One line of a report as typed: ``0.021``, ``未检出`` or ``<0.01`` (not detected with that limit)."""
    name, text = normalise_text(substance), normalise_text(result)
    if not name or len(name) > 40:
        raise BadInput("检测项目名称在 1 到 40 个字之间。", code="inspection.substance", field=field)
    if not text:
        raise BadInput(f"{name}还没有填结果。", code="inspection.result", field=field, help="没有检出就写“未检出”。")
    lod_text = normalise_text(detection_limit)
    plain = unicodedata.normalize("NFKC", text).lower().replace(" ", "")
    if plain.startswith("<"):
        lod_text, plain = lod_text or plain[1:], "未检出"
    lod = _decimal(lod_text, field, f"{name}的检出限") if lod_text else None
    if lod is not None and lod <= 0:
        raise BadInput(f"{name}的检出限要大于 0。", code="inspection.detection_limit", field=field)
    if plain in NOT_DETECTED:
        return Reading(name, None, lod, normalise_text(method)[:60])
    return Reading(name, _decimal(plain, field, f"{name}的结果"), lod, normalise_text(method)[:60])


# --- the certificate -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What decides on issuing a certificate for one lot."""

    form: str
    bases: Sequence[str]
    owns_lot: bool
    bought_in: bool
    lot_open: bool
    already: str
    lot_mass_g: int
    mass_g: int
    entries: Sequence[tuple[str, JournalEntry]] = ()
    bans: Sequence[Ban] = ()
    intervals: Sequence[Interval] = ()
    tests: Sequence[tuple[str, Sequence[tuple[str, str]]]] = ()
    telephone: str = ""
    place: str = ""


def unmet_certificate(facts: CertificateFacts) -> list[Unmet]:
    """Every reason why the certificate may not be issued now; empty means it may."""
    who = "本单位经办员"
    conditions = (
        (not facts.owns_lot, "owner", "合格证由批次的生产者或收购者开具。", ART_39, "请批次所属的单位开具。"),
        (bool(facts.already), "already", f"这批已经开过合格证 {facts.already}。", ORDER, "直接打印那一份。"),
        (not facts.lot_open, "lot_state", "批次已封存或作废，不能再开合格证。", ORDER, "请在新批次封存前开具。"),
        (facts.form == "buyer" and not facts.bought_in, "form", "这批是自己生产的，要用样式一。", ORDER, "改选样式一。"),
        (not facts.bases, "basis", "承诺依据至少选一项。", ORDER, "按实际情况勾选。"),
        (facts.mass_g > facts.lot_mass_g, "quantity", "合格证上的重量比批次多。", ORDER, "按批次的重量开。"),
        (
            not facts.telephone, "telephone", "合格证要写联系方式，本单位还没有填公开电话。", ORDER,
            "到资料与证照补上公开电话。",
        ),
        (not facts.place, "place", "这批没有连到地块，写不出产地。", ORDER, "从生产季采收入库，再装箱。"),
    )  # fmt: skip
    unmet = [
        Unmet(f"certificate.{rule}", message, article, advice, who)
        for broken, rule, message, article, advice in conditions
        if broken
    ]
    unmet += unmet_intervals(facts.intervals)
    for species, entry in facts.entries:
        if entry.kind == "input":
            unmet += unmet_bans(
                entry.input_name, entry.done_on, banned(entry.input_name, facts.bans, species=species, on=entry.done_on)
            )
    return unmet + _unmet_tests(facts, who)


def _unmet_tests(facts: CertificateFacts, who: str) -> list[Unmet]:
    unmet: list[Unmet] = []
    kinds = {"own_test": "own", "commissioned_test": "third_party"}
    for basis in facts.bases:
        kind = kinds.get(basis)
        if kind is None:
            continue
        reports = [results for k, results in facts.tests if k == kind]
        if not reports:
            unmet.append(
                Unmet(
                    "certificate.evidence",
                    f"勾了“{BASES[basis]}”，但没有对应的检测报告。",
                    ORDER,
                    "先登记检测报告，或改选别的依据。",
                    who,
                )
            )
            continue
        tested = {plain_name(substance) for results in reports for substance, _ in results}
        used = {e.input_name for _, e in facts.entries if e.kind == "input" and e.category == "pesticide"}
        missing = sorted(n for n in used if not any(t in plain_name(n) or plain_name(n) in t for t in tested))
        if missing:
            unmet.append(
                Unmet(
                    "certificate.tested_what_was_used",
                    f"用过的{'、'.join(missing)}没有检测。以检测为依据时，用什么药就要检什么药。",
                    ORDER, "补检这几项，或改选“质量安全控制符合要求”。", who,
                )
            )  # fmt: skip
    for _, results in facts.tests:
        for substance, judgement in results:
            if judgement in ("over", "banned_detected"):
                unmet.append(
                    Unmet(
                        "certificate.test_failed",
                        f"{substance}{JUDGEMENTS[judgement]}，不能开合格证。",
                        ART_49,
                        "这批不能上市，请联系县农业农村部门。",
                        who,
                    )
                )
    return unmet
