"""What the worker does for this room: roots of very large series, big prints part by part."""

from __future__ import annotations

from core.account.actor import SYSTEM
from core.job.service import task
from trace.code import bigprint, queries, roots


@task("code.commit_root")
def commit_root(series_id: int) -> None:
    """Afterwards the root of a large series is stored and signed; a second run finds it done."""
    series = queries.series_by_id(series_id)
    roots.establish(series)
    roots.sign(series, SYSTEM)


@task("code.print_part")
def print_part(print_id: int, number: int) -> None:
    """Afterwards one more part of a big print can be downloaded."""
    bigprint.make_part(print_id, number)
