"""What a request and a code may do (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

CODE_LIFE = timedelta(minutes=15)
CODE_TRIES = 5
WINDOW = timedelta(hours=1)
PER_ORDER = 3  # each may cost the buyer a text message
PER_ADDRESS = 10
KEPT = timedelta(days=7)


def is_too_many(of_order: int, of_address: int) -> bool:
    """Whether one more request within the window would be too many; counts are those already made."""
    return of_order >= PER_ORDER or of_address >= PER_ADDRESS


def is_tail(mobile: str, tail: str) -> bool:
    """Whether ``tail`` are the last four digits of the mobile."""
    return len(tail) == 4 and tail.isascii() and tail.isdigit() and mobile.endswith(tail)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its code is judged."""

    expires_at: datetime
    tries: int
    used: bool


def is_open(asked: Asked, now: datetime) -> bool:
    """Whether a code may still be tried: fresh (before its last moment), unused, tried fewer than five times."""
    return now < asked.expires_at and asked.tries < CODE_TRIES and not asked.used
