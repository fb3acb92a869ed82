"""Detectors that ask other rooms: test panels, scans, certificates of plots, witnesses of the log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select

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
