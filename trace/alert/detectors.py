"""Detectors: each looks at what is recorded and returns hits; set-based, reads only, no memory of its own.

``Look`` says when it is, how far the rule looks, and since when things may have changed (None: look at everything).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text

from brand.licence import queries as licences
from core import clock
from core.db import db
from core.organisation import queries as organisations
from trace.alert.rules import Hit
from trace.inspection.models import Report, Result
from trace.log import queries as log
from trace.lot.facts import sealing_unmet
from trace.lot.models import Lot
from trace.lot.rules import kg
from trace.recall.models import Recall, RecallLot
from trace.season import queries as seasons
from trace.season import rules as season_rules
from trace.season.models import Entry, Season

MOST = 2_000
UNSEALED = 300
SEASON_DAYS = 400


@dataclass(frozen=True, slots=True)
class Look:
    """One sweep of one rule."""

    now: datetime
    today: date
    days: int
    since: datetime | None = None


Detector = Callable[[Look], Iterable[Hit]]
DETECTORS: dict[str, Detector] = {}


def add(rule: str) -> Callable[[Detector], Detector]:
    """Register the detector of a rule; a later room may add its own."""

    def keep(detector: Detector) -> Detector:
        DETECTORS[rule] = detector
        return detector

    return keep


@add("residue_over")
def residue_over(look: Look) -> Iterable[Hit]:
    """Results over the limit, or banned substances found, of lots that still count: a closed recall dealt with its lots."""
    recalled = (
        select(RecallLot.id)
        .join(Recall, Recall.id == RecallLot.recall_id)
        .where(RecallLot.lot_id == Report.lot_id, Recall.state == "closed")
        .exists()
    )
    query = (
        select(Report, Lot.lot_no, Lot.public_id, Result.substance, Result.value, Result.unit, Result.limit_value, Result.judgement)
        .join(Result, Result.report_id == Report.id)
        .join(Lot, Lot.id == Report.lot_id)
        .where(Result.judgement.in_(("over", "banned_detected")), Lot.state != "cancelled", ~recalled)
        .order_by(Report.id, Result.position)
    )  # fmt: skip
    if look.since is not None:
        query = query.where(Report.recorded_at >= look.since)
    found: dict[int, tuple[Report, str, UUID, list[str]]] = {}
    for report, lot_no, public_id, substance, value, unit, limit, judgement in db.session.execute(query.limit(MOST)):
        words = f"{substance} {value} {unit}"
        words += "（禁用物质）" if judgement == "banned_detected" else f"，限量 {limit}"
        found.setdefault(report.id, (report, lot_no, public_id, []))[3].append(words)
    for report, lot_no, public_id, lines in found.values():
        yield Hit(
            "residue_over", f"report:{report.id}", report.organisation_id, f"批次 {lot_no} 检测超过限量",
            f"报告 {report.report_no}：{'；'.join(lines)}。先停止采收和销售，报农业农村部门，再决定是否召回。", f"/lots/{public_id}",
        )  # fmt: skip


def _seasons(look: Look) -> list[int]:
    """Seasons with an entry changed since the last sweep, or every season of about the last year."""
    query = select(Entry.season_id).distinct()
    if look.since is not None:
        query = query.where(Entry.recorded_at >= look.since)
    else:
        query = query.where(Entry.done_on >= look.today - timedelta(days=SEASON_DAYS))
    return list(db.session.scalars(query.order_by(Entry.season_id)))


def _season_rows(ids: list[int]) -> dict[int, Season]:
    return {s.id: s for s in db.session.scalars(select(Season).where(Season.id.in_(ids)))}


@add("banned_input")
def banned_input(look: Look) -> Iterable[Hit]:
    """Inputs that break a ban in force on their day (a ban may be entered after the deed)."""
    ids, bans = _seasons(look), seasons.banned_rows()
    rows = _season_rows(ids)
    for season_id, entries in seasons.journals(ids).items():
        season = rows[season_id]
        for entry in season_rules.effective(entries):
            if entry.kind != "input":
                continue
            hits = season_rules.banned(entry.input_name, bans, species=season.species, on=entry.done_on)
            if hits:
                yield Hit(
                    "banned_input", f"entry:{entry.id}", season.organisation_id, f"{season.code} 用了禁用物质",
                    "；".join(u.message for u in season_rules.unmet_bans(entry.input_name, entry.done_on, hits)),
                    f"/seasons/{season.public_id}",
                )  # fmt: skip


@add("harvest_interval")
def harvest_interval(look: Look) -> Iterable[Hit]:
    """Harvest days inside a waiting time."""
    ids = _seasons(look)
    rows = _season_rows(ids)
    for season_id, entries in seasons.journals(ids).items():
        days = list(season_rules.harvest_by_day(entries))
        broken = [i for i in season_rules.intervals(entries, days) if not i.over]
        if broken:
            season = rows[season_id]
            yield Hit(
                "harvest_interval", f"season:{season_id}", season.organisation_id, f"{season.code} 间隔期没满就采收",
                "；".join(u.message for u in season_rules.unmet_intervals(broken)), f"/seasons/{season.public_id}",
            )  # fmt: skip


@add("record_missing")
def record_missing(look: Look) -> Iterable[Hit]:
    """Packed lots not sealed after some days, with every gate that is not passed."""
    rows = db.session.scalars(
        select(Lot)
        .where(Lot.state == "open", Lot.unit == "piece", Lot.made_on <= look.today - timedelta(days=look.days))
        .order_by(Lot.made_on.desc(), Lot.id.desc())
        .limit(UNSEALED)
    ).all()
    for lot in rows:
        unmet = sealing_unmet(lot.id)
        if unmet:
            yield Hit(
                "record_missing", f"lot:{lot.id}", lot.organisation_id, f"批次 {lot.lot_no} 封存前还差 {len(unmet)} 项",
                "；".join(u.message for u in unmet)[:900], f"/lots/{lot.public_id}",
            )  # fmt: skip


@add("licence_ending")
def licence_ending(look: Look) -> Iterable[Hit]:
    """Licences that end within the days ahead."""
    owners = list(db.session.scalars(select(Lot.organisation_id).distinct()))
    for organisation_id in owners:
        for licence in licences.ending_soon(organisation_id, look.days):
            if licence.valid_until is None:
                continue
            left = (licence.valid_until - look.today).days
            yield Hit(
                "licence_ending", f"licence:{licence.licence_no}", organisation_id, f"授权 {licence.licence_no} 还有 {left} 天到期",
                f"{licence.valid_until:%Y-%m-%d} 到期，次日起不能再印标签和上架。需要继续用的，现在办理续期。", licence.path,
            )  # fmt: skip


_BALANCE = text(
    """
    select l.id, l.public_id, l.organisation_id, l.lot_no, l.mass_g + l.packing_loss_g as outgoing,
      e.incoming, l.pieces, coalesce(s.coded, 0) as coded, l.used_g, coalesce(u.used, 0) as used
    from trace_lot_lot l
    left join lateral (select sum(mass_g)::bigint as incoming from trace_lot_edge where to_lot_id = l.id) e on true
    left join lateral (select sum(unit_count)::bigint as coded from trace_code_series where lot_id = l.id) s on true
    left join lateral (
      select sum(x.mass_g)::bigint as used from trace_lot_edge x join trace_lot_lot t on t.id = x.to_lot_id and t.state <> 'cancelled'
      where x.from_lot_id = l.id) u on true
    where l.state <> 'cancelled' and (cast(:since as timestamptz) is null or l.updated_at >= :since)
      and (e.incoming <> l.mass_g + l.packing_loss_g or s.coded > l.pieces or coalesce(u.used, 0) > l.used_g)
    order by l.id limit :most
    """
)


@add("mass_balance")
def mass_balance(look: Look) -> Iterable[Hit]:
    """Lots whose inputs, uses or codes do not fit their quantity (the database refuses most of it; restored or imported data
    may hold the rest)."""
    for row in db.session.execute(_BALANCE, {"since": look.since, "most": MOST}):
        words = []
        if row.incoming is not None and row.incoming != row.outgoing:
            words.append(f"进料 {kg(row.incoming)} kg，成品和损耗合计 {kg(row.outgoing)} kg")
        if row.pieces is not None and row.coded > row.pieces:
            words.append(f"只有 {row.pieces:,} 件，却赋了 {row.coded:,} 个码")
        if row.used > row.used_g:
            words.append(f"下游领用 {kg(row.used)} kg，这批只记了 {kg(row.used_g)} kg")
        yield Hit(
            "mass_balance", f"lot:{row.id}", row.organisation_id, f"批次 {row.lot_no} 数量对不上", "；".join(words) + "。",
            f"/trace/graph/lots/{row.public_id}",
        )  # fmt: skip


@add("recall_overdue")
def recall_overdue(look: Look) -> Iterable[Hit]:
    """Running recalls past the day their report was due."""
    for recall in db.session.scalars(select(Recall).where(Recall.state == "running", Recall.due_on < look.today)):
        assert recall.due_on is not None
        late = (look.today - recall.due_on).days
        yield Hit(
            "recall_overdue", f"recall:{recall.id}", recall.organisation_id, f"召回 {recall.recall_no} 逾期 {late} 天没有总结",
            "通知到每个去向，登记每批的下落，写好总结后提交。", f"/trace/recalls/{recall.public_id}",
        )  # fmt: skip


@add("no_witness")
def no_witness(_look: Look) -> Iterable[Hit]:
    """Witnesses are registered, and none has cosigned the log for 24 hours."""
    said = log.witness_silence()
    if said:
        yield Hit(
            "no_witness", "log", organisations.desk_id("platform") or desk(), "存证日志久无外部见证",
            f"{said}运行 flask trace witness list 看原因，联系见证方。", "/log/",
        )  # fmt: skip


def desk() -> int:
    """The organisation that handles what belongs to no enterprise."""
    found = organisations.desk_id("office") or organisations.desk_id("platform")
    return found if found is not None else int(db.session.scalar(select(func.min(Lot.organisation_id))) or 0)


def look_now(days: int, since: datetime | None) -> Look:
    """A look at this moment."""
    return Look(clock.now(), clock.today(), days, since)
