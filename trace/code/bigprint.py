"""One output from its entry in the register: streamed at once, or in parts by the worker where it is big.

A file with covered codes is never kept on the server, so it is always streamed.
"""

from __future__ import annotations

from collections.abc import Iterator

from core import clock
from core.account.actor import Actor
from core.db import db
from core.file.service import storage
from core.job.service import defer
from core.notice.service import send
from trace.code import design_rules, designs, outputs, queries, rules
from trace.code.models import PrintPart, PrintRun, Series


def is_big(run: PrintRun) -> bool:
    """Whether the run is made in parts by the worker."""
    return not run.covered and run.last_unit - run.first_unit + 1 > rules.MAX_PRINT.get(run.format, 1 << 62)


def part_count(run: PrintRun) -> int:
    """How many files a big run comes in."""
    return -(-(run.last_unit - run.first_unit + 1) // rules.MAX_PRINT[run.format])


def start(run: PrintRun) -> None:
    """Queue the first part; each part queues the next, so that a killed worker loses one part at most."""
    defer("code.print_part", print_id=run.id, number=1)


def output(series: Series, run: PrintRun, actor: Actor | None, first: int = 0, last: int = 0) -> Iterator[bytes]:
    """The bytes of the run (or of its units ``first`` to ``last``), as they are made; the database is read before."""
    lot, _item = queries.lot_of(series)
    title = f"批次 {lot.lot_no}，赋码批 {series.series_no}"
    units = outputs.source(series, first or run.first_unit, last or run.last_unit, title, covered=run.covered)
    design = queries.design_by_id(run.design_id)
    spec = designs.spec_of(design)
    # A series with covered codes keeps the scratch field free even where the codes themselves are left out.
    wanted = designs.wanted_for(series, spec, actor, mark=run.marked, covered=series.covered_version is not None)
    return outputs.stream(units, wanted, run.format, design_rules.PAPERS[spec.paper][1])


def filename(series: Series, run: PrintRun, part: PrintPart | None = None) -> str:
    """A name that says lot, series, range and format."""
    lot, _item = queries.lot_of(series)
    begin, end = (part.first_unit, part.last_unit) if part else (run.first_unit, run.last_unit)
    first, last = begin - series.start_unit + 1, end - series.start_unit + 1
    ending = outputs.MEDIA[run.format][0]
    return f"labels-{lot.lot_no}-{series.series_no}-{first}-{last}-{run.format}.{ending}"


def make_part(print_id: int, number: int) -> None:
    """Afterwards part ``number`` is stored and the next one queued; done twice it does nothing."""
    run = db.session.get_one(PrintRun, print_id)
    series = queries.series_by_id(run.series_id)
    if number not in {one.number for one in queries.parts_of(run.id)}:
        size = rules.MAX_PRINT[run.format]
        first = run.first_unit + (number - 1) * size
        last = min(first + size - 1, run.last_unit)
        data = b"".join(output(series, run, None, first, last))
        db.session.add(
            PrintPart(
                print_id=run.id, number=number, first_unit=first, last_unit=last, sha256=storage().put(data),
                size=len(data), made_at=clock.now(),
            )
        )  # fmt: skip
    if number < part_count(run):
        defer("code.print_part", print_id=run.id, number=number + 1)
    elif run.printed_by_id is not None:
        send(
            to_user_id=run.printed_by_id, title="标签文件做好了",
            body=f"赋码批 {series.series_no} 的 {part_count(run)} 份文件可以下载。",
            link=f"/codes/{series.public_id}/prints/{run.public_id}",
        )  # fmt: skip


def read_part(part: PrintPart) -> bytes:
    """The bytes of a finished part."""
    return storage().get(part.sha256)
