"""How often one device or one address may try, counted in the database (it holds for all processes)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.db import db, separate_unit
from core.errors import TooMany
from core.seal import service as seal
from trace.scan.models import Limit

KEEP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many tries in a window: per device and per address."""

    mark: bytes
    window: timedelta
    per_device: int
    per_address: int


CHECK = Allowance(b"c", timedelta(minutes=10), 10, 60)
REPORT = Allowance(b"r", timedelta(hours=1), 5, 20)
STATUS = Allowance(b"s", timedelta(hours=1), 20, 60)
CONTACT = Allowance(b"k", timedelta(hours=1), 10, 40)


def address_hash(address: str, at: datetime) -> bytes:
    """The address under the salt of the day (16 bytes): it links nothing across days."""
    return seal.device_hash(address, "", clock.local(at).date())[:16]


def take_try(allowance: Allowance, device: bytes, address: str) -> None:
    """Count one try of the device and of the address, also where the request is refused; TooMany above the limit."""
    now = clock.now()
    start = now - timedelta(seconds=now.timestamp() % allowance.window.total_seconds())
    people = (
        (allowance.mark + b"d" + device, allowance.per_device),
        (allowance.mark + b"a" + address_hash(address, now), allowance.per_address),
    )
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
        minutes = int(allowance.window.total_seconds() // 60)
        raise TooMany(
            f"试得太多了，请过 {minutes} 分钟再试。", code="scan.too_many", retry_after=minutes * 60,
            help="着急的话请拨打 12315。",
        )  # fmt: skip


def forget_limits(now: datetime) -> int:
    """Rows of windows older than a day are deleted; returns how many."""
    gone = db.session.execute(delete(Limit).where(Limit.window_start < now - KEEP))
    return int(gone.rowcount)  # type: ignore[attr-defined]
