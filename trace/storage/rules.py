"""Readings, gaps and excursions (pure): temperatures in °C, humidity in % relative, times aware.

A missing reading is a gap, never a value; a limit is data of the store, no figure stands here except what no instrument
of this kind can report.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
MAX_ROWS = 1000
SKEW = timedelta(minutes=5)
OLDEST = timedelta(days=400)
POSSIBLE = {"temperature": (Decimal(-60), Decimal(80)), "humidity": (Decimal(0), Decimal(100))}
# Beyond these a reading is kept and marked: no cold store for fruit is so, a logger in the sun or a broken one is.
PLAUSIBLE = {"temperature": (Decimal(-35), Decimal(50)), "humidity": (Decimal(5), Decimal(100))}
MEASURES = {"temperature": ("温度", "℃"), "humidity": ("湿度", "%")}
_PLACES = {"temperature": 2, "humidity": 1}
_HEADS = {"time": "at", "at": "at", "时间": "at", "temperature": "temperature", "温度": "temperature", "humidity": "humidity", "湿度": "humidity"}  # fmt: skip
_LOCAL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T](\d{1,2}):(\d{2})(?::(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Measured:
    """One reading as told; ``row`` is its number in what was sent, from 1."""

    row: int
    at: datetime
    temperature: Decimal | None
    humidity: Decimal | None
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that was not taken, and why."""

    row: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What could be read, and every row that could not."""

    readings: tuple[Measured, ...]
    errors: tuple[RowError, ...]


class Unreadable(ValueError):
    """The whole of what was sent cannot be read; the sentence says why."""


def read_csv(text: str, *, now: datetime) -> Batch:
    """Rows of a CSV with a head 时间,温度,湿度 (or time,temperature,humidity); times without zone are Shanghai time."""
    try:
        lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    except csv.Error:
        raise Unreadable("这不是 CSV 表格，请用逗号分列另存。") from None
    head = [_HEADS.get(_head(cell)) for cell in lines[0]] if lines else []
    if "at" not in head or not {"temperature", "humidity"} & set(head):
        raise Unreadable("第一行要写列名：时间，以及温度或湿度。")
    rows = []
    for n, line in enumerate(lines[1:], 2):
        if any(cell.strip() for cell in line):
            rows.append((n, {name: line[i].strip() for i, name in enumerate(head) if name and i < len(line)}))
    return read_rows(rows, now=now)


def _head(cell: str) -> str:
    return re.split(r"[（(]", cell.strip().lower())[0].strip()


def read_json(body: Any, *, now: datetime) -> Batch:
    """``{"readings": [{"at": …, "temperature": …, "humidity": …}]}``; times need a zone."""
    given = body.get("readings") if isinstance(body, dict) else None
    if not isinstance(given, list):
        raise Unreadable('要送 {"readings": [{"at": "2026-11-02T08:00:00+08:00", "temperature": "1.5"}]}。')
    rows = [(n, row if isinstance(row, dict) else {}) for n, row in enumerate(given, 1)]
    return read_rows(rows, now=now, zone_needed=True)


def read_rows(rows: Sequence[tuple[int, Mapping[str, Any]]], *, now: datetime, zone_needed: bool = False) -> Batch:
    """Every row read on its own: one that cannot be is named and the others stand."""
    if len(rows) > MAX_ROWS:
        raise Unreadable(f"一次最多 {MAX_ROWS} 条，这里有 {len(rows)} 条，请分几次送。")
    good: list[Measured] = []
    bad: list[RowError] = []
    seen: set[datetime] = set()
    for n, row in rows:
        found = _row(n, row, now, zone_needed)
        if isinstance(found, Measured) and found.at in seen:
            found = RowError(n, "twice", "同一时刻在这一批里写了两次。")
        if isinstance(found, Measured):
            seen.add(found.at)
            good.append(found)
        else:
            bad.append(found)
    return Batch(tuple(good), tuple(bad))


def _row(n: int, row: Mapping[str, Any], now: datetime, zone_needed: bool) -> Measured | RowError:
    at = moment(row.get("at"), zone_needed=zone_needed)
    if at is None:
        return RowError(n, "time", "时间读不出来，例如 2026-11-02 08:00，接口里要带时区。")
    if at > now + SKEW:
        return RowError(n, "future", "时间比现在晚 5 分钟以上，请校准记录仪的时钟。")
    if at < now - OLDEST:
        return RowError(n, "too_old", "时间早于 400 天前，请核对年份。")
    values: dict[str, Decimal | None] = {}
    for name in ("temperature", "humidity"):
        value = _number(row.get(name))
        if value is False:
            return RowError(n, f"{name}_number", f"{MEASURES[name][0]}要写成数字。")
        if isinstance(value, Decimal):
            low, high = POSSIBLE[name]
            if not low <= value <= high:
                return RowError(
                    n, f"{name}_impossible", f"{MEASURES[name][0]} {value} {MEASURES[name][1]} 不可能，没有收下。"
                )
            value = round(value, _PLACES[name])
        values[name] = value if isinstance(value, Decimal) else None
    if values["temperature"] is None and values["humidity"] is None:
        return RowError(n, "empty", "温度和湿度都没有写。")
    doubtful = any(v is not None and not PLAUSIBLE[k][0] <= v <= PLAUSIBLE[k][1] for k, v in values.items())
    return Measured(n, at, values["temperature"], values["humidity"], doubtful)


def _number(value: Any) -> Decimal | bool | None:
    """The figure, None where nothing is given, False where it is no figure."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return False
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return False
    return found if found.is_finite() else False


