"""Register tasks and loops; defer a job in the caller's transaction (rolled back with it)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from core.db import db

Task = Callable[..., None]
Tick = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Loop:
    """A function run again and again by the worker, one process-wide thread each, in a unit of work of its own."""

    name: str
    seconds: float
    tick: Tick
    own_unit: bool


TASKS: dict[str, Task] = {}
LOOPS: dict[str, Loop] = {}
PERIODIC: dict[str, str] = {}


def task(name: str, *, cron: str | None = None) -> Callable[[Task], Task]:
    """Register a task under its full name ``room.task``.  It must be idempotent: a killed worker's job runs again.

    With ``cron`` (five fields, Asia/Shanghai is not applied: UTC) it also runs periodically, without arguments.
    """

    def keep(function: Task) -> Task:
        TASKS[name] = function
        if cron is not None:
            PERIODIC[name] = cron
        return function

    return keep


def loop(name: str, seconds: float, *, own_unit: bool = False) -> Callable[[Tick], Tick]:
    """Register a loop; ``tick`` returns how much it did, and runs again at once while there is more.

    With ``own_unit`` the function opens its units of work itself.
    """

    def keep(function: Tick) -> Tick:
        LOOPS[name] = Loop(name, seconds, function, own_unit)
        return function

    return keep


_DEFER = text(
    "select procrastinate_defer_jobs_v1(array[row(cast(:queue as varchar), cast(:task as varchar), "
    "cast(:priority as int), cast(:lock as text), cast(:qlock as text), cast(:args as jsonb), "
    "cast(:at as timestamptz))::procrastinate_job_to_defer_v1])"
)


def defer(
    name: str, *, at: datetime | None = None, lock: str | None = None, once: str | None = None, **args: Any
) -> int:
    """Queue a job in this transaction; returns its id.

    ``lock`` runs jobs of that lock one after another; ``once`` refuses a second waiting job of that name
    (the database raises; use it for collapsing work only).
    """
    if name not in TASKS:
        raise LookupError(f"no task {name}")
    ids = db.session.scalar(
        _DEFER,
        {
            "queue": "default",
            "task": name,
            "priority": 0,
            "lock": lock,
            "qlock": once,
            "args": json.dumps(args),
            "at": at,
        },
    )
    assert ids
    return int(ids[0])


def run_waiting(limit: int = 100) -> int:
    """Run waiting jobs here and now, one unit each (seed and tests only); returns how many ran."""
    from core.db import unit_of_work

    done = 0
    while done < limit:
        with unit_of_work():
            row = db.session.execute(
                text(
                    "select id, task_name, args from procrastinate_jobs where status = 'todo' "
                    "and (scheduled_at is null or scheduled_at <= now()) order by id limit 1 for update skip locked"
                )
            ).first()
            if row is None:
                return done
            TASKS[row.task_name](**{k: v for k, v in row.args.items() if k != "timestamp"})
            db.session.execute(text("update procrastinate_jobs set status = 'succeeded' where id = :i"), {"i": row.id})
        done += 1
    return done
