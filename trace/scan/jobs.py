"""Background work of the room."""

from __future__ import annotations

from core import clock
from core.job.service import task
from trace.scan.checks import forget_limits
from trace.scan.service import add_partitions, forget_recent


@task("scan.housekeeping", cron="17 19 * * *")
def housekeeping() -> None:
    """Months ahead have their partition; counters of past windows are gone."""
    add_partitions(clock.today())
    forget_limits(clock.now())


@task("scan.forget_recent", cron="*/20 * * * *")
def forget_recent_visits() -> None:
    """What decided the ten-minute rule is gone once it can decide nothing any more."""
    forget_recent(clock.now())
