"""Reads of visits and checks for screens and upper floors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from core.db import db
from trace.code.models import Series
from trace.scan.models import CodeVisits


@dataclass(frozen=True, slots=True)
class LotVisits:
    """How many visits a lot's codes had, and how many different codes were opened."""

    visits: int
    codes: int
    last_at: datetime | None


def visits_of_lot(lot_id: int) -> LotVisits:
    """The counted visits of all codes of a lot."""
    row = db.session.execute(
        select(func.coalesce(func.sum(CodeVisits.visits), 0), func.count(CodeVisits.id), func.max(CodeVisits.last_at))
        .select_from(Series)
        .join(
            CodeVisits,
            and_(
                CodeVisits.item_id == Series.item_id,
                CodeVisits.unit >= Series.start_unit,
                CodeVisits.unit < Series.start_unit + Series.unit_count,
            ),
        )
        .where(Series.lot_id == lot_id, CodeVisits.visits > 0)
    ).one()
    return LotVisits(int(row[0]), int(row[1]), row[2])
