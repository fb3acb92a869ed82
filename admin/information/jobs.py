"""Timers of the information form."""

from admin.information import service
from core.job.service import loop


@loop("admin.information", 3600)
def remind() -> int:
    """Send the reminders that are due."""
    service.remind()
    return 0
