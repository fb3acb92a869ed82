"""``flask events``: what the operator runs once after the events room came to a house with lots."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from core.db import unit_of_work
from trace.event.steps import STEPS
from trace.lot import backfill

events_cli = AppGroup("events", help="EPCIS 事件：给早先的批次补写。")


@events_cli.command("backfill")
def backfill_events() -> None:
    """Write the events of lots that have none yet; safe to run again, what is told stays as it is."""
    written: dict[str, int] = {}
    last, known = 0, 0
    while True:
        with unit_of_work():
            ids = backfill.lot_ids(last)
            done = backfill.tell(ids)
        if not ids:
            break
        last, known = ids[-1], known + done.known
        for step, count in done.written.items():
            written[step] = written.get(step, 0) + count
    for step, count in sorted(written.items()):
        click.echo(f"{STEPS[step].label}：{count} 条")
    click.echo(f"补写 {sum(written.values())} 条；{known} 步早已有事件，没有重复写。")
