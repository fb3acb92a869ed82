"""How the background work is doing, for /readyz and the administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text

from core import clock
from core.db import db
from core.job.models import Heartbeat


@dataclass(frozen=True, slots=True)
class WorkerState:
    """Seconds since the worker's heartbeat (None: never seen), oldest waiting job, failed jobs and loops."""

    heartbeat_age: float | None
    queue_age: float
    waiting: int
    failed: int
    failing_loops: tuple[str, ...]


def worker_state() -> WorkerState:
    """The present state of worker and queue."""
    now = clock.now()
    beats = {b.name: b for b in db.session.scalars(select(Heartbeat))}
    worker = beats.get("worker")
    row = db.session.execute(
        text(
            "select count(*) filter (where status = 'todo') as waiting, count(*) filter (where status = 'failed') as failed, "
            "min(coalesce(e.at, j.scheduled_at)) filter (where status = 'todo' and coalesce(j.scheduled_at, :now) <= :now) as oldest "
            "from procrastinate_jobs j left join procrastinate_events e on e.job_id = j.id and e.type = 'deferred'"
        ),
        {"now": now},
    ).one()
    failing = tuple(sorted(b.name for b in beats.values() if b.failed_at is not None and b.failed_at >= b.beat_at))
    return WorkerState(
        heartbeat_age=_age(now, worker.beat_at if worker else None),
        queue_age=_age(now, row.oldest) or 0.0,
        waiting=row.waiting,
        failed=row.failed,
        failing_loops=failing,
    )


def _age(now: datetime, then: datetime | None) -> float | None:
    return None if then is None else max(0.0, (now - then).total_seconds())
