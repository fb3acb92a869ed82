"""Telling the parties of a recall, in batches; a killed worker's job goes on with those not yet tried."""

from __future__ import annotations

from core.db import unit_of_work
from core.job.service import defer, task
from trace.recall import followup


@task("recall.tell")
def tell(recall: int) -> None:
    """One batch is told; while there are more, the next batch is queued."""
    if followup.tell_waiting(recall) >= followup.TELL_BATCH:
        defer("recall.tell", recall=recall)


def tell_all(recall: int) -> int:
    """Every party of a recall is told now, a unit of work per batch (demo story and tests)."""
    done = 0
    while True:
        with unit_of_work():
            tried = followup.tell_waiting(recall)
        done += tried
        if tried < followup.TELL_BATCH:
            return done
