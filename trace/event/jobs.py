"""Background work: telling subscribers, sweeping old delivery logs."""

from __future__ import annotations

from typing import Any

from core import clock
from core.job.service import loop, task
from trace.event import delivery


@loop("event.deliver", 2.0, own_unit=True)
def deliver() -> int:
    """One round of telling subscribers."""
    return delivery.run_once()


@task("event.forget", cron="41 19 * * *")
def forget(**_: Any) -> None:
    """Sweep delivery logs older than 90 days."""
    delivery.forget(clock.now())
