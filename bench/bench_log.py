"""The log: entries integrated per second with durable checkpoints, and the proof of any entry.

Run: .venv/bin/python bench/run.py log            (20,000 entries)
     BENCH_FULL=1 .venv/bin/python bench/run.py log   (1,000,000 entries)
The database runs with fsync on and the high-water file is fsynced at each checkpoint, as in production.  Two figures for
writing: one writer catching up on a full queue, and the beat of production (a checkpoint four times a second over 250
entries each = 1,000 entries per second), of which the 95th percentile must stay below its 250 ms.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from results import Result
from sqlalchemy import insert, select, text

SIZE = 1_000_000 if os.environ.get("BENCH_FULL") == "1" else 20_000
BEATS, PER_BEAT, BEAT = 40, 250, 0.25
ASKED = 500


def _queue(first: int, count: int) -> None:
    """``count`` entries of the usual length wait, committed."""
    from core import clock
    from core.db import db, unit_of_work
    from trace.log import service
    from trace.log.models import LogEntry
    from trace.verify.entry import entry_bytes
    from trace.verify.merkle import leaf_hash

    did, now = "did:web:demo.yidun.example:org:93140821MA0EXAMPL1", clock.now()
    with unit_of_work():
        service.ensure_key(db.session)
        for start in range(first, first + count, 10_000):
            rows = []
            for number in range(start, min(start + 10_000, first + count)):
                subject = f"https://id.gs1.org/01/09521234000010/10/{number}"
                entry = entry_bytes("vc", number.to_bytes(32, "big"), did, subject)
                rows.append({"kind": "vc", "entry": entry, "leaf_hash": leaf_hash(entry), "queued_at": now})
            db.session.execute(insert(LogEntry), rows)


def _catch_up() -> float:
    """Entries per second while the writer empties the queue in its own batches."""
    from trace.log import writer

    start, done = time.perf_counter(), 0
    while count := writer.integrate():
        done += count
    return done / (time.perf_counter() - start)


def _beats(first: int) -> list[float]:
    """Seconds of one integration of ``PER_BEAT`` entries each, on top of the full log."""
    from trace.log import writer

    spent = []
    for number in range(BEATS):
        _queue(first + number * PER_BEAT, PER_BEAT)
        start = time.perf_counter()
        assert writer.integrate() == PER_BEAT
        spent.append(time.perf_counter() - start)
    return spent


def _proofs() -> tuple[list[float], float]:
    """Seconds for the proof file of a random entry, read from the tables each time; and mean seconds of our own CPU."""
    from core.db import db
    from trace.log import queries
    from trace.log.models import LogEntry

    draw, spent, busy = random.Random(SIZE), [], 0.0
    places = [draw.randrange(SIZE) for _ in range(ASKED)]
    ids = db.session.scalars(select(LogEntry.id).where(LogEntry.sequence.in_(places))).all()
    for entry in ids:
        db.session.rollback()
        db.session.expunge_all()
        start, own = time.perf_counter(), time.process_time()
        str(queries.proof_of(entry))
        spent.append(time.perf_counter() - start)
        busy += time.process_time() - own
    return spent, busy / len(spent)


def run() -> list[Result]:
    """Fill, keep the beat, ask for proofs; every proof is verified once at the end."""
    from core.db import db
    from core.embedded import cluster, migrate
    from tests.support import applications

    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yidun-bench-")))
        server = cluster.for_process("dev", var)
        migrate.upgrade(server.url)
        settings = stack.enter_context(applications.settings_of(applications.environment(server.url, var)))
        app = applications.build(settings)
        with app.app_context():
            assert db.session.scalar(text("show fsync")) == "on"
            db.session.rollback()
            _queue(0, SIZE)
            rate = _catch_up()
            beats = sorted(_beats(SIZE))
            asked, own = _proofs()
            proofs = sorted(asked)
            _verify()
            db.session.remove() if hasattr(db.session, "remove") else db.session.close()
            db.engine.dispose()
    late = beats[int(len(beats) * 0.95) - 1]
    slow = proofs[int(len(proofs) * 0.95) - 1]
    size = f"{SIZE:,} entries"
    return [
        Result("integrated, queue full", rate, 1000, "entries/s", "asked 1,000/s", 1.0, f"to {size}, durable"),
        Result("one beat of 250 entries, p95", 1 / late, 1 / BEAT, "beats/s", "asked 4/s = 1,000 entries/s", 1.0,
               f"{late * 1e3:.0f} ms, median {statistics.median(beats) * 1e3:.0f} ms, on top of {size}"),
        Result("proof of any entry, p95", 1 / slow, 200, "proofs/s", "asked 5 ms each", 1.0,
               f"{slow * 1e3:.2f} ms, median {statistics.median(proofs) * 1e3:.2f} ms, own CPU {own * 1e3:.2f} ms, in {size}; load {os.getloadavg()[0]:.1f}"),
    ]  # fmt: skip


def _verify() -> None:
    """What was built is right: proofs of some entries lead to the signed root."""
    from core.db import db
    from trace.log import queries
    from trace.log.models import LogEntry
    from trace.verify.note import VerifierKey
    from trace.verify.verifier import locate

    key = VerifierKey.parse(queries.vkey() or "")
    for row in db.session.scalars(select(LogEntry).where(LogEntry.sequence.in_([0, 1, SIZE // 2, SIZE - 1]))):
        assert locate(row.entry, queries.proof_of(row.id), key).index == row.sequence