def moment(value: Any, *, zone_needed: bool = False) -> datetime | None:
    """An aware time from ISO text, or (unless a zone is needed) from local text; None where it cannot be read."""
    text = str(value).strip() if isinstance(value, str) else ""
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(SHANGHAI).replace(microsecond=0)
    except (ValueError, OverflowError):
        pass
    parts = None if zone_needed else _LOCAL.fullmatch(text)
    if parts is None:
        return None
    try:
        return datetime(*(int(p or 0) for p in parts.groups()), tzinfo=SHANGHAI)  # type: ignore[arg-type, misc]
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Limit:
    """What a store keeps to from a moment on; outside for longer than ``tolerated`` is an excursion."""

    measure: str
    low: Decimal | None
    high: Decimal | None
    tolerated: timedelta
    valid_from: datetime

    def outside(self, value: Decimal) -> bool:
        return (self.low is not None and value < self.low) or (self.high is not None and value > self.high)

    def text(self) -> str:
        """The limit in words."""
        word, unit = MEASURES[self.measure]
        minutes = int(self.tolerated.total_seconds() // 60)
        if self.low is not None and self.high is not None:
            range_ = f"{plain(self.low)}–{plain(self.high)} {unit}"
        elif self.high is not None:
            range_ = f"不高于 {plain(self.high)} {unit}"
        else:
            range_ = f"不低于 {plain(self.low or Decimal(0))} {unit}"
        return f"{word} {range_}，容许超出 {minutes} 分钟"


@dataclass(frozen=True, slots=True)
class Point:
    """One value of one measure at one moment."""

    at: datetime
    value: Decimal


@dataclass(frozen=True, slots=True)
class Excursion:
    """A stretch outside the limit: from its first to its last reading outside, the worst value, whether it has ended."""

    measure: str
    since: datetime
    until: datetime
    worst: Decimal
    readings: int
    limit: Limit
    ended: bool

    @property
    def lasted(self) -> timedelta:
        return self.until - self.since


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without readings that is longer than two intervals."""

    since: datetime
    until: datetime


def limit_at(limits: Sequence[Limit], at: datetime) -> Limit | None:
    """The newest limit that holds at ``at``, None before the first."""
    known = [limit for limit in limits if limit.valid_from <= at]
    return max(known, key=lambda limit: limit.valid_from) if known else None


def excursions(points: Sequence[Point], limits: Sequence[Limit], *, interval: timedelta) -> list[Excursion]:
    """Every stretch of one measure outside its limit for longer than tolerated, oldest first.

    A stretch ends with the first reading inside, or at a gap of more than two intervals: nobody knows what was between.
    A stretch is as long as its readings prove; one whose reading comes once lasts nothing and is told only where the
    limit tolerates nothing.
    """
    found: list[Excursion] = []
    run: list[Point] = []
    held: Limit | None = None
    for point in sorted(points, key=lambda p: p.at):
        limit = limit_at(limits, point.at)
        broken = bool(run) and (point.at - run[-1].at > 2 * interval or limit != held)
        if broken:
            _close(found, run, held, ended=True)
            run = []
        if limit is not None and limit.outside(point.value):
            run.append(point)
        elif run:
            _close(found, run, held, ended=True)
            run = []
        held = limit
    _close(found, run, held, ended=False)
    return found


def _close(found: list[Excursion], run: Sequence[Point], limit: Limit | None, *, ended: bool) -> None:
    if not run or limit is None:
        return
    lasted = run[-1].at - run[0].at
    if lasted < limit.tolerated or (lasted == timedelta(0) and limit.tolerated > timedelta(0)):
        return
    worst = max(run, key=lambda p: _beyond(limit, p.value)).value
    found.append(Excursion(limit.measure, run[0].at, run[-1].at, worst, len(run), limit, ended))


def _beyond(limit: Limit, value: Decimal) -> Decimal:
    if limit.high is not None and value > limit.high:
        return value - limit.high
    return (limit.low - value) if limit.low is not None else Decimal(0)


def gaps(times: Iterable[datetime], *, interval: timedelta, since: datetime, until: datetime) -> list[Gap]:
    """Every stretch between ``since`` and ``until`` without a reading for longer than two intervals."""
    found, last = [], since
    for at in [*sorted(t for t in times if since <= t <= until), until]:
        if at - last > 2 * interval:
            found.append(Gap(last, at))
        last = max(last, at)
    return found


def plain(value: Decimal) -> str:
    """A decimal without needless zeros."""
    return f"{value.normalize():f}"


def summary(
    name: str,
    since: datetime,
    until: datetime,
    days: Sequence[tuple[Decimal | None, Decimal | None, int]],
    broken: int,
    holes: int,
) -> str:
    """The sentence of a stay for an addendum: store, days, lowest and highest temperature, readings, excursions, gaps."""
    lows = [low for low, _, _ in days if low is not None]
    highs = [high for _, high, _ in days if high is not None]
    count = sum(n for _, _, n in days)
    first, last = since.astimezone(SHANGHAI), until.astimezone(SHANGHAI)
    period = f"{first:%Y}年{first.month}月{first.day}日至{last:%Y}年{last.month}月{last.day}日在{name}存放"
    if not lows:
        return f"{period}，期间没有温度记录。"
    told = f"{period}，记录仪读数 {count} 次，温度最低 {plain(min(lows))} ℃、最高 {plain(max(highs))} ℃"
    told += f"，超出库温要求 {broken} 次" if broken else "，没有超出库温要求"
    return told + (f"，有 {holes} 段没有读数。" if holes else "，读数没有中断。")


def stay_fact(
    place: Mapping[str, str],
    since: datetime,
    until: datetime | None,
    days: Sequence[tuple[Decimal | None, Decimal | None, int]],
    broken: int,
    holes: int,
) -> dict[str, Any]:
    """The same stay as data (``ColdStay``): ``to`` is missing while the goods lie there, ``temperature`` without readings."""
    lows = [low for low, _, _ in days if low is not None]
    highs = [high for _, high, _ in days if high is not None]
    fact: dict[str, Any] = {"type": "ColdStay", "from": f"{since.astimezone(SHANGHAI):%Y-%m-%d}", "place": dict(place)}
    if until is not None:
        fact["to"] = f"{until.astimezone(SHANGHAI):%Y-%m-%d}"
    fact["readings"] = sum(n for _, _, n in days)
    if lows:
        fact["temperature"] = {"unit": "CEL", "lowest": plain(min(lows)), "highest": plain(max(highs))}
        fact |= {"excursions": broken, "gaps": holes}
    return fact
