"""What the rules find in real records, and the life of an alert."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from core.db import db
from core.errors import NotFound, RuleBroken
from core.ui.once import new_key
from tests.factories import code as make
from tests.factories import trace as grow
from trace.alert import queries, service
from trace.alert.models import Alert
from trace.recall import service as recalls
from trace.season import service as seasons
from trace.season.models import BannedSubstance


@pytest.fixture
def grown(session, clock) -> grow.Grown:
    clock.set("2026-11-20 10:00:00")
    return grow.make_packed_lot()


def found(rule: str) -> list[Alert]:
    return db.session.query(Alert).filter_by(rule=rule).order_by(Alert.id).all()


def test_a_result_over_its_limit_is_an_alert_for_the_owner(grown):
    grow.make_report(grown.actor, grown.raw, (("戊唑醇", "9.9", "", ""),))

    assert service.sweep("residue_over") == 1

    alert = found("residue_over")[0]
    assert alert.organisation_id == grown.organisation.id
    assert "9.9" in alert.detail
    assert alert.severity == "stop"
    assert service.sweep("residue_over") == 0


def test_a_result_within_its_limit_is_none(grown):
    grow.make_report(grown.actor, grown.raw)

    assert service.sweep("residue_over") == 0


def test_a_ban_entered_later_finds_what_was_used_before(grown):
    assert service.sweep("banned_input") == 0
    db.session.add(
        BannedSubstance(
            name="戊唑醇", scope="all", valid_from=date(2026, 1, 1), valid_to=None, rule="示例公告", source="示例",
            added_by=None, confirmed_by=None, confirmed_at=None,
        )
    )  # fmt: skip
    db.session.flush()

    assert service.sweep("banned_input") == 1
    assert "禁用" in found("banned_input")[0].title


def test_a_harvest_inside_the_waiting_time_is_found_and_cleared_by_a_correction(session, clock):
    clock.set("2026-11-20 10:00:00")
    grown = grow.make_packed_lot(sprays=())
    spray = grow.spray(grown.season, grown.actor, date(2026, 10, 1), interval_days=30)
    assert service.sweep("harvest_interval") == 1

    seasons.strike_out(spray, grown.season, grown.actor, reason="记错了，没有喷")
    service.sweep("harvest_interval")

    assert found("harvest_interval")[0].state == "cleared"


@pytest.mark.parametrize(("day", "count"), [("2026-10-19 23:59:00", 0), ("2026-10-20 00:01:00", 1)])
def test_a_packed_lot_not_sealed_for_days_names_what_is_missing(session, clock, day, count):
    clock.set("2026-10-18 10:00:00")
    grow.make_packed_lot()
    clock.set(day)

    assert service.sweep("record_missing") == count


def test_what_is_sealed_clears_its_alert(session, clock):
    clock.set("2026-11-20 10:00:00")
    grown = grow.make_packed_lot()
    service.sweep("record_missing")
    assert found("record_missing")[0].state == "open"
    db.session.execute(text("update trace_lot_lot set state = 'cancelled' where id = :i"), {"i": grown.packed.id})

    service.sweep("record_missing")

    assert found("record_missing")[0].state == "cleared"


def test_a_look_at_changes_only_clears_nothing(grown, clock):
    service.sweep("record_missing")
    db.session.execute(text("update trace_lot_lot set state = 'cancelled' where id = :i"), {"i": grown.packed.id})

    service.sweep("record_missing", since=clock.now())

    assert found("record_missing")[0].state == "open"


def test_a_licence_near_its_end_is_told_by_its_days(session, clock):
    clock.set("2026-11-20 10:00:00")
    grown = make.make_sealed_lot(licensed=False)
    make.make_licence(grown, end=date(2026, 12, 1))

    assert service.sweep("licence_ending") == 1
    assert "11 天" in found("licence_ending")[0].title


def test_quantities_that_do_not_add_up_are_found(grown):
    assert service.sweep("mass_balance") == 0
    db.session.execute(text("alter table trace_lot_lot disable trigger user"))  # as a restored or imported row may be
    db.session.execute(
        text("update trace_lot_lot set packing_loss_g = packing_loss_g + 1000 where id = :i"), {"i": grown.packed.id}
    )

    assert service.sweep("mass_balance") == 1
    assert "进料" in found("mass_balance")[0].detail


def test_the_owner_handles_it_and_it_comes_back_while_the_cause_stands(grown, clock):
    service.sweep("record_missing")
    alert = found("record_missing")[0]

    service.move(alert, "acknowledge", grown.actor)
    with pytest.raises(RuleBroken):
        service.move(alert, "resolve", grown.actor, "")
    service.move(alert, "resolve", grown.actor, "明天封存")
    service.sweep("record_missing")
    assert alert.state == "resolved"
    clock.advance(hours=72)
    service.sweep("record_missing")

    assert (alert.state, alert.times) == ("open", 2)
    assert alert.acknowledged_at is None


def test_what_the_office_dismissed_stays_dismissed(grown, clock, as_user):
    service.sweep("record_missing")
    alert = found("record_missing")[0]
    office = as_user("commerce_clerk", as_user.body("bureau")).actor

    service.move(alert, "dismiss", office, "试装的样品")
    clock.advance(hours=999)
    service.sweep("record_missing")
    assert alert.state == "dismissed"

    service.move(alert, "reopen", office, "核实后要处理")
    assert alert.state == "open"


def test_what_is_late_goes_to_the_supervisor_once(grown, clock, as_user):
    as_user.body("office")
    service.sweep("record_missing")
    clock.advance(hours=71, minutes=59)
    assert service.escalate_due() == 0
    clock.advance(minutes=2)

    assert service.escalate_due() == 1
    assert service.escalate_due() == 0
    assert found("record_missing")[0].escalated_at is not None
    assert queries.overdue_count() == 1


def test_another_enterprise_sees_nothing_of_it(grown, as_user):
    service.sweep("record_missing")
    alert = found("record_missing")[0]
    stranger = as_user("owner")

    with pytest.raises(NotFound):
        queries.get(alert.public_id, stranger.actor)
    assert stranger.get(f"/trace/alerts/{alert.public_id}").status_code == 404
    assert stranger.post(f"/trace/alerts/{alert.public_id}/move", data={"move": "acknowledge"}).status_code == 404


def test_a_rule_that_is_off_finds_and_clears_nothing(grown, as_user):
    head = as_user("office_head")
    service.sweep("record_missing")

    service.set_rule("record_missing", head.actor, enabled=False, severity="act", hours=72, days=3, reason="系统迁移")

    assert service.sweep("record_missing") == 0
    assert found("record_missing")[0].state == "open"


def test_one_broken_detector_stops_no_other(grown, monkeypatch, caplog):
    from trace.alert import detectors

    def broken(_look):
        raise ZeroDivisionError

    monkeypatch.setitem(detectors.DETECTORS, "residue_over", broken)

    opened = service.sweep_all(full=True)

    assert opened >= 1
    assert "residue_over" in caplog.text


def test_pages_open_for_those_who_may(grown, as_user, client):
    service.sweep("record_missing")
    alert = found("record_missing")[0]
    owner, office = as_user("owner", grown.organisation), as_user("office_head")

    assert "封存前还差" in owner.get("/trace/alerts/").get_data(as_text=True)
    assert owner.get(f"/trace/alerts/{alert.public_id}").status_code == 200
    assert owner.post(f"/trace/alerts/{alert.public_id}/move", data={"move": "acknowledge"}).status_code == 302
    for path in (
        "/trace/alerts/all",
        "/trace/alerts/all?late=1",
        "/trace/alerts/trends",
        "/trace/alerts/rules",
        f"/trace/alerts/all/{alert.public_id}",
    ):
        assert office.get(path).status_code == 200, path
        assert owner.get(path).status_code == 403, path
        assert client.get(path).status_code == 302, path


@pytest.mark.parametrize(("hours", "status"), [("48", 302), ("0", 400), ("abc", 400), ("", 400)])
def test_a_rule_is_set_with_a_reason(grown, as_user, hours, status):
    head = as_user("office_head")
    data = {"enabled": "y", "severity": "act", "hours": hours, "days": "5", "reason": "冷库检修", "once": new_key()}

    answer = head.post("/trace/alerts/rules/record_missing", data=data)

    assert answer.status_code == status
    assert queries.settings()["record_missing"].hours == (48 if status == 302 else 72)
    assert head.post("/trace/alerts/rules/nothing", data=data).status_code == 404


def test_a_closed_recall_ends_the_alert_about_its_lot(grown):
    lot = grown
    grow.make_report(lot.actor, lot.raw, (("戊唑醇", "9.9", "", ""),))
    service.sweep("residue_over")
    recall = recalls.draft(
        lot.actor, lot_ids=[lot.raw.id], level="two", reason="抽检超过限量", action="先别吃。", refund="整箱退款。", phone="0359-4030000",
    )  # fmt: skip
    db.session.execute(
        text(
            "update trace_recall_recall set state = 'running', began_at = now(), due_on = '2026-12-20' where id = :id"
        ),
        {"id": recall.id},
    )
    service.sweep("residue_over")
    running = found("residue_over")[0].state

    db.session.execute(
        text("update trace_recall_recall set state = 'closed', closed_at = now() where id = :id"), {"id": recall.id}
    )
    service.sweep("residue_over")

    assert (running, found("residue_over")[0].state) == ("open", "cleared")
