"""Sentences that upper rooms offer for an addendum of a lot: facts that came after sealing, in words fit to be signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from core.hooks import Hook


class AddendumOffers(Protocol):
    """What a room knows about the lot since it was made: finished sentences without any person's data."""

    def __call__(self, lot_id: int) -> Sequence[str]: ...


addendum_offers: Hook[AddendumOffers] = Hook("lot_addendum_offers")


def sentences(lot_id: int) -> list[str]:
    """Every offered sentence, in the order of the rooms."""
    return [sentence for offer in addendum_offers for sentence in offer(lot_id)]
