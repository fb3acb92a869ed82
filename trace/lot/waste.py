"""What was written off a lot, as facts for an addendum."""

from __future__ import annotations

from typing import Any

from trace.lot import queries
from trace.lot.offers import Offer
from trace.lot.rules import LOSSES, kg

_TOLD = ("loss", "waste", "sample", "destroy")  # what was lost on the way stands in the shipment


def offers(lot_id: int) -> list[Offer]:
    """Each write-off of the lot that stands: day, kind, grams and reason."""
    rows = queries.losses(lot_id)
    taken_back = {row.reverses_id for row in rows if row.reverses_id is not None}
    found = []
    for row in rows:
        if row.kind not in _TOLD or row.reverses_id is not None or row.id in taken_back:
            continue
        label = LOSSES[row.kind]
        fact: dict[str, Any] = {
            "type": "Waste", "on": row.lost_on.isoformat(), "kind": row.kind, "kindLabel": label,
            "massGrams": row.mass_g, "reason": row.reason,
        }  # fmt: skip
        day = row.lost_on
        sentence = f"{day:%Y}年{day.month}月{day.day}日{label} {kg(row.mass_g)} kg（{row.reason}）。"
        found.append(Offer(f"waste:{row.id}", sentence, fact))
    return found
