"""Facts that upper rooms offer for an addendum of a lot: what came after sealing, as data fit to be signed and in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.errors import BadInput
from core.hooks import Hook


@dataclass(frozen=True, slots=True)
class Offer:
    """One fact: ``key`` names it from request to request, ``fact`` is what is signed (docs/record-format.md 6)."""

    key: str
    sentence: str
    fact: dict[str, Any]


class AddendumOffers(Protocol):
    """What a room knows about the lot since it was made, without any person's data."""

    def __call__(self, lot_id: int) -> Sequence[Offer]: ...


addendum_offers: Hook[AddendumOffers] = Hook("lot_addendum_offers")


def offered(lot_id: int) -> list[Offer]:
    """Every offered fact, in the order of the rooms."""
    return [one for offer in addendum_offers for one in offer(lot_id)]


def chosen(lot_id: int, keys: Iterable[str]) -> list[Offer]:
    """The offered facts of these keys, in the order offered; BadInput where one is offered no more."""
    wanted = set(keys)
    found = [one for one in offered(lot_id) if one.key in wanted] if wanted else []
    if len(found) != len(wanted):
        raise BadInput(
            "勾选的事项里有一条已经变了。", code="lot.offer_gone", field="facts", help="回到补充页重新勾选。"
        )
    return found
