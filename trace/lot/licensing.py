"""Whose brand licence covers a lot: its sealer's, asked in one place (docs/adr/0065).

The sealer states what the lot is and puts it on the market under its name; who owns the trade item, farms or holds the goods
does not matter.  The part of a sealed lot that another organisation took over keeps the root's sealer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from brand.licence import queries as licences
from brand.licence.queries import LicenceView
from core.db import db
from trace.lot.models import Lot


class Product(Protocol):
    """What a licence is granted for: a row or a view of a trade item has it."""

    @property
    def variety(self) -> str: ...
    @property
    def form(self) -> str: ...
    @property
    def specification(self) -> str | None: ...


def licence_of(sealer_id: int, item: Product, on_date: date | None = None) -> LicenceView | None:
    """The sealer's licence in force on a day (today) that covers the item, or None; loose goods have none."""
    if not item.specification:
        return None
    return licences.licence_for(sealer_id, item.variety, item.form, item.specification, on_date)


def covered_until(sealer_id: int, item: Product) -> date | None:
    """The last day of the sealer's unbroken cover from today, granted renewals included; None where nothing covers today."""
    if not item.specification:
        return None
    return licences.covered_until(sealer_id, item.variety, item.form, item.specification)


def last_licence_of(sealer_id: int, item: Product) -> LicenceView | None:
    """The latest licence the sealer ever had for the item, whatever its state today, or None."""
    if not item.specification:
        return None
    return licences.last_licence_for(sealer_id, item.variety, item.form, item.specification)


def sealers_of(lot_ids: Iterable[int]) -> dict[int, int]:
    """The organisation whose licence counts, by lot row id: the sealer; for a part, the sealer of its root."""
    root = aliased(Lot)
    rows = db.session.execute(
        select(Lot.id, func.coalesce(root.sealer_id, Lot.sealer_id))
        .outerjoin(root, root.id == Lot.root_id)
        .where(Lot.id.in_(list(lot_ids)))
    )
    return {lot_id: sealer_id for lot_id, sealer_id in rows}  # noqa: C416 - rows are no pairs to mypy


def lots_under(sealer_id: int) -> list[int]:
    """Packed lots and parts of them that stand under this organisation's licence, by row id."""
    root = aliased(Lot)
    return list(
        db.session.scalars(
            select(Lot.id)
            .outerjoin(root, root.id == Lot.root_id)
            .where(Lot.unit == "piece", func.coalesce(root.sealer_id, Lot.sealer_id) == sealer_id)
        )
    )


def sealer_of(lot: Lot) -> int:
    """The organisation whose licence counts for one lot."""
    return sealers_of([lot.id])[lot.id]
