"""Detectors that ask other rooms: test panels, scans, certificates of plots, witnesses of the log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select

from core import clock
from core.db import db
from core.organisation import queries as organisations
from core.place import queries as places
from trace.alert.detectors import MOST, Look, add, desk
from trace.alert.rules import Hit
from trace.inspection import queries as inspection
from trace.inspection.models import Report
from trace.log import queries as log
from trace.lot import queries as lots
from trace.scan import anomalies as scan
from trace.storage import queries as storage
from trace.storage.rules import MEASURES


@add("panel_gap")
def panel_gap(look: Look) -> Iterable[Hit]:
    """Reports of the last days whose items do not name a pesticide the journal of the fruit names."""
    query = select(Report.lot_id).distinct().where(Report.reported_on >= look.today - timedelta(days=look.days))
    if look.since is not None:
        query = query.where(Report.recorded_at >= look.since)
    lot_ids = list(db.session.scalars(query.order_by(Report.lot_id).limit(MOST)))
    views = lots.lots_by_id(lot_ids)
    for report in inspection.reports_for_lots(lot_ids):
        lot, missing = views.get(report.lot_id), inspection.panel_gaps(report)
        if lot is None or not missing or lot.state == "cancelled":
            continue
        yield Hit(
            "panel_gap", f"report:{report.report_no}:{lot.id}", lot.organisation_id, f"批次 {lot.lot_no} 有 {len(missing)} 种药没测",
            f"报告 {report.report_no} 没有测：{'、'.join(missing)}。生产记录里用过，下次送检加上这几项。", f"/lots/{lot.public_id}",
        )  # fmt: skip


@add("scan_anomaly")
def scan_anomaly(look: Look) -> Iterable[Hit]:
    """What the checks of covered codes say of the last days; guesses and unknown numbers go to the office's desk."""
    office = desk()
    found = scan.anomalies(look.now - timedelta(days=look.days), look.now + timedelta(seconds=1))
    views = lots.lots_by_id({a.lot_id for a in found if a.lot_id is not None})
    for anomaly in found:
        lot = views.get(anomaly.lot_id) if anomaly.lot_id is not None else None
        where = f"，地方：{anomaly.cities}" if anomaly.cities else ""
        yield Hit(
            "scan_anomaly", f"{anomaly.kind}:{anomaly.item_id}:{anomaly.lot_id}:{anomaly.unit}:{anomaly.subject}"[:200],
            lot.organisation_id if lot is not None else office, f"{scan.KINDS[anomaly.kind]}：{anomaly.subject}",
            f"{anomaly.times:,} 次，{anomaly.devices:,} 台设备{where}。", "",
        )  # fmt: skip


@add("certificate_ending")
def certificate_ending(look: Look) -> Iterable[Hit]:
    """Certificates of plots that end within the days ahead, or ended and still stand beside a plot in use."""
    for row in places.ending_certificates(look.today, look.today + timedelta(days=look.days)):
        assert row.valid_to is not None
        yield Hit(
            "certificate_ending", f"certificate:{row.id}", row.organisation_id,
            f"证书 {row.number} 还有 {(row.valid_to - look.today).days} 天到期",
            f"{row.valid_to:%Y-%m-%d} 到期。到期后页面和标签不再显示这张证书；需要继续用的，现在办理续期。", "/places/",
        )  # fmt: skip


@add("no_witness")
def no_witness(look: Look) -> Iterable[Hit]:
    """No outside witness has cosigned for a day, though some are registered."""
    del look
    said = log.witness_silence()
    if said:
        yield Hit(
            "no_witness", "log", organisations.desk_id("platform") or desk(), "存证日志久无外部见证", said, "/log/"
        )


@add("cold_chain")
def cold_chain(look: Look) -> Iterable[Hit]:
    """Readings outside a store's limits, and loggers of a store with lots that fell silent."""
    stores = storage.stores_with_limits()
    named, since = places.places_by_id(stores), look.now - timedelta(days=look.days)
    for found in storage.excursions(stores, since, look.now):
        one, place = found.excursion, named[found.place_id]
        word, unit = MEASURES[one.measure]
        begun, until = clock.local(one.since), clock.local(one.until)
        going = "还在继续" if not one.ended else f"到 {until:%m-%d %H:%M}"
        yield Hit(
            "cold_chain", f"excursion:{found.logger_id}:{one.measure}:{one.since.isoformat()}", found.organisation_id,
            f"{place.name or place.code} {word}超出范围",
            f"{begun:%m-%d %H:%M} 起，{going}，最甚 {one.worst}{unit}，库里有 {len(found.lot_ids)} 个批次。检查制冷，把受影响的批次另放。",
            f"/storage/{place.public_id}",
        )  # fmt: skip
    filled = {stay.place_id for stay in storage.in_store(stores)}
    for place_id in sorted(filled):
        place = named[place_id]
        for logger in storage.loggers_of(place.organisation_id, place_id):
            silent = [gap for gap in storage.gaps(logger, since, look.now) if gap.until >= look.now]
            if logger.ended_at is None and silent:
                yield Hit(
                    "cold_chain", f"silent:{logger.id}:{silent[0].since.isoformat()}", place.organisation_id,
                    f"{place.name or place.code} 的记录仪 {logger.code} 没有读数",
                    f"{clock.local(silent[0].since):%m-%d %H:%M} 起没有读数。检查电池和信号；断着的这段温度不知道，不能当作正常。",
                    f"/storage/{place.public_id}",
                )  # fmt: skip
