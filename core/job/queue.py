"""The queue as procrastinate sees it: our registered tasks, and the reaper that requeues jobs of killed workers."""

from __future__ import annotations

import logging
from typing import Any

import procrastinate
from flask import Flask
from procrastinate.retry import RetryStrategy

from core.db import unit_of_work
from core.job.service import PERIODIC, TASKS

log = logging.getLogger("yidun.worker")

STALLED_AFTER = 20.0
RETRY = RetryStrategy(max_attempts=6, wait=1, exponential_wait=3)


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
