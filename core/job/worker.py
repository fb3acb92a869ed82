"""The worker process: procrastinate for jobs, one thread per loop, the reaper, heartbeats.  ``python -m core.job.worker``."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import threading
import time
from datetime import datetime

import procrastinate
from flask import Flask
from sqlalchemy import text

from core import clock
from core.db import db, unit_of_work
from core.job.queue import STALLED_AFTER, build
from core.job.service import LOOPS, Loop

log = logging.getLogger("yidun.worker")

LOOP_GRACE = 4.0
STOP_WITHIN = 9.5  # below the supervisor's grace: a database that died with us must not hold the exit up


_BEATS = text(
    "insert into core_job_heartbeat (name, beat_at, failure)"
    " select name, beat_at, '' from unnest(cast(:names as text[]), cast(:times as timestamptz[])) as o(name, beat_at)"
    " on conflict (name) do update set beat_at = excluded.beat_at, failed_at = null, failure = ''"
)
_FAILURE = text(
    "insert into core_job_heartbeat (name, beat_at, failed_at, failure) values (:name, :now, :now, :failure)"
    " on conflict (name) do update set failed_at = excluded.failed_at, failure = excluded.failure"
)


class Beats:
    """When each loop last came round well, kept in memory and written together: a commit per loop would be many a second."""

    def __init__(self) -> None:
        self._rounds: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def came_round(self, name: str) -> None:
        """``name`` is alive; written with the next ``write``."""
        with self._lock:
            self._rounds[name] = clock.now()

    def failed(self, name: str, failure: str) -> None:
        """Afterwards the failure is written, in the caller's unit; an earlier round of ``name`` no longer counts."""
        with self._lock:
            self._rounds.pop(name, None)
        db.session.execute(_FAILURE, {"name": name, "now": clock.now(), "failure": failure[:500]})

    def write(self) -> None:
        """Afterwards the rounds since the last call are written, in the caller's unit."""
        with self._lock:
            rounds, self._rounds = self._rounds, {}
        if rounds:
            names = sorted(rounds)  # one order of locks
            db.session.execute(_BEATS, {"names": names, "times": [rounds[name] for name in names]})


def run_loop(app: Flask, loop: Loop, stop: threading.Event, beats: Beats) -> None:
    """Run ``loop`` until ``stop``; a failure is logged, noted and tried again after a growing pause."""
    pause = loop.seconds
    while not stop.is_set():
        done = 0
        try:
            with app.app_context():
                if loop.own_unit:
                    done = loop.tick()
                else:
                    with unit_of_work():
                        done = loop.tick()
            beats.came_round(loop.name)
            pause = loop.seconds
        except Exception as error:
            log.exception("loop %s failed", loop.name)
            pause = min(max(pause, 0.5) * 2, 15.0)
            _note_failure(app, beats, loop.name, f"{type(error).__name__}: {error}")
        if not done:
            stop.wait(pause)


def _note_failure(app: Flask, beats: Beats, name: str, failure: str) -> None:
    try:
        with app.app_context(), unit_of_work():
            beats.failed(name, failure)
    except Exception:
        log.warning("the failure of %s could not be noted", name)


def _leave_in_time() -> None:
    """Afterwards the process ends within ``STOP_WITHIN`` seconds, whatever still waits (the queue's pool waits 30 s
    for a database that is gone); a job cut off here is found by the reaper and run again."""
    last = threading.Timer(STOP_WITHIN, os._exit, args=(0,))
    last.daemon = True
    last.start()


async def _serve(queue: procrastinate.App) -> None:
    """Work until SIGTERM or SIGINT; the running job is finished, within eight seconds."""
    here, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert here is not None

    def stop() -> None:
        _leave_in_time()
        here.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    async with queue.open_async():
        await queue.run_worker_async(
            concurrency=2,
            fetch_job_polling_interval=2,
            shutdown_graceful_timeout=8,
            update_heartbeat_interval=3,
            stalled_worker_timeout=STALLED_AFTER,
            delete_jobs="never",
            install_signal_handlers=False,
        )


def main() -> int:
    """Run until SIGTERM/SIGINT; any exit is followed by a restart from the supervisor."""
    from wsgi import app

    dsn = app.config["SETTINGS"].database_url.replace("postgresql+psycopg://", "postgresql://")
    stop = threading.Event()
    beats = Beats()

    def write_beats() -> int:
        beats.came_round("worker")  # written with this very round: a start is not reported two seconds late
        beats.write()
        return 0

    loops = [*LOOPS.values(), Loop("worker", 2.0, write_beats, own_unit=False)]
    threads = [threading.Thread(target=run_loop, args=(app, x, stop, beats), name=x.name, daemon=True) for x in loops]
    for thread in threads:
        thread.start()
    with contextlib.suppress(asyncio.CancelledError, KeyboardInterrupt):
        asyncio.run(_serve(build(app, dsn)))
    stop.set()
    until = time.monotonic() + LOOP_GRACE
    for thread in threads:
        thread.join(timeout=max(0.0, until - time.monotonic()))
    return 0


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    os._exit(code)  # a loop still in a statement must not hold the exit up: its transaction is rolled back
