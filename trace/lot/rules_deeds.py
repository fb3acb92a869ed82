"""Quantities of deeds on lots: packing, taking, grading, splitting, merging (pure).

What comes out of a deed, waste included, is exactly what was taken; every refusal names the difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.errors import BadInput, RuleBroken, Unmet
from trace.lot.rules import ART_39, MAX_PIECES, kg
from trace.season.rules import ART_27


@dataclass(frozen=True, slots=True)
class Packing:
    """The outcome of packing: mass in pieces and what was lost on the way."""

    pieces: int
    mass_g: int
    loss_g: int


def pack(*, incoming_g: int, pieces: int, net_content_g: int) -> Packing:
    """Pieces × net content out of ``incoming_g``; the rest is packing loss.  Raises where more comes out than in."""
    if pieces <= 0:
        raise BadInput("件数要大于 0。", code="lot.pieces", field="pieces")
    if pieces > MAX_PIECES:
        raise BadInput("件数超过 1000 万，请核对。", code="lot.pieces", field="pieces")
    mass = pieces * net_content_g
    if mass > incoming_g:
        raise RuleBroken(
            unmet=[
                Unmet(
                    "lot.more_than_in",
                    f"{pieces} 件共 {kg(mass)} kg，比领用的 {kg(incoming_g)} kg 多 {kg(mass - incoming_g)} kg。",
                    ART_27,
                    "多领一些原料，或把件数改少。",
                    "本单位经办员",
                )
            ],
            field="pieces",
        )
    return Packing(pieces, mass, incoming_g - mass)


def check_take(grams: int, available_g: int, *, what: str, field: str = "mass_g", step_g: int = 1) -> int:
    """Grams to take from a source that still has ``available_g``: positive, not more, in whole pieces of ``step_g``."""
    if grams <= 0:
        raise BadInput(f"从{what}领用的数量要大于 0。", code="lot.take", field=field)
    if grams > available_g:
        raise RuleBroken(
            unmet=[
                Unmet(
                    "lot.short", f"{what}只剩 {kg(available_g)} kg，不够 {kg(grams)} kg。", ART_27,
                    "把数量改少，或从别的批次领用。", "本单位经办员",
                )
            ],
            field=field,
        )  # fmt: skip
    if grams % step_g:
        raise BadInput(f"{what}按件领用，数量要是 {kg(step_g)} kg 的整数倍。", code="lot.whole_pieces", field=field)
    return grams


def next_lot_no(on: date, taken: Sequence[str]) -> str:
    """The next free number of the day: YYMMDD and a running number of two digits or more."""
    prefix = f"{on:%y%m%d}"
    used = {no for no in taken if no.startswith(prefix)}
    n = 1
    while f"{prefix}{n:02d}" in used:
        n += 1
    return f"{prefix}{n:02d}"


def check_brix(value: Decimal | None) -> Decimal | None:
    """A sugar reading in °Brix with one decimal, 0 to 60, or None."""
    if value is None:
        return None
    if not value.is_finite() or not 0 < value <= 60 or value != value.quantize(Decimal("0.1")):
        raise BadInput("糖度写成 0 到 60 之间、最多一位小数，例如 14.2。", code="lot.brix", field="brix")
    return value.quantize(Decimal("0.1"))


# --- after the harvest -----------------------------------------------------------------------------------------------


def check_outputs(masses: Sequence[int], *, taken_g: int, waste_g: int = 0, least: int = 1, most: int = 20) -> None:
    """Return if what comes out, waste included, is exactly what was taken; RuleBroken naming the difference otherwise."""
    if not least <= len(masses) <= most:
        raise BadInput(f"请填写 {least} 到 {most} 批。", code="lot.outputs", field="outputs")
    if any(grams <= 0 for grams in masses) or waste_g < 0:
        raise BadInput("每一批的数量都要大于 0，剔除不能是负数。", code="lot.outputs", field="outputs")
    out = sum(masses) + waste_g
    if out != taken_g:
        more, word = abs(out - taken_g), "多" if out > taken_g else "少"
        raise RuleBroken(
            unmet=[
                Unmet(
                    "lot.outputs_differ",
                    f"领用 {kg(taken_g)} kg，各批合计 {kg(sum(masses))} kg，剔除 {kg(waste_g)} kg，{word}了 {kg(more)} kg。",
                    ART_27, "对照过磅单改数量；称不出去向的，记在剔除里并写明原因。", "本单位经办员",
                )
            ],
            field="outputs",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class MergeSource:
    """A lot about to be merged, as the rule reads it."""

    lot_no: str
    item_id: int
    version_id: int | None
    grade_key: str
    rank: int | None


def check_merge(sources: Sequence[MergeSource], *, downgrade_key: str = "", downgrade_rank: int | None = None) -> str:
    """The grade key of the merged lot: the common one, or the explicit lower one.  RuleBroken with all that differs."""
    if len(sources) < 2:
        raise BadInput("并批至少选两批。", code="lot.merge_two", field="source")
    first, unmet = sources[0], []
    for other in sources[1:]:
        if other.item_id != first.item_id:
            unmet.append(
                _merge_unmet(
                    "lot.merge_item",
                    f"批次 {other.lot_no} 和 {first.lot_no} 不是同一个商品项。",
                    "只并同一个商品项的批次；不同的先改装。",
                )
            )
        if other.version_id != first.version_id:
            unmet.append(
                _merge_unmet(
                    "lot.merge_standard",
                    f"批次 {other.lot_no} 和 {first.lot_no} 按不同的标准版本分级。",
                    "先按同一版标准重新分级，再并批。",
                )
            )
    if unmet:
        raise RuleBroken(unmet=unmet, field="source")
    if not downgrade_key:
        if len({s.grade_key for s in sources}) > 1:
            numbers = "、".join(s.lot_no for s in sources)
            raise RuleBroken(
                unmet=[
                    _merge_unmet(
                        "lot.merge_grade", f"批次 {numbers} 的等级不一样。", "写明并批后降为哪一级，只能降，不能升。"
                    )
                ],
                field="grade",
            )
        return first.grade_key
    if downgrade_rank is None or any(s.rank is None or s.rank > downgrade_rank for s in sources):
        raise RuleBroken(
            unmet=[
                _merge_unmet(
                    "lot.merge_upgrade", "并批后的等级高于其中一批原来的等级。", "选其中最低的等级，或更低的。"
                )
            ],
            field="grade",
        )
    return downgrade_key


def _merge_unmet(rule: str, message: str, help_: str) -> Unmet:
    return Unmet(rule, message, ART_39, help_, "本单位经办员")


def best_before_of(wanted: date | None, sources: Sequence[date | None], made_on: date) -> date | None:
    """The best-before day of what is made from packed goods: never later than the earliest of its sources.

    Putting goods into another box makes them no fresher; BadInput where a later day is asked for.
    """
    known = [day for day in sources if day is not None]
    if not known:
        return wanted
    earliest = min(known)
    if wanted is not None and wanted > earliest:
        raise BadInput(
            f"改装不能延后建议食用日期，最晚写 {earliest:%Y-%m-%d}。", code="lot.best_before_later", field="best_before"
        )
    day = wanted or earliest
    if day <= made_on:
        raise BadInput(
            f"原来的建议食用日期是 {earliest:%Y-%m-%d}，已经到了，不能再改装出售。",
            code="lot.past_best",
            field="source",
        )
    return day


def brix_of(values: Mapping[str, Decimal], otherwise: Decimal | None) -> Decimal | None:
    """The sugar reading among measured values, else what was known before."""
    found = values.get("brix")
    return check_brix(found) if found is not None else otherwise
