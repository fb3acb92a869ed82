"""Codes and labels: a million serials with their root in the log, lists, proofs, PDF; symbols beside qrcode, segno and zint.

Run: .venv/bin/python bench/run.py codes     (BENCH_UNITS=100000 for a short run; the proofs then come from ten times as many)
The process is held to one core; the database runs beside it.  Figures are medians of three rounds where a round is short;
beside each stands the processor time of this process alone, which is what an idle core would take.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from results import Result

UNITS = int(os.environ.get("BENCH_UNITS", "1000000"))
LABELS = 10_000
PROOFS = 200
ROUNDS = 3


@contextmanager
def one_core() -> Iterator[None]:
    """This process on one core, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass(frozen=True, slots=True, order=True)
class Took:
    """Seconds on the wall, and of the processor."""

    wall: float
    processor: float


def timed(work: Callable[[], object]) -> Took:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - wall, time.process_time() - processor)


def median(work: Callable[[], object]) -> Took:
    """The middle one of three rounds."""
    return sorted(timed(work) for _ in range(ROUNDS))[ROUNDS // 2]


def _lot(size: int, number: int) -> tuple[Any, Any]:
    """A sealed lot of ``size`` pieces of 10 g: its public id and who may issue."""
    from core.db import unit_of_work
    from tests.factories import trace as grow
    from trace.inspection import service as inspection
    from trace.log import writer
    from trace.lot import service as lots
    from trace.signing import identity
    from trace.signing import service as signing

    with unit_of_work():
        grown = grow.make_packed_lot(
            number=number, name=f"示例合作社{number}", harvested_g=1_060_000 + size * 11, pieces=1
        )
        item = grow.make_box(grown.actor, own_code="FJ-10G", net_content_g=10)
        lot = lots.pack(
            grown.actor,
            item_id=item.id,
            sources=[(grown.raw, size * 10 + 10)],
            pieces=size,
            packed_on=date(2026, 10, 18),
        )
        inspection.issue_certificate(grown.actor, lot=lot, bases=("control",))
        identity.create_key(grown.organisation.id, grown.actor)
        signing.seal_record(lot.id, actor=grown.actor, password_confirmed=True)
        lot_id, actor = lot.public_id, grown.actor
    writer.integrate()
    return lot_id, actor


def _issue(size: int, number: int) -> tuple[Any, Took]:
    """A series of ``size`` units and the seconds from the request to the root under a durable checkpoint."""
    from core.db import unit_of_work
    from trace.code import service
    from trace.log import writer

    lot_id, actor = _lot(size, number)
    made: list[int] = []

    def issue() -> None:
        with unit_of_work():
            made.append(service.issue_series(lot_id, size, actor).id)
        writer.integrate()

    took = timed(issue)
    return made[0], took


def run() -> list[Result]:
    """Every figure of issue 3 section 7 about codes, on a database of the bench's own."""
    from core import clock
    from tests.support import applications, databases

    with (
        tempfile.TemporaryDirectory() as folder,
        databases.clone() as url,
        one_core(),
        applications.settings_of(applications.environment(url, Path(folder))) as settings,
    ):
        app = applications.build(settings)
        with app.app_context(), clock.frozen(clock.now().replace(year=2026, month=11, day=20)):
            return _measure()


def _measure() -> list[Result]:
    from core.db import db
    from trace.code import rules
    from trace.code.models import Series

    rules.AT_ONCE = 10**9  # all in the request, to be measured; the page leaves more than 200,000 to the worker
    series_id, logged = _issue(UNITS, 7001)
    series = db.session.get_one(Series, series_id)
    results = [
        _seconds(f"{UNITS:,} serials with their series root signed and logged", logged, 5 * UNITS / 10**6),
        *_lists(series),
    ]
    db.session.rollback()
    tenfold, took = _issue(10 * UNITS, 7002)
    results.append(_seconds(f"{10 * UNITS:,} serials with their series root", took))
    results.append(_proofs(db.session.get_one(Series, tenfold)))
    return [*results, *_labels(series), *_symbols()]


def _seconds(name: str, took: Took, most: float | None = None, note: str = "") -> Result:
    return Result(name, took.wall, unit="s", most=most, note=f"processor {took.processor:.2f} s; {note}".rstrip("; "))


def _lists(series: Any) -> list[Result]:
    from trace.code import outputs

    units = outputs.source(series, series.start_unit, series.last_unit, "bench", covered=False)
    sizes: list[int] = []
    took = median(lambda: sizes.append(sum(len(part) for part in outputs.csv_lines(units))))
    return [
        _seconds(f"CSV of {series.unit_count:,}", took, 10 * series.unit_count / 10**6, f"{sizes[-1] / 1e6:.0f} MB")
    ]


def _proofs(series: Any) -> Result:
    """Each proof reads keys, tiles and the log anew, as a request does."""
    import random

    from trace.code import queries, roots

    places = random.Random(7).sample(range(1, series.unit_count + 1), PROOFS)
    serials = [queries.unit_address(series, place)[-13:] for place in places]
    each = sorted(timed(lambda serial=serial: roots.unit_proof_file(series, serial)) for serial in serials)
    middle, worst = each[PROOFS // 2], each[int(PROOFS * 0.95)]
    processor = statistics.median(one.processor for one in each) * 1000
    return Result(
        f"proof of any unit of {series.unit_count:,}, p95", worst.wall * 1000, unit="ms", most=5.0,
        note=f"median {middle.wall * 1000:.2f} ms, processor {processor:.2f} ms, over {PROOFS}",
    )  # fmt: skip


def _labels(series: Any) -> list[Result]:
    from trace.code import designs, outputs, zpl
    from trace.code.design_rules import DEFAULT
    from trace.code.layout import SIZES, Wanted
    from trace.code.raster import Raster

    count = min(LABELS, series.unit_count)
    units = outputs.source(series, series.start_unit, series.start_unit + count - 1, "bench", covered=False)
    wanted = Wanted(SIZES["50x30"], designs.SAMPLE, DEFAULT.lines, mark=True)
    found = []
    for kind in ("a4", "roll"):
        sizes: list[int] = []
        took = median(lambda kind=kind, sizes=sizes: sizes.append(sum(map(len, outputs.stream(units, wanted, kind)))))
        found.append(_seconds(f"PDF of {count:,} labels, {kind}", took, 5 * count / 10**4, f"{sizes[-1] / 1e6:.1f} MB"))
    some = outputs.source(series, series.start_unit, series.start_unit + 999, "bench", covered=False)
    raster = Raster(outputs.layout_for(some, wanted, "zpl300"))
    symbols = outputs.batch(some.prefix)

    def print_zpl() -> None:
        for _, serials, second, rows in some.rows(outputs.CHUNK):
            for _part in zpl.labels(raster, zip(symbols.matrices(rows), serials, second, strict=True)):
                pass

    found.append(_rate("ZPL labels, 300 dpi", median(print_zpl)))
    for kind in ("png", "svg"):
        took = median(lambda kind=kind: sum(map(len, outputs.stream(some, wanted, kind))))
        found.append(_rate(f"{kind.upper()} labels in a zip", took))
    return found


def _rate(name: str, took: Took) -> Result:
    """A thousand labels took so long."""
    return Result(name, 1000 / took.wall, note=f"{1000 / took.processor:,.0f}/s by processor time")


def _symbols() -> list[Result]:
    """Symbols per second for one series: ours as a batch, theirs one by one at the same version, level and mask."""
    from trace.code.qrbatch import QrBatch, library_matrix
    from trace.code.serial import SerialKey, texts

    prefix = "HTTPS://SY.EXAMPLE/01/09520123456788/10/26101802/21/"[:51]
    batch, key = QrBatch(prefix), SerialKey(bytes(range(32)), item_id=1, version=1)
    symbols = key.symbols(1, 200_000)
    some = texts(symbols[:100])
    ours = len(symbols) / median(lambda: batch.packed(symbols)).processor
    library = (
        100
        / median(lambda: [library_matrix(prefix + s, batch.version, batch.level, batch.mask) for s in some]).processor
    )
    found = [Result("QR symbols", ours, library, against="qrcode, fixed version and mask")]
    try:
        import segno
    except ImportError:
        return found
    theirs = (
        100
        / median(
            lambda: [
                segno.make(
                    prefix + s, version=batch.version, error="q", mask=batch.mask, micro=False, boost_error=False
                )
                for s in some
            ]
        ).processor
    )
    found.append(Result("QR symbols", ours, theirs, against="segno, fixed version and mask"))
    if shutil.which("zint"):
        with tempfile.TemporaryDirectory() as folder:
            lines = Path(folder) / "lines.txt"
            lines.write_text("".join(f"{prefix}{s}\n" for s in some))
            command = ["zint", "-b", "58", "--secure=3", "--batch", "-i", str(lines), "-o", f"{folder}/~~~~~.gif"]
            theirs = 100 / median(lambda: subprocess.run(command, check=True, capture_output=True)).wall
        found.append(Result("QR symbols", ours, theirs, against="zint, written as GIF files"))
    return found


if __name__ == "__main__":
    for result in run():
        print(result.line())
