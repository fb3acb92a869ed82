"""Old requests are forgotten."""

from __future__ import annotations

from core.job.service import loop
from shop.lookup import service


@loop("shop.lookup.forget", 6 * 3600)
def forget() -> int:
    """Requests older than a week are gone; returns how many."""
    return service.forget_requests()
