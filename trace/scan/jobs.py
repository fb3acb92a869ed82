"""Background work of the room."""

from __future__ import annotations

from core import clock
from core.job.service import task
from trace.scan.checks import forget_limits
from trace.scan.service import add_partitions


@task("scan.housekeeping", cron="17 19 * * *")
def housekeeping() -> None:
    """Months ahead have their partition; counters of past windows are gone."""
    add_partitions(clock.today())
    forget_limits(clock.now())
