"""The loops of the log: the writer, the witnesses; and a daily look whether the witnesses have fallen silent."""

from __future__ import annotations

import time

from core.db import db
from core.job.service import loop, task
from core.notice.service import send_to_desk
from trace.log import witnessing, writer

LOOK_EVERY = 5.0  # seconds between looks at what has been published while nothing waits
_looked_at = 0.0


@loop("trace.log", 0.25, own_unit=True)
def integrate() -> int:
    """Integrate what waits; while nothing does, compare the database with the published log every ``LOOK_EVERY`` only."""
    global _looked_at
    if not writer.is_waiting() and time.monotonic() < _looked_at + LOOK_EVERY:
        return 0
    done = writer.integrate()
    _looked_at = time.monotonic()
    return done


@loop("trace.log.witness", 5, own_unit=True)
def ask_witnesses() -> int:
    """Ask those that are due; the loop sleeps in between, whatever they answer."""
    witnessing.collect()
    return 0


@task("log.witness_silence", cron="20 1 * * *")
def tell_silence() -> None:
    """The platform's inbox has a message for each day on which no witness has cosigned for 24 hours."""
    text = witnessing.silence(db.session)
    if text:
        send_to_desk("platform", title="存证日志没有外部见证签名", body=text, link="/log/")
