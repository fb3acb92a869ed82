"""Lots that an upper room has stopped (a recall): nothing more is made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.errors import Conflict
from core.hooks import lot_blocks


def reasons(lot_ids: Iterable[int]) -> Mapping[int, str]:
    """Why each lot is stopped, in words; lots that are not stopped are not named."""
    wanted = sorted(set(lot_ids))
    return {lot_id: why for hook in lot_blocks for lot_id, why in hook(wanted).items()}


def refuse_blocked(lots: Mapping[int, str], deed: str) -> None:
    """Conflict naming every stopped lot among ``lots`` (number by id); ``deed`` completes 不能…."""
    stopped = reasons(lots)
    if stopped:
        named = "；".join(f"批次 {lots[lot_id]} {why}" for lot_id, why in stopped.items())
        raise Conflict(f"{named}，不能{deed}。", code="lot.blocked", help="召回结束前只能登记下落。", field="source")
