"""The worker process: procrastinate for jobs, one thread per loop, the reaper, heartbeats.  ``python -m core.job.worker``."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from typing import Any

import procrastinate
from flask import Flask
from procrastinate.retry import RetryStrategy
from sqlalchemy import text

from core import clock
from core.db import db, unit_of_work
from core.job.service import LOOPS, PERIODIC, TASKS, Loop

log = logging.getLogger("yidun.worker")

STALLED_AFTER = 20.0
RETRY = RetryStrategy(max_attempts=6, wait=1, exponential_wait=3)


def beat(name: str, failure: str = "") -> None:
    """Note that ``name`` came round (or failed), in the caller's unit."""
    db.session.execute(
        text(
            "insert into core_job_heartbeat (name, beat_at, failed_at, failure) values (:n, :t, :f, :m) "
            "on conflict (name) do update set beat_at = case when :m = '' then excluded.beat_at else core_job_heartbeat.beat_at end, "
            "failed_at = excluded.failed_at, failure = excluded.failure"
        ),
        {"n": name, "t": clock.now(), "f": clock.now() if failure else None, "m": failure[:500]},
    )


def run_loop(app: Flask, loop: Loop, stop: threading.Event) -> None:
    """Run ``loop`` until ``stop``; a failure is logged, noted and tried again after a growing pause."""
    pause, last_beat = loop.seconds, 0.0
    while not stop.is_set():
        done = 0
        try:
            with app.app_context():
                if loop.own_unit:
                    done = loop.tick()
                else:
                    with unit_of_work():
                        done = loop.tick()
                moment = clock.now().timestamp()
                if moment - last_beat >= 2:
                    with unit_of_work():
                        beat(loop.name)
                    last_beat = moment
            pause = loop.seconds
        except Exception as error:
            log.exception("loop %s failed", loop.name)
            pause = min(max(pause, 0.5) * 2, 15.0)
            _note_failure(app, loop.name, f"{type(error).__name__}: {error}")
        if not done:
            stop.wait(pause)


def _note_failure(app: Flask, name: str, failure: str) -> None:
    try:
        with app.app_context(), unit_of_work():
            beat(name, failure)
    except Exception:
        log.warning("the failure of %s could not be noted", name)


def build(app: Flask, dsn: str) -> procrastinate.App:
    """The procrastinate application that runs our registered tasks, each in an app context and one unit of work."""
    queue = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=dsn, min_size=1, max_size=4))
    for name, function in TASKS.items():
        wrapped = _in_unit(app, function)
        registered = queue.task(name=name, retry=RETRY)(wrapped)
        if name in PERIODIC:
            queue.periodic(cron=PERIODIC[name])(registered)

    @queue.periodic(cron="* * * * * */10")
    @queue.task(name="core.job.reap", queueing_lock="core.job.reap", pass_context=True)
    async def reap(context: Any, timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes both
        """Requeue jobs of workers that were killed."""
        manager = context.app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
            log.warning("requeue job %s (%s) of a killed worker", job.id, job.task_name)
            await manager.retry_job(job)

    return queue


def _in_unit(app: Flask, function: Any) -> Any:
    def run(**kwargs: Any) -> None:
        kwargs.pop("timestamp", None)
        with app.app_context(), unit_of_work():
            function(**kwargs)

    return run


async def _serve(queue: procrastinate.App) -> None:
    async with queue.open_async():
        await queue.run_worker_async(
            concurrency=2,
            fetch_job_polling_interval=2,
            shutdown_graceful_timeout=8,
            update_heartbeat_interval=3,
            stalled_worker_timeout=STALLED_AFTER,
            delete_jobs="never",
            install_signal_handlers=True,
        )


def main() -> int:
    """Run until SIGTERM/SIGINT; any exit is followed by a restart from the supervisor."""
    from wsgi import app

    dsn = app.config["SETTINGS"].database_url.replace("postgresql+psycopg://", "postgresql://")
    stop = threading.Event()
    loops = [*LOOPS.values(), Loop("worker", 2.0, lambda: 0, own_unit=False)]
    threads = [threading.Thread(target=run_loop, args=(app, x, stop), name=x.name, daemon=True) for x in loops]
    for thread in threads:
        thread.start()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        asyncio.run(_serve(build(app, dsn)))
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=3)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
