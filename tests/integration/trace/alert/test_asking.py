"""Detectors that ask other rooms."""

from __future__ import annotations

from datetime import date

import pytest

from core.db import db
from core.place import certificates
from tests.factories import code as make
from tests.factories import trace as grow
from trace.alert import detectors, service
from trace.alert.models import Alert
from trace.alert.rules import RULES
from trace.code import queries as codes
from trace.code import service as code_service
from trace.log import queries as log
from trace.scan.models import Check


def found(rule: str) -> list[Alert]:
    return db.session.query(Alert).filter_by(rule=rule).order_by(Alert.id).all()


def test_every_rule_has_its_detector(app):
    assert set(RULES) == set(detectors.DETECTORS)


def test_a_pesticide_that_was_used_and_not_tested_is_told(session, clock):
    clock.set("2026-11-20 10:00:00")
    grown = grow.make_packed_lot()
    grow.make_report(grown.actor, grown.raw, (("啶虫脒", "0.021", "", ""),))

    assert service.sweep("panel_gap") == 1
    assert "戊唑醇" in found("panel_gap")[0].detail


def test_a_panel_that_names_every_pesticide_is_not(session, clock):
    clock.set("2026-11-20 10:00:00")
    grown = grow.make_packed_lot()
    grow.make_report(grown.actor, grown.raw)

    assert service.sweep("panel_gap") == 0


@pytest.mark.parametrize(
    ("today", "count"), [("2026-10-01 10:00:00", 0), ("2026-10-03 10:00:00", 1), ("2026-12-02 10:00:00", 0)]
)
def test_a_certificate_of_plots_is_told_before_it_ends(session, clock, today, count):
    clock.set("2026-09-20 10:00:00")
    organisation = grow.make_organisation(7031)
    actor = grow.actor_of(organisation)
    plot = grow.make_plot(actor)
    certificates.add_certificate(
        actor, kind="gap", number="GAP-1", issuer="示例认证", product="苹果", valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 1), plots=[str(plot.public_id)],
    )  # fmt: skip
    clock.set(today)

    assert service.sweep("certificate_ending") == count


def test_a_covered_code_checked_by_many_devices_is_told_to_its_enterprise(session, clock):
    clock.set("2026-11-20 10:00:00")
    grown = make.make_sealed_lot()
    code_service.issue_series(grown.packed.public_id, 3, grown.actor, covered=True)
    series = codes.series_of_lots([grown.packed.id])[grown.packed.id][0]
    now = clock.now()
    for number in range(5):
        db.session.add(
            Check(
                item_id=grown.box.id, lot_id=grown.packed.id, unit=series.start_unit, checked_at=now, state="repeat",
                device=bytes([number]) * 16, city="", reasons=[],
            )
        )  # fmt: skip
    db.session.flush()

    service.sweep("scan_anomaly")

    alerts = found("scan_anomaly")
    assert {a.organisation_id for a in alerts} == {grown.organisation.id}
    assert any("5 台设备" in a.detail for a in alerts)


def test_silent_witnesses_are_told_to_the_platform(session, monkeypatch):
    grow.make_organisation(7032, "示例平台", kind="platform")
    monkeypatch.setattr(log, "witness_silence", lambda: "24 小时没有外部见证")

    assert service.sweep("no_witness") == 1

    monkeypatch.setattr(log, "witness_silence", lambda: "")
    service.sweep("no_witness")
    assert found("no_witness")[0].state == "cleared"


def test_a_store_too_warm_and_a_logger_that_fell_silent_are_told(session, clock, client):
    from datetime import timedelta
    from decimal import Decimal

    from tests.integration.trace.storage.test_storage import make_store, readings, send
    from trace.storage import service as storage

    clock.set("2026-11-20 10:00:00")
    grown = grow.make_packed_lot(harvested_g=2_000_000, taken_g=500_000, pieces=98)
    store = make_store(grown.actor)
    _logger, token = storage.register_logger(grown.actor, store, code="T-01", interval_minutes=10)
    storage.set_limit(grown.actor, store, measure="temperature", low=Decimal(-1), high=Decimal(4), tolerated_minutes=0)
    storage.put_in(grown.raw, store, grown.actor, mass_g=1_000_000)
    clock.advance(hours=3)
    assert send(client, token, readings(6, start=clock.now() - timedelta(hours=1), value="9.5")).status_code == 200

    service.sweep("cold_chain")
    warm = found("cold_chain")
    assert any("超出范围" in a.title and "9.5" in a.detail for a in warm)

    clock.advance(hours=6)
    service.sweep("cold_chain")
    assert any("没有读数" in a.title for a in found("cold_chain"))
