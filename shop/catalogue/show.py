"""What the product page shows: choices, the lot that will be sent, and what is known about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shop.catalogue.queries import VariantView


@dataclass(frozen=True, slots=True)
class Pick:
    """One chip: a value of a property, the variant it leads to, whether it is chosen, whether anything is left."""

    label: str
    public_id: str
    chosen: bool
    there: bool


def picks(variants: Sequence[VariantView], chosen: VariantView, pieces: dict[int, int]) -> list[tuple[str, list[Pick]]]:
    """The chips by property; changing one property keeps the other where such a variant exists."""
    rows = []
    for label, read, other in (
        ("规格", lambda v: v.size_label, lambda v: v.net_g),
        ("净重", lambda v: v.net_label, lambda v: v.size_label),
    ):
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
