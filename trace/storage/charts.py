"""Charts of a store: single readings for a few days, the roll-up of days for longer; what is missing is a gap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from core import clock
from core.ui.charts import Chart, Series
from trace.storage import queries
from trace.storage.models import Logger
from trace.storage.queries import RAW_DAYS

PERIODS = {"1": 1, "3": 3, "7": 7, "30": 30, "90": 90}


def charts(loggers: Sequence[Logger], days: int) -> list[Chart]:
    """Temperature and humidity of each logger over the last ``days``; none where a measure was never read."""
    end = clock.now()
    since = end - timedelta(days=days)
    found = []
    for logger in loggers:
        title = f"{logger.name or logger.code}"
        for measure, word, unit in (("temperature", "温度", "℃"), ("humidity", "湿度", "%")):
            chart = _raw(logger, measure, since, end) if days <= RAW_DAYS else _by_day(logger, measure, since, end)
            if chart is not None:
                labels, series, note = chart
                found.append(Chart(f"{title}，{word}", unit, labels, series, note=note))
    return found


def _raw(logger: Logger, measure: str, since: datetime, end: datetime) -> tuple[list[str], list[Series], str] | None:
    """At most 48 steps; a step's value is the mean of its readings, None where there was none."""
    points = queries.points(logger.id, measure, since, end)
    if not points:
        return None
    step = max(timedelta(minutes=logger.interval_minutes), (end - since) / 24)
    count = max(1, int((end - since) / step))
    sums: list[list[Decimal]] = [[] for _ in range(count)]
    for p in points:
        at = min(count - 1, int((p.at - since) / step))
        sums[at].append(p.value)
    labels = [f"{clock.local(since + step * n):%m-%d %H:%M}" for n in range(count)]
    values = [round(sum(v, Decimal(0)) / len(v), 2) if v else None for v in sums]
    hours = step.total_seconds() / 3600
    return labels, [Series("平均", values, kind="line")], f"每 {hours:g} 小时的平均值，没有读数的时段断开"


def _by_day(logger: Logger, measure: str, since: datetime, end: datetime) -> tuple[list[str], list[Series], str] | None:
    first, last = clock.local(since).date(), clock.local(end).date()
    rows = {d.day: d for d in queries.days_of([logger.id], first, last)}
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    low = [getattr(rows[d], f"{measure}_low") if d in rows else None for d in days]
    high = [getattr(rows[d], f"{measure}_high") if d in rows else None for d in days]
    if all(v is None for v in high):
        return None
    labels = [f"{d:%m-%d}" for d in days]
    return (
        labels,
        [Series("最低", low, kind="line"), Series("最高", high, kind="line")],
        "每天的最低和最高，没有读数的日子断开",
    )
