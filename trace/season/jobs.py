"""Background work of the room."""

from __future__ import annotations

from core import clock
from core.job.service import task
from trace.season import reminders, retention


@task("season.remind", cron="5 23 * * *")
def remind() -> None:
    """Reminders due today lie in the inboxes (07:05 in Shanghai)."""
    reminders.send_due(clock.today())


@task("season.archive", cron="25 19 * * *")
def archive() -> None:
    """Journals kept to their end are archived."""
    retention.archive_due(clock.today())
