"""What looks wrong in checks and visits, read set by set: for the office's page and for rooms that raise alarms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, DateTime, Select, Text, bindparam, column, select, text
from sqlalchemy.sql.selectable import Subquery

from core import clock
from core.db import db
from trace.code import keys
from trace.code.models import Series
from trace.scan.cities import province_of

KINDS = {
    "devices": "多部设备查同一编号",
    "checks": "反复查同一编号",
    "jump": "短时间两地查验",
    "outside_area": "销售范围之外查验",
    "before_shipping": "出厂登记之前查验",
    "dead": "停用、作废或销毁的编号被查",
    "guesses": "连续猜防伪码",
    "unknown": "成批打开没有发出过的编号",
}
WINDOW = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From how many on the office wants to see it."""

    devices: int = 4
    checks: int = 11
    guesses: int = 5
    unknown: int = 5


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One finding: what kind, about which unit or address, how often, by how many devices, where and when."""

    kind: str
    subject: str
    item_id: int | None
    lot_id: int | None
    unit: int | None
    times: int
    devices: int
    cities: str
    first_at: datetime
    last_at: datetime


_SQL = """
with by_code as (
  select c.item_id, c.lot_id, c.unit, count(*) as times, count(distinct c.device) as devices,
    coalesce(string_agg(distinct nullif(c.city, ''), '、'), '') as cities, min(c.checked_at) as first_at, max(c.checked_at) as last_at,
    bool_or('jump' = any(c.reasons)) as jump, bool_or('outside_area' = any(c.reasons)) as outside_area,
    bool_or(c.state = 'not_shipped') as before_shipping, bool_or(c.state in ('blocked', 'voided', 'destroyed')) as dead
  from trace_scan_check c where c.checked_at >= :since and c.checked_at < :until group by 1, 2, 3
), named as (
  select b.*, i.name || '，批次 ' || coalesce(l.lot_no, '') as subject from by_code b
  join trace_item_item i on i.id = b.item_id left join trace_lot_lot l on l.id = b.lot_id
)
select k.kind, n.subject, n.item_id, n.lot_id, n.unit, n.times, n.devices, n.cities, n.first_at, n.last_at
from named n cross join lateral (values
  ('devices', n.devices >= :devices), ('checks', n.times >= :checks), ('jump', n.jump), ('outside_area', n.outside_area),
  ('before_shipping', n.before_shipping), ('dead', n.dead)) as k(kind, holds)
where k.holds
union all
select 'guesses', '网络地址代号 ' || left(encode(t.address, 'hex'), 8), null, null, null, count(*), count(distinct t.device),
  coalesce(string_agg(distinct nullif(t.city, ''), '、'), ''), min(t.tried_at), max(t.tried_at)
from trace_scan_try t where t.tried_at >= :since and t.tried_at < :until and t.outcome <> 'hit'
group by t.address having count(*) >= :guesses
union all
select 'unknown', v.place, null, null, null, count(*), count(distinct v.device), '', min(v.visited_at), max(v.visited_at)
from (
  select regexp_replace(v.asked, '/(21|ser|SER)/[^/]*$', '') as place, v.device, v.visited_at
  from trace_scan_visit v where v.visited_at >= :since and v.visited_at < :until and v.status = 404 and v.item_id is null
) v group by v.place, date_trunc('hour', v.visited_at) having count(*) >= :unknown
"""


def _table(since: datetime, until: datetime, limits: Thresholds) -> Subquery:
    given = {
        "since": since, "until": until, "devices": limits.devices, "checks": limits.checks, "guesses": limits.guesses,
        "unknown": limits.unknown,
    }  # fmt: skip
    return (
        text(_SQL)
        .bindparams(*(bindparam(name, value) for name, value in given.items()))
        .columns(
            column("kind", Text), column("subject", Text), column("item_id", BigInteger), column("lot_id", BigInteger),
            column("unit", BigInteger), column("times", BigInteger), column("devices", BigInteger), column("cities", Text),
            column("first_at", DateTime(timezone=True)), column("last_at", DateTime(timezone=True)),
        )
        .subquery("anomaly")
    )  # fmt: skip


def anomaly_table(since: datetime, until: datetime, limits: Thresholds = Thresholds()) -> tuple[Select[Any], Subquery]:
    """The findings of a time as a select, with the table its columns belong to (for filters and sorting)."""
    found = _table(since, until, limits)
    return select(*found.c), found


def anomalies(since: datetime, until: datetime, limits: Thresholds = Thresholds()) -> list[Anomaly]:
    """The findings of a time, latest first, for rooms that raise alarms."""
    query, found = anomaly_table(since, until, limits)
    return [Anomaly(*row) for row in db.session.execute(query.order_by(found.c.last_at.desc(), found.c.kind))]


def day_start(day: date) -> datetime:
    """Midnight of a day in Shanghai."""
    return datetime.combine(day, time(), tzinfo=clock.SHANGHAI)


@dataclass(frozen=True, slots=True)
class DayCount:
    """Counted checks of a day, and how many of them were told as an alarm."""

    day: date
    checks: int
    alarms: int


_DAYS = text("""
select d::date as day, count(c.id) as checks,
  count(c.id) filter (where c.state in ('destroyed', 'blocked', 'voided', 'not_shipped', 'suspicious')) as alarms
from generate_series(cast(:first as date), cast(:last as date), interval '1 day') d
left join trace_scan_check c on c.checked_at >= d::timestamp at time zone 'Asia/Shanghai'
  and c.checked_at < (d + interval '1 day')::timestamp at time zone 'Asia/Shanghai'
group by 1 order by 1
""")
_PLACES = text("""
select city, count(*) as times from trace_scan_check
where city <> '' and checked_at >= :since and checked_at < :until
  and state in ('destroyed', 'blocked', 'voided', 'not_shipped', 'suspicious')
group by 1 order by 2 desc, 1 limit 10
""")


def by_day(first: date, last: date) -> list[DayCount]:
    """Checks and alarms of every day from ``first`` to ``last``, in Shanghai."""
    return [DayCount(*row) for row in db.session.execute(_DAYS, {"first": first, "last": last})]


def by_place(since: datetime, until: datetime) -> list[tuple[str, int]]:
    """The ten cities with most alarms, as people named them."""
    rows = db.session.execute(_PLACES, {"since": since, "until": until})
    return [(f"{row.city}（{province_of(row.city)}）", int(row.times)) for row in rows]


def serials(units: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The printed serial of each (item, unit)."""
    out = {}
    for item_id, unit in units:
        series = db.session.scalar(
            select(Series)
            .where(Series.item_id == item_id, Series.start_unit <= unit)
            .order_by(Series.start_unit.desc())
            .limit(1)
        )
        if series is not None and unit <= series.last_unit:
            out[item_id, unit] = keys.version(item_id, "serial", series.key_version).serial(unit)
    return out
