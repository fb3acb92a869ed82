"""Timers of the funds."""

from admin.fund import service
from core.job.service import loop


@loop("admin.fund", 60)
def release_publicised() -> int:
    """Make claims payable whose publicity has ended."""
    return service.run_timers()
