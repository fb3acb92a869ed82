"""``flask calendar load``: enter the years the package knows and the table lacks."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from core.calendar import service
from core.db import unit_of_work

group = AppGroup("calendar", help="工作日历")


@group.command("load")
def load() -> None:
    """Enter every published year that is missing; provisional deadlines are computed anew."""
    with unit_of_work():
        added = service.load_announced()
    click.echo(f"已录入 {'、'.join(map(str, added))} 年。" if added else "已是最新，没有新公布的年份。")
