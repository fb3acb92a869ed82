"""Timers of the public column."""

from admin.disclosure import service
from core.job.service import loop


@loop("admin.disclosure", 60)
def publish_due() -> int:
    """Publish what was approved for today."""
    return service.run_timers()
