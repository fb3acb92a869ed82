"""What happened after sealing is offered for the addendum, and told as events."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from core import clock as core_clock
from core.place import service as places
from tests.factories import trace as grow
from trace.event.models import Event
from trace.lot import offers
from trace.movement import service as movement
from trace.movement.service import Told
from trace.storage import rules, service


def stored_and_sent(session):
    made = grow.make_packed_lot(harvested_g=2_000_000, taken_g=500_000, pieces=98)
    store = places.add_place(made.actor, kind="store", code="LK-01", village="示例镇示例村", name="1 号冷库")
    logger, _ = service.register_logger(made.actor, store, code="T-01", interval_minutes=60)
    now = core_clock.now()
    service.put_in(made.raw, store, made.actor, mass_g=600_000, at=now - timedelta(hours=30))
    body = {"readings": [
        {"at": (now - timedelta(hours=24 - n)).isoformat(), "temperature": str(1 + n / 10)} for n in range(20)
    ]}  # fmt: skip
    service.take_readings(logger, rules.read_json(body, now=now), source="csv")
    service.take_out(made.raw, store.id, made.actor, mass_g=500_000)
    buyer = grow.make_organisation(7009, "示例收购商")
    shipment = movement.send(made.actor, receiver_code=buyer.code, lines=[(made.raw, 500_000)])
    line = movement.lines_of(shipment)[0]
    movement.receive(shipment, grow.actor_of(buyer), {line.id: Told(short_g=2_000, remark="过磅少 2 kg")})
    return made, shipment


def test_the_stay_and_the_shipment_are_offered_in_sentences(session, clock):
    made, shipment = stored_and_sent(session)

    stay, sent = (one.sentence for one in offers.offered(made.raw.id))

    assert "1 号冷库存放，记录仪读数 20 次，温度最低 1 ℃、最高 2.9 ℃" in stay
    assert sent.startswith(f"发货单 {shipment.number} 发往示例收购商 500 kg")
    assert "收下 498 kg，途中短少 2 kg" in sent


def test_the_stay_and_the_shipment_are_offered_as_data(session, clock):
    made, shipment = stored_and_sent(session)

    stay, sent = (one.fact for one in offers.offered(made.raw.id))

    assert stay["temperature"] == {"unit": "CEL", "lowest": "1", "highest": "2.9"}
    assert (stay["type"], stay["readings"], stay["place"]["code"]) == ("ColdStay", 20, "LK-01")
    assert (sent["number"], sent["takenGrams"], sent["shortGrams"]) == (shipment.number, 498_000, 2_000)
    assert sent["receiver"]["name"] == "示例收购商"


def test_storing_shipping_and_receiving_are_events_and_a_taken_back_receipt_is_declared_wrong(session, clock):
    _, shipment = stored_and_sent(session)

    found = {e.step: e for e in session.scalars(select(Event)) if e.step in ("cold_store", "ship", "receive")}
    assert set(found) == {"cold_store", "ship", "receive"}
    assert found["receive"].organisation_id == shipment.receiver_id
    assert found["cold_store"].payload["sensorElementList"]

    movement.reopen(shipment, grow.actor_of(_organisation(session, shipment.receiver_id)), "记错")

    assert [e.step for e in session.scalars(select(Event)) if e.declared_at is not None] == ["receive"]


def _organisation(session, organisation_id):
    from core.organisation.models import Organisation

    return session.get(Organisation, organisation_id)
