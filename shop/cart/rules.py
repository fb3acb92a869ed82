"""What a cart may hold, and what changed since a line was put in (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import Unmet
from core.money import yuan

MAX_LINES = 30
MAX_QUANTITY = 999


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One cart line beside the present offer of its variant."""

    variant_id: int
    title: str
    quantity: int
    seen_price_fen: int
    price_fen: int
    available: int
    on_sale: bool
    cap: int | None
    unit: str = "箱"


@dataclass(frozen=True, slots=True)
class LineNote:
    """One sentence about a line; ``blocks`` says that it must be put right before ordering."""

    code: str
    message: str
    blocks: bool


def notes_of(line: LineFacts) -> list[LineNote]:
    """Everything the buyer must be told about the line, blocking ones first."""
    notes: list[LineNote] = []
    if not line.on_sale:
        return [LineNote("gone", "这件商品已下架，请移出购物车。", True)]
    if line.available <= 0:
        notes.append(LineNote("sold_out", "已售完，请移出购物车或改天再看。", True))
    elif line.quantity > line.available:
        notes.append(LineNote("short", f"库存只剩 {line.available} {line.unit}，请减少数量。", True))
    if line.cap is not None and line.quantity > line.cap:
        notes.append(LineNote("cap", f"每人限购 {line.cap} {line.unit}，请减少数量。", True))
    if line.price_fen != line.seen_price_fen:
        word = "降到" if line.price_fen < line.seen_price_fen else "涨到"
        text = f"放入购物车时每{line.unit} {yuan(line.seen_price_fen)} 元，现在{word} {yuan(line.price_fen)} 元，按现价结算。"
        notes.append(LineNote("price", text, False))
    return notes


def unmet_of(lines: Sequence[LineFacts]) -> list[Unmet]:
    """Every reason why this cart cannot be ordered as it stands, all at once."""
    if not lines:
        return [Unmet("cart.empty", "购物车是空的。", help="先去挑几样再来结算。", who="你")]
    return [
        Unmet(f"cart.{note.code}", f"{line.title}：{note.message}", help="改好数量后再结算。", who="你")
        for line in lines
        for note in notes_of(line)
        if note.blocks
    ]


def stamp(lines: Sequence[LineFacts]) -> str:
    """A fingerprint of what the buyer saw: variants, quantities and prices."""
    seen = ";".join(f"{x.variant_id}:{x.quantity}:{x.price_fen}" for x in sorted(lines, key=lambda x: x.variant_id))
    return hashlib.sha256(seen.encode()).hexdigest()[:24]


def check_quantity(quantity: int) -> list[Unmet]:
    """A quantity a line may have: 1 to 999."""
    if 1 <= quantity <= MAX_QUANTITY:
        return []
    return [Unmet("cart.quantity", f"数量填 1 到 {MAX_QUANTITY} 之间的整数。", help="大宗采购请联系卖家。", who="你")]
