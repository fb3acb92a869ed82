"""What the worker's rounds cost while nothing waits: a look at the log before its tree is built; the audit trail above its floor.

Runs on a database of its own in the test cluster; ``BENCH_FULL=1`` chains 300,000 audit rows, without it 30,000.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from results import Result
from sqlalchemy import text

from core.account.actor import SYSTEM
from core.db import db, unit_of_work
from core.job.service import LOOPS
from core.record import service
from core.record.jobs import Chainer
from tests.support import applications, databases
from trace.log import service as log
from trace.log import writer

ROWS = 300_000 if os.environ.get("BENCH_FULL") == "1" else 30_000
ROUNDS = 40
# Rows and links as the chainer leaves them; the hashes do not matter to a round that finds nothing.
_ROWS = text(
    "insert into core_record_entry (at, verb, subject_table, subject_key, role, details, request_id)"
    " select now(), 'bench', 'bench', n::text, '', '{}', '' from generate_series(1, :rows) n"
)
_LINKS = text(
    "insert into core_record_link (entry_id, hash, chained_at) select id, ''::bytea, now() from core_record_entry"
)


def _median(deed: Callable[[], object]) -> float:
    """Milliseconds for one round, the database's share with it; the median."""
    took = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        deed()
        took.append(time.perf_counter() - begun)
    return sorted(took)[ROUNDS // 2] * 1000


def _whole() -> None:
    with unit_of_work():
        service.chain()


def _measure() -> list[Result]:
    with unit_of_work():
        log.ensure_key(db.session)
        for number in range(300):
            log.append_audit_head(number, number.to_bytes(32, "big"), "did:web:bench.example")
    while writer.integrate():
        pass
    with unit_of_work():
        db.session.execute(_ROWS, {"rows": ROWS})
        db.session.execute(_LINKS)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze core_record_entry, core_record_link"))
    chainer, until = Chainer(), time.monotonic() + 30
    while chainer.floor < ROWS and time.monotonic() < until:
        chainer.round()
        with unit_of_work():
            service.record("bench.more", ("bench", "0"), SYSTEM)
    look = LOOPS["trace.log"].tick
    return [
        Result(
            "a round of the log, nothing waiting",
            _median(look),
            _median(writer.integrate),
            "ms",
            against="building the tree",
        ),
        Result(
            f"a round over {ROWS:,} audit rows",
            _median(chainer.round),
            _median(_whole),
            "ms",
            against="the whole trail",
        ),
    ]


def run() -> list[Result]:
    """Fill, and compare."""
    with ExitStack() as stack:
        url = stack.enter_context(databases.clone())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = stack.enter_context(applications.settings_of(applications.environment(url, folder)))
        app = applications.build(settings)
        with app.app_context():
            made = _measure()
            db.engine.dispose()
    return made
