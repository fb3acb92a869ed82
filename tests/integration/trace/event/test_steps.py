"""House steps write their events: harvest, packing, loss, test report, print run; sealing opens the lot's events."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound
from tests.factories import code as code_factory
from tests.factories import trace as grow
from tests.support.applications import Client
from trace.code import service as codes
from trace.event import graph, service
from trace.event.facets import key_of
from trace.event.models import Event
from trace.lot import queries as lots
from trace.lot import reversal
from trace.lot import service as lot_service
from trace.lot.models import Deed


def _events(session: Session, step: str | None = None) -> list[Event]:
    wanted = select(Event).order_by(Event.id)
    return list(session.scalars(wanted if step is None else wanted.where(Event.step == step)))


def test_a_harvest_and_a_packing_are_told_with_their_quantities(session: Session, clock: Any) -> None:
    grown = grow.make_packed_lot()
    harvest, pack = _events(session)
    raw, packed = lots.lot_by_id(grown.raw.id), lots.lot_by_id(grown.packed.id)

    assert (harvest.step, harvest.biz_step, harvest.source) == ("harvest", "creating_class_instance", "platform")
    assert harvest.payload["quantityList"] == [{"epcClass": raw.uri, "quantity": 1115, "uom": "KGM"}]
    assert harvest.payload["ilmd"]["cbvmda:lotNumber"] == raw.lot_no
    assert pack.payload["inputQuantityList"] == [{"epcClass": raw.uri, "quantity": 1060, "uom": "KGM"}]
    assert pack.payload["outputQuantityList"] == [{"epcClass": packed.uri, "quantity": 205}]
    assert {harvest.organisation_id, pack.organisation_id} == {grown.organisation.id}
    assert harvest.event_id.startswith("ni:///sha-256;")


def test_the_way_of_a_lot_is_walked_both_ways(session: Session, clock: Any) -> None:
    grown = grow.make_packed_lot()
    raw, packed = (key_of(lots.lot_by_id(lot.id).uri) for lot in (grown.raw, grown.packed))
    (edge,) = graph.edges_from([raw])

    assert (edge.source, edge.target, edge.source_quantity, edge.target_quantity) == (raw, packed, 1060, 205)
    assert graph.edges_to([packed]) == [edge]
    assert graph.reachable([raw]) == {raw: 0, packed: 1}
    assert graph.reachable([packed], forward=False) == {packed: 0, raw: 1}
    assert graph.edges_from([raw], organisations=[grown.organisation.id + 1]) == []
    assert graph.uris_of([raw]) == {raw: lots.lot_by_id(grown.raw.id).uri}


def test_a_circle_of_packing_ends_by_itself(session: Session, clock: Any) -> None:
    from tests.factories import event as make
    from trace.event import capture, store

    first, second = make.LOT + "A", make.LOT + "B"
    turns = [
        make.make_event(n, type="TransformationEvent", action=None, epcList=None, quantityList=None,
                        inputQuantityList=[{"epcClass": a}], outputQuantityList=[{"epcClass": b}])
        for n, (a, b) in enumerate(((first, second), (second, first)))
    ]  # fmt: skip
    ready = capture.prepare(turns, make.CONTEXT).ready
    store.store(list(ready.values()), organisation_id=grow.make_organisation().id, source="api", now=clock.now())

    assert graph.reachable([key_of(first)]) == {key_of(first): 0, key_of(second): 1}


def test_a_loss_and_a_report_are_told_without_names(session: Session, clock: Any) -> None:
    grown = grow.make_packed_lot()
    lot_service.write_off(grown.raw, grown.actor, mass_g=2500, reason="烂果", lost_on=date(2026, 10, 20))
    grow.make_report(grown.actor, grown.packed)
    (waste,), (test,) = _events(session, "waste"), _events(session, "residue_test")

    assert waste.payload["quantityList"][0]["quantity"] == 2.5
    assert (waste.action, waste.disposition) == ("DELETE", "disposed")
    assert test.disposition in ("conformant", None)
    assert "示例检测中心" not in str(test.payload)
    assert "烂果" not in str(waste.payload)


def test_a_print_run_is_told_without_its_serials(session: Session, clock: Any) -> None:
    grown = code_factory.make_sealed_lot()
    series = codes.issue_series(grown.packed.public_id, 20, grown.actor)
    (event,) = _events(session, "label_series")

    assert event.payload["quantityList"][0]["quantity"] == 20
    assert "epcList" not in event.payload
    assert str(series.public_id) in str(event.payload)


def test_sealing_a_lot_opens_its_public_part_only(client: Client, session: Session, clock: Any) -> None:
    grown = grow.make_packed_lot()
    before = client.get("/epcis/events").get_json()
    lot_service.telling.sealed(grown.packed)
    session.flush()
    after = client.get("/epcis/events")
    events = after.get_json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]

    assert before["epcisBody"]["queryResults"]["resultsBody"]["eventList"] == []
    assert [e["type"] for e in events] == ["TransformationEvent"]
    assert events[0]["outputQuantityList"] == [{"epcClass": lots.lot_by_id(grown.packed.id).uri}]
    assert lots.lot_by_id(grown.raw.id).uri.encode() not in after.data
    assert b"1060" not in after.data


def test_a_step_told_twice_is_stored_once(session: Session, clock: Any) -> None:
    grown = grow.make_packed_lot()
    harvest = _events(session, "harvest")[0]
    deed = session.get_one(Deed, grown.packed.deed_id)
    lot_service.telling.transformed(
        deed, [grown.packed], [(grown.raw, 1_060_000)], grown.actor, loss_g=grown.packed.packing_loss_g
    )

    assert len(_events(session, "pack")) == 1
    assert harvest in _events(session)


def test_an_event_is_declared_wrong_beside_itself_once(session: Session, clock: Any) -> None:
    grown = grow.make_packed_lot()
    harvest = _events(session, "harvest")[0]
    service.declare_wrong(
        harvest.event_id, "incorrect_data", grown.organisation.id, grown.actor, corrective=("urn:uuid:1",)
    )
    both = [row for row in _events(session) if row.event_id == harvest.event_id]

    assert [row.declared_at is None for row in both] == [True, False]
    assert both[1].digest == both[0].digest
    assert both[1].payload["errorDeclaration"]["reason"] == "incorrect_data"
    assert graph.edges_from([key_of(lots.lot_by_id(grown.raw.id).uri)])[0].declared is False
    with pytest.raises(Conflict):
        service.declare_wrong(harvest.event_id, "did_not_occur", grown.organisation.id, grown.actor)
    with pytest.raises(NotFound):
        service.declare_wrong(harvest.event_id, "did_not_occur", grown.organisation.id + 1, grown.actor)


def test_edges_of_an_event_declared_wrong_say_so(session: Session, clock: Any) -> None:
    grown = grow.make_packed_lot()
    pack = _events(session, "pack")[0]
    service.declare_wrong(pack.event_id, "did_not_occur", grown.organisation.id, grown.actor)

    assert [edge.declared for edge in graph.edges_from([key_of(lots.lot_by_id(grown.raw.id).uri)])] == [True]


def test_a_reversed_deed_declares_its_event_wrong(session: Session, clock: Any) -> None:
    grown = grow.make_packed_lot()
    reversal.reverse(session.get_one(Deed, grown.packed.deed_id), grown.actor, "数错了件数")
    pack = _events(session, "pack")

    assert [row.declared_at is None for row in pack] == [True, False]
    assert pack[0].event_id == pack[1].event_id
    assert pack[1].payload["errorDeclaration"]["reason"] == "did_not_occur"
    assert [edge.declared for edge in graph.edges_from([key_of(lots.lot_by_id(grown.raw.id).uri)])] == [True]
