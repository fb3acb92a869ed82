"""Timers of leases."""

from admin.lease import service
from core.job.service import loop


@loop("admin.lease", 3600)
def run_timers() -> int:
    """Send the notices of coming ends that are due; end what a following lease has taken over."""
    service.remind()
    service.end_followed()
    return 0
