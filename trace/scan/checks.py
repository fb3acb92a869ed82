"""Checks of the covered code: the first is one atomic insert; tries are limited in the database.  Never commits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.db import db, separate_unit
from core.errors import TooMany
from trace.code import queries as codes
from trace.code.serial import normalise
from trace.scan.models import Check, FirstCheck, Limit
from trace.scan.resolve import Target

DAY = timedelta(hours=24)
WINDOW = timedelta(minutes=10)
PER_DEVICE, PER_ADDRESS = 10, 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says: ``first``, ``repeat`` (with when it was first), ``wrong`` (not this box's code)."""

    kind: str
    code: str
    first_at: datetime | None = None
    checks: int = 0


def check(target: Target, typed: str, device: bytes) -> Verdict:
    """The verdict for the covered code typed on a unit's page; a repeat of the same device within 24 hours is one check."""
    code = normalise(typed)
    found = codes.resolve(target.item_id, code, "covered") if target.item_id is not None else None
    if found is None or found.unit != target.unit:
        return Verdict("wrong", code)
    assert target.item_id is not None
    now = clock.now()
    first = db.session.scalar(
        insert(FirstCheck)
        .values(item_id=target.item_id, unit=found.unit, checked_at=now, device=device)
        .on_conflict_do_nothing(index_elements=["item_id", "unit"])
        .returning(FirstCheck.id)
    )
    _count(target.item_id, found.unit, device, now)
    row = db.session.scalars(
        select(FirstCheck).where(FirstCheck.item_id == target.item_id, FirstCheck.unit == found.unit)
    ).one()
    same_device = row.device == device and now - row.checked_at < DAY
    checks = db.session.scalar(
        select(func.count(Check.id)).where(Check.item_id == target.item_id, Check.unit == found.unit)
    )
    kind = "first" if first is not None or (same_device and checks == 1) else "repeat"
    return Verdict(kind, code, row.checked_at, checks or 0)


def _count(item_id: int, unit: int, device: bytes, now: datetime) -> None:
    recent = db.session.scalar(
        select(Check.id)
        .where(Check.item_id == item_id, Check.unit == unit, Check.device == device, Check.checked_at > now - DAY)
        .limit(1)
    )
    if recent is None:
        db.session.add(Check(item_id=item_id, unit=unit, checked_at=now, device=device))
        db.session.flush()


def take_try(device: bytes, address: str) -> None:
    """Count one try of the device and of the address, also where the request is refused; TooMany above the limit."""
    now = clock.now()
    start = now - timedelta(seconds=now.timestamp() % WINDOW.total_seconds())
    people = ((b"d" + device, PER_DEVICE), (b"a" + hashlib.sha256(address.encode()).digest()[:16], PER_ADDRESS))
    with separate_unit() as session:
        over = False
        for who, most in people:
            tries = session.scalar(
                insert(Limit)
                .values(who=who, window_start=start, tries=1)
                .on_conflict_do_update(
                    index_elements=["who", "window_start"], set_={"tries": text("trace_scan_limit.tries + 1")}
                )
                .returning(Limit.tries)
            )
            over = over or int(tries or 0) > most
    if over:
        raise TooMany(
            "查得太多了，请过 10 分钟再试。", code="scan.too_many", retry_after=600, help="着急的话请拨打 12315。"
        )


def forget_limits(now: datetime) -> int:
    """Rows of windows older than a day are deleted; returns how many."""
    gone = db.session.execute(delete(Limit).where(Limit.window_start < now - DAY))
    return int(gone.rowcount)  # type: ignore[attr-defined]
