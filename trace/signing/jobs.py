"""Keys end on the day that was planned."""

from __future__ import annotations

from core.job.service import task
from trace.signing import identity


@task("signing.end_planned_keys", cron="*/5 * * * *")
def end_planned_keys() -> None:
    """Every key past its planned end has ended in a new did.json version."""
    identity.end_planned()
