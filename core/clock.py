"""The only clock.  Aware UTC inside, Asia/Shanghai on screens; only tests and the demo story may set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_frozen: ContextVar[datetime | None] = ContextVar("yidun_frozen_clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The present calendar day in Asia/Shanghai."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same instant in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI)


def day_start(day: date) -> datetime:
    """00:00 of ``day`` in Asia/Shanghai, as UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def day_end(day: date) -> datetime:
    """24:00 of ``day`` in Asia/Shanghai (00:00 of the day after), as UTC."""
    return day_start(day + timedelta(days=1))


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Within the block :func:`now` answers ``moment``.  For tests and the demo story only."""
    if moment.tzinfo is None:
        raise ValueError("the clock is set with an aware time only")
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
