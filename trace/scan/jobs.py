"""Background work of the room."""

from __future__ import annotations

from core import clock
from core.job.service import task
from trace.scan.checks import forget_tries
from trace.scan.contacts import forget as forget_contacts
from trace.scan.limits import forget_limits
from trace.scan.service import add_partitions, drop_old_visits, forget_recent


@task("scan.housekeeping", cron="17 19 * * *")
def housekeeping() -> None:
    """Three months ahead have their partition; what was kept long enough (visits, tries, limits, numbers) is gone."""
    now = clock.now()
    add_partitions(clock.today())
    drop_old_visits(clock.today())
    forget_limits(now)
    forget_tries(now)
    forget_contacts(clock.today())


@task("scan.forget_recent", cron="*/20 * * * *")
def forget_recent_visits() -> None:
    """What decided the ten-minute rule is gone once it can decide nothing any more."""
    forget_recent(clock.now())
