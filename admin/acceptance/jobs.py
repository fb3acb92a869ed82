"""Timers of acceptance."""

from admin.acceptance import service
from core.job.service import loop


@loop("admin.acceptance", 60)
def mark_overdue() -> int:
    """Mark rectifications whose term has ended."""
    return service.run_timers()
