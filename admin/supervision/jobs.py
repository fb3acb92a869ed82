"""Timers of supervision."""

from admin.supervision import service
from core.job.service import loop


@loop("admin.supervision", 60)
def mark_ended_terms() -> int:
    """Mark notices whose term has ended and slots that were missed."""
    return service.run_timers()
