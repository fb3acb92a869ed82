"""What is there and what may be sold, for screens and upper rooms."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select

from core.db import db
from shop.stock import lots, rules
from shop.stock.models import Hold, Reservation, StockMove, StockRow


@dataclass(frozen=True, slots=True)
class Available:
    """Pieces of one item that may be sold now, and the lots they come from in the order they go out."""

    item_id: int
    pieces: int
    lots: tuple[rules.LotFacts, ...]

    @property
    def first(self) -> rules.LotFacts | None:
        return self.lots[0] if self.lots else None


def free_rows(item_ids: Sequence[int], today: date) -> Sequence[StockRow]:
    """Stock rows of the items from which a piece may be sold on ``today``, in one statement.

    Free, not held, licensed and not past their date: the same conditions as ``rules.unsellable``.
    """
    held = select(Hold.id).where(Hold.lot_id == StockRow.lot_id, Hold.lifted_at.is_(None)).exists()
    return db.session.scalars(
        select(StockRow).where(
            StockRow.item_id.in_(item_ids),
            StockRow.on_hand > StockRow.reserved,
            StockRow.licence_until >= today,
            or_(StockRow.expires_on.is_(None), StockRow.expires_on >= today),
            ~held,
        )
    ).all()


def available(item_ids: Sequence[int], seller: int | None, today: date) -> dict[int, Available]:
    """Sellable pieces by item (of one seller where given), first expired first; items without any are there with 0."""
    rows = {r.id: r for r in free_rows(item_ids, today) if seller in (None, r.organisation_id)}
    result = {}
    for item_id in item_ids:
        order = rules.fefo(candidate(r) for r in rows.values() if r.item_id == item_id)
        seen = {c.lot_id: lots.of_row(rows[c.stock_id]) for c in reversed(order)}
        first_first = tuple(reversed(seen.values()))
        result[item_id] = Available(item_id, sum(c.available for c in order), first_first)
    return result


def candidate(row: StockRow) -> rules.Candidate:
    """The row as the allocation rule reads it."""
    return rules.Candidate(row.id, row.lot_id, row.on_hand - row.reserved, row.expires_on, row.harvested_on)


def counts(item_ids: Sequence[int], today: date) -> dict[int, int]:
    """Sellable pieces by item, in one statement, for a list."""
    found = dict.fromkeys(item_ids, 0)
    for row in free_rows(item_ids, today):
        found[row.item_id] += row.on_hand - row.reserved
    return found


def rows_of(organisation_id: int) -> Sequence[StockRow]:
    """Every stock row of a seller, newest lot first."""
    return db.session.scalars(
        select(StockRow)
        .where(StockRow.organisation_id == organisation_id)
        .order_by(StockRow.lot_id.desc(), StockRow.id)
    ).all()


def get_own(organisation_id: int | None, public_id: uuid.UUID) -> StockRow | None:
    """A stock row of the seller, or None."""
    row = db.session.scalar(select(StockRow).where(StockRow.public_id == public_id))
    return row if row is not None and row.organisation_id == organisation_id else None


def moves_of(stock_id: int, limit: int = 50) -> Sequence[StockMove]:
    """The latest movements of a row, newest first."""
    return db.session.scalars(
        select(StockMove).where(StockMove.stock_id == stock_id).order_by(StockMove.id.desc()).limit(limit)
    ).all()


def open_holds(lot_ids: Sequence[int]) -> dict[int, str]:
    """The reasons of lots that are stopped now."""
    rows = db.session.execute(
        select(Hold.lot_id, Hold.reason).where(Hold.lot_id.in_(lot_ids), Hold.lifted_at.is_(None)).order_by(Hold.id)
    )
    return {row[0]: row[1] for row in rows}


def due_holders(now: datetime, limit: int = 100) -> list[uuid.UUID]:
    """Orders whose reservation has run out."""
    return list(
        db.session.scalars(
            select(Reservation.holder)
            .where(Reservation.state == "held", Reservation.expires_at <= now)
            .group_by(Reservation.holder)
            .limit(limit)
        )
    )


def differences() -> list[str]:
    """Every row whose numbers are not the sums of its movements and live reservations; empty when all agree."""
    sums = (
        select(
            StockMove.stock_id,
            func.sum(StockMove.on_hand_change).label("h"),
            func.sum(StockMove.reserved_change).label("r"),
        )
        .group_by(StockMove.stock_id)
        .subquery()
    )
    held = (
        select(Reservation.stock_id, func.sum(Reservation.quantity).label("q"))
        .where(Reservation.state == "held")
        .group_by(Reservation.stock_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            StockRow.id, StockRow.on_hand, StockRow.reserved,
            func.coalesce(sums.c.h, 0), func.coalesce(sums.c.r, 0), func.coalesce(held.c.q, 0),
        )
        .outerjoin(sums, sums.c.stock_id == StockRow.id)
        .outerjoin(held, held.c.stock_id == StockRow.id)
    )  # fmt: skip
    return [
        f"stock row {i}: on hand {h} but moves {mh}, reserved {r} but moves {mr}, held {q}"
        for i, h, r, mh, mr, q in rows
        if h != mh or r != mr or r != q
    ]
