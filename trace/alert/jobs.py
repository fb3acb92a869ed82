"""Sweeps and escalation."""

from __future__ import annotations

from core.job.service import task
from trace.alert import service


@task("alert.sweep", cron="*/10 * * * *")
def sweep() -> None:
    """What changed lately is looked at."""
    service.sweep_all(full=False)


@task("alert.sweep_all", cron="40 18 * * *")
def sweep_everything() -> None:
    """Everything is looked at; alerts whose cause is gone are cleared."""
    service.sweep_all(full=True)


@task("alert.escalate", cron="5,35 * * * *")
def escalate() -> None:
    """What is past its time goes to the supervisor."""
    service.escalate_due()
