"""Lots made before the events room: told once, as they would have been told then; a second run writes nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from core.db import db
from tests.factories import trace as grow
from trace.event.models import Event
from trace.lot import backfill, operations, queries, service
from trace.lot.operations import Output

DAY = date(2026, 10, 14)


@pytest.fixture
def grown(session, clock):
    made = grow.make_packed_lot(harvested_g=2_000_000, taken_g=500_000, pieces=98)
    version = grow.make_standard(made.actor)
    outputs = [
        Output(made.loose.id, 600_000, "special", values={"diameter": Decimal("83.5")}),
        Output(made.loose.id, 350_000, "first"),
    ]
    operations.grade(
        made.actor, made.raw, outputs, taken_g=1_000_000, waste_g=50_000, waste_reason="碰压伤", version_id=version.id,
        done_on=DAY,
    )  # fmt: skip
    service.write_off(made.raw, made.actor, mass_g=1000, reason="抽样", kind="sample", lost_on=DAY)
    return made


def told() -> list[tuple]:
    """What events say, without their time and number."""
    rows = db.session.scalars(select(Event).order_by(Event.step, Event.id)).all()
    keys = ("quantityList", "inputQuantityList", "outputQuantityList", "bizTransactionList", "ilmd", "readPoint")
    return [(row.step, row.organisation_id, [row.payload.get(key) for key in keys]) for row in rows]


def forget_events() -> None:
    """As before the room: the guard of the store is set aside for the length of the deletion."""
    db.session.execute(text("set local session_replication_role = replica"))
    db.session.execute(text("delete from trace_event_link"))
    db.session.execute(text("delete from trace_event_event"))
    db.session.execute(text("set local session_replication_role = origin"))


def test_what_was_told_at_the_time_is_not_told_again(grown):
    before = told()

    done = backfill.tell(backfill.lot_ids())

    assert done.written == {}
    assert done.known == 5
    assert told() == before


def test_lots_without_events_get_the_same_events_and_a_second_run_writes_none(grown):
    before = told()
    forget_events()

    done = backfill.tell(backfill.lot_ids())

    assert done.written == {"harvest": 1, "pack": 1, "grade": 1, "sample": 1}
    assert told() == before
    assert backfill.tell(backfill.lot_ids()).written == {}
    assert told() == before


def test_lots_from_before_deeds_are_told_without_one(grown):
    forget_events()
    db.session.execute(text("set local session_replication_role = replica"))
    for table in ("edge", "loss", "lot"):
        db.session.execute(text(f"update trace_lot_{table} set deed_id = null"))
    db.session.execute(text("set local session_replication_role = origin"))
    db.session.expire_all()

    done = backfill.tell(backfill.lot_ids())
    again = backfill.tell(backfill.lot_ids())

    assert done.written == {"harvest": 1, "pack": 1, "grade": 2, "sample": 1}
    assert again.written == {}
    assert all(row.payload.get("bizTransactionList") is None for row in db.session.scalars(select(Event)))


def test_the_public_part_of_a_sealed_lots_events_is_open(grown):
    forget_events()
    db.session.execute(text("delete from trace_event_public"))
    db.session.execute(text("set local session_replication_role = replica"))
    db.session.execute(text("update trace_lot_lot set state = 'sealed' where id = :id"), {"id": grown.packed.id})
    db.session.execute(text("set local session_replication_role = origin"))
    db.session.expire_all()

    backfill.tell([grown.packed.id])

    assert db.session.scalars(select(Event.is_public).where(Event.step == "pack")).all() == [True]
    assert queries.lot_by_id(grown.packed.id).is_sealed


def test_the_command_says_what_it_wrote(cloned_db):
    run = cloned_db.app.test_cli_runner().invoke(args=["events", "backfill"])

    assert (run.exit_code, run.output) == (0, "补写 0 条；0 步早已有事件，没有重复写。\n")
