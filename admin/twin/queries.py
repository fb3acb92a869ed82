"""What was said of pairs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from sqlalchemy import or_, select

from admin.twin.models import Verdict
from admin.twin.rules import Pair, Party
from core.db import db

MANY = 400


@dataclass(frozen=True, slots=True)
class Said:
    """The latest word on a pair."""

    verdict: str
    reason: str
    at: datetime
    judged_by_id: int


def judged(pairs: Sequence[Pair]) -> list[Said | None]:
    """The latest word on each pair, whichever of its rows it was said of; one statement."""
    known = _latest({key for pair in pairs for party in (pair.first, pair.second) for key in party.keys})
    return [_said(known, pair.first, pair.second) for pair in pairs]


def _said(known: dict[tuple[str, str], tuple[int, Said]], first: Party, second: Party) -> Said | None:
    rows = [known[k] for a, b in product(first.keys, second.keys) if (k := (min(a, b), max(a, b))) in known]
    return max(rows, key=lambda row: row[0])[1] if rows else None


def _latest(keys: Iterable[str]) -> dict[tuple[str, str], tuple[int, Said]]:
    wanted = list(keys)
    if not wanted:
        return {}
    query = select(Verdict).order_by(Verdict.id)
    if len(wanted) <= MANY:
        query = query.where(or_(Verdict.first_key.in_(wanted), Verdict.second_key.in_(wanted)))
    return {
        (row.first_key, row.second_key): (row.id, Said(row.verdict, row.reason, row.at, row.judged_by_id))
        for row in db.session.scalars(query)
    }


def same_of(key: str) -> Verdict | None:
    """The latest word on a pair of this row that says the two are one, or None."""
    latest: dict[tuple[str, str], Verdict] = {}
    query = select(Verdict).where(or_(Verdict.first_key == key, Verdict.second_key == key)).order_by(Verdict.id)
    for row in db.session.scalars(query):
        latest[row.first_key, row.second_key] = row
    return next((row for row in latest.values() if row.verdict == "same"), None)
