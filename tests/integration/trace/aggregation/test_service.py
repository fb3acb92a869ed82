"""Cartons and pallets: what goes in, what comes out, never twice, with intervals, events and the state of a unit."""

from __future__ import annotations

import threading
import uuid

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core import clock
from core.db import db, unit_of_work
from core.errors import NotFound
from tests.factories import code as make
from tests.factories.trace import actor_of, make_organisation
from trace.aggregation import numbers, queries, service, station
from trace.aggregation.errors import BoxNotFound, Refused, Unreadable
from trace.aggregation.models import Content, StationDeed
from trace.code import queries as codes
from trace.code import service as issuing
from trace.code.errors import CannotIssue
from trace.event.models import Event
from trace.scan.checks import fate_of
from trace.scan.resolve import Target
from trace.scan.rules import CheckFacts, PastCheck, Policy, judge


@pytest.fixture
def firm(sealed_lot):
    return sealed_lot


@pytest.fixture
def series(firm):
    return issuing.issue_series(firm.packed.public_id, 30, firm.actor)


def carton(firm, capacity: int = 12, **values):
    return service.make_boxes(firm.actor, kind="carton", count=1, capacity=capacity, **values)[0]


def address(series, place: int) -> str:
    return codes.unit_address(series, place)


def filled(firm, series, first: int, last: int):
    box = carton(firm, last - first + 1)
    for place in range(first, last + 1):
        service.put(box.public_id, address(series, place), firm.actor)
    return service.close(box.public_id, firm.actor)


def refused(call, *arguments, **values) -> str:
    with pytest.raises(Refused) as refusal:
        call(*arguments, **values)
    return str(refusal.value.code)


def test_units_go_into_a_carton_and_their_state_says_where_they_are(firm, series):
    box = carton(firm)
    service.put(box.public_id, address(series, 3), firm.actor)

    state = queries.unit_state(series.item_id, series.start_unit + 2)

    assert [one.id for one in state.boxes] == [box.id]
    assert (state.series_id, state.lot_id, state.voided, state.shipped_at) == (series.id, firm.packed.id, False, None)
    assert queries.unit_state(series.item_id, 31) is None
    assert queries.lots_in(box.id) == {firm.packed.id: 1}


def test_numbers_are_own_ones_until_the_firm_has_a_gs1_prefix(firm):
    own = service.make_boxes(firm.actor, kind="pallet", count=2, capacity=40)
    service.set_prefix(firm.actor, "9521234")
    gs1 = service.make_boxes(firm.actor, kind="carton", count=2, capacity=12)
    service.set_prefix(firm.actor, "")
    again = carton(firm)
    service.set_prefix(firm.actor, "9521234")

    assert [box.code for box in own] == [numbers.own_number("pallet", 0), numbers.own_number("pallet", 1)]
    assert [box.sscc for box in gs1] == [numbers.sscc("9521234", 0), numbers.sscc("9521234", 1)]
    assert gs1[0].uri == f"https://id.gs1.org/00/{gs1[0].sscc}"
    assert again.code == numbers.own_number("carton", 2)
    assert carton(firm).sscc == numbers.sscc("9521234", 2)


def test_a_unit_is_in_one_carton_at_a_time_and_may_move_after_it_was_taken_out(firm, series):
    first, second = carton(firm), carton(firm)
    service.put(first.public_id, address(series, 1), firm.actor)

    assert refused(service.put, second.public_id, address(series, 1), firm.actor) == "aggregation.already_packed"
    assert refused(service.put, first.public_id, address(series, 1), firm.actor) == "aggregation.same_box"
    service.take_out(first.public_id, address(series, 1), firm.actor)
    service.put(second.public_id, address(series, 1), firm.actor)

    rows = db.session.scalars(select(Content).where(Content.unit == series.start_unit).order_by(Content.id)).all()
    assert [(row.parent_id, row.valid_to is None) for row in rows] == [(first.id, False), (second.id, True)]
    assert rows[1].valid_from >= rows[0].valid_to


def test_foreign_voided_held_and_other_lots_are_refused_each_with_its_reason(firm, series, session):
    other = make.make_sealed_lot(number=7050, name="另一示例合作社")
    theirs = issuing.issue_series(other.packed.public_id, 3, other.actor)
    box = carton(firm, lot_public_id=firm.packed.public_id)
    issuing.void_units(series.public_id, 5, 5, firm.actor, reason="标签丢失")

    assert refused(service.put, box.public_id, address(theirs, 1), firm.actor) == "aggregation.foreign"
    assert refused(service.put, box.public_id, "0000000000000", firm.actor) == "aggregation.foreign"
    assert refused(service.put, box.public_id, address(series, 5), firm.actor) == "aggregation.voided"
    with pytest.raises(Unreadable):
        service.put(box.public_id, "https://pay.example/1", firm.actor)
    session.execute(text("update trace_lot_lot set state = 'held' where id = :i"), {"i": firm.packed.id})
    session.expire_all()
    assert refused(service.put, box.public_id, address(series, 1), firm.actor) == "aggregation.recalled"


def test_a_code_whose_address_names_another_lot_is_not_ours(firm, series):
    box = carton(firm)
    forged = address(series, 1).replace(firm.packed.lot_no, "99999999")

    assert refused(service.put, box.public_id, forged, firm.actor) == "aggregation.foreign"


def test_a_typed_serial_is_enough(firm, series):
    box = carton(firm)

    assert service.put(box.public_id, address(series, 2)[-13:].lower(), firm.actor).unit == series.start_unit + 1


def test_units_in_a_box_are_not_voided(firm, series):
    box = carton(firm)
    service.put(box.public_id, address(series, 4), firm.actor)

    with pytest.raises(CannotIssue) as refusal:
        issuing.void_units(series.public_id, 1, 10, firm.actor, reason="标签丢失")

    assert [one.rule for one in refusal.value.unmet] == ["code.in_use"]
    assert box.code in refusal.value.unmet[0].message


def test_closed_cartons_go_onto_a_pallet_and_the_pallet_ships_them_all(firm, series):
    boxes = [filled(firm, series, 1, 2), filled(firm, series, 3, 4)]
    pallet = service.make_boxes(firm.actor, kind="pallet", count=1, capacity=40)[0]
    for box in boxes:
        service.put(pallet.public_id, box.code, firm.actor)

    assert refused(service.ship, [boxes[0].public_id], firm.actor, to="示例商贸") == "aggregation.on_pallet"
    assert refused(service.dissolve, boxes[0].public_id, firm.actor, reason="换箱") == "aggregation.on_pallet"
    service.close(pallet.public_id, firm.actor)
    service.ship([pallet.public_id], firm.actor, to="示例商贸有限公司", document="FH-1")

    state = queries.unit_state(series.item_id, series.start_unit + 3)
    assert [box.kind for box in state.boxes] == ["carton", "pallet"]
    assert (state.shipped_at is not None, state.shipped_to) == (True, "示例商贸有限公司")
    assert queries.lots_in(pallet.id) == {firm.packed.id: 4}


def test_a_covered_code_checked_before_its_carton_left_is_told_where_shipping_is_recorded(firm, series):
    box = filled(firm, series, 1, 2)
    unit = series.start_unit
    target = Target("unit", series.item_id, series.lot_id, unit, True)

    def judged(*, recorded: bool) -> str:
        facts = CheckFacts(
            clock.now(), b"me", issued=True, fate=fate_of(target), checks=(PastCheck(clock.now(), b"me"),)
        )
        return judge(facts, Policy(shipping_recorded=recorded)).state

    assert judged(recorded=True) == "not_shipped"
    assert judged(recorded=False) == "first"
    service.ship([box.public_id], firm.actor, to="示例商贸有限公司", document="FH-2")
    assert judged(recorded=True) == "first"
    loose = Target("unit", series.item_id, series.lot_id, series.start_unit + 9, True)
    assert fate_of(loose).shipped is None


def test_taking_a_carton_apart_frees_its_units_for_ever(firm, series):
    box = filled(firm, series, 1, 3)

    assert service.dissolve(box.public_id, firm.actor, reason="客户改规格") == 3
    assert queries.count_of(box.id) == 0
    assert refused(service.put, box.public_id, address(series, 1), firm.actor) == "aggregation.dissolved"
    again = carton(firm)
    service.put(again.public_id, address(series, 1), firm.actor)
    assert {row.removal_reason for row in queries.past_contents(box.id)} == {"客户改规格"}


def test_closing_and_taking_apart_are_aggregation_events(firm, series):
    box = filled(firm, series, 1, 3)
    service.dissolve(box.public_id, firm.actor, reason="客户改规格")

    events = [
        row.payload
        for row in db.session.scalars(select(Event).where(Event.step.in_(("carton", "unpack"))).order_by(Event.id))
    ]
    assert [(one["type"], one["action"], one["bizStep"]) for one in events] == [
        ("AggregationEvent", "ADD", "packing"),
        ("AggregationEvent", "DELETE", "unpacking"),
    ]
    assert all(one["parentID"] == box.uri and len(one["childEPCs"]) == 3 for one in events)


def test_nothing_recalled_is_shipped(firm, series, session):
    box = filled(firm, series, 1, 2)
    session.execute(text("update trace_lot_lot set state = 'held' where id = :i"), {"i": firm.packed.id})
    session.expire_all()

    assert refused(service.ship, [box.public_id], firm.actor, to="示例商贸") == "aggregation.recalled"


def test_another_organisations_box_does_not_exist(firm, series):
    stranger = actor_of(make_organisation(7099, "另一示例合作社"))
    box = carton(firm)

    for call in (
        lambda: service.put(box.public_id, address(series, 1), stranger),
        lambda: service.close(box.public_id, stranger),
        lambda: station.do(box.public_id, str(uuid.uuid4()), "add", address(series, 1), stranger),
    ):
        with pytest.raises(BoxNotFound):
            call()
    with pytest.raises(NotFound):
        service.make_boxes(stranger, kind="carton", count=1, capacity=1, lot_public_id=firm.packed.public_id)


def test_the_same_scan_sent_twice_is_done_once_and_answered_alike(firm, series):
    box, key = carton(firm), str(uuid.uuid4())

    first = station.do(box.public_id, key, "add", address(series, 1), firm.actor)
    second = station.do(box.public_id, key, "add", address(series, 1), firm.actor)

    assert second == first | {"repeated": True}
    assert queries.count_of(box.id) == 1
    assert db.session.query(StationDeed).count() == 1


def test_a_refused_scan_may_be_sent_again_with_its_key(firm, series):
    full, key = carton(firm, 1), str(uuid.uuid4())
    service.put(full.public_id, address(series, 1), firm.actor)

    assert refused(station.do, full.public_id, key, "add", address(series, 2), firm.actor) == "aggregation.full"
    service.take_out(full.public_id, address(series, 1), firm.actor)
    assert station.do(full.public_id, key, "add", address(series, 2), firm.actor)["full"] is True


@pytest.mark.parametrize(
    "statement",
    [
        "delete from trace_aggregation_content",
        "update trace_aggregation_content set unit = unit + 1",
        (
            "insert into trace_aggregation_content (parent_id, item_id, unit, lot_id, valid_from, removal_reason) "
            "select id, :item, :unit, null, now() + interval '1 hour', '' from trace_aggregation_unit order by id desc limit 1"
        ),
    ],
)
def test_the_database_refuses_changed_and_overlapping_contents(firm, series, session, statement):
    box = carton(firm)
    service.put(box.public_id, address(series, 1), firm.actor)
    carton(firm)

    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(
            text(statement), {"item": series.item_id, "unit": series.start_unit} if ":item" in statement else {}
        )


def test_two_stations_at_once_never_pack_one_unit_into_two_cartons(cloned_db):
    app = cloned_db.app
    with app.app_context(), unit_of_work():
        grown = make.make_sealed_lot()
        issued = issuing.issue_series(grown.packed.public_id, 12, grown.actor)
        actor, places = grown.actor, [codes.unit_address(issued, n) for n in range(1, 13)]
        boxes = [box.public_id for box in service.make_boxes(grown.actor, kind="carton", count=4, capacity=12)]
        item_id = issued.item_id
    ready, outcomes = threading.Barrier(4), []

    def packer(box: uuid.UUID, order: list[str]) -> None:
        ready.wait()
        for one in order:
            try:
                with app.app_context(), unit_of_work():
                    service.put(box, one, actor)
                outcomes.append("in")
            except Refused as refusal:
                outcomes.append(refusal.code)

    threads = [
        threading.Thread(target=packer, args=(box, places[n:] + places[:n] if n % 2 else places[::-1]))
        for n, box in enumerate(boxes)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count("in") == 12
    assert set(outcomes) == {"in", "aggregation.already_packed"}
    with app.app_context():
        rows = db.session.execute(
            text("select unit from trace_aggregation_content where item_id = :i and valid_to is null"), {"i": item_id}
        )
        assert sorted(row.unit for row in rows) == list(range(1, 13))


def test_a_unit_is_never_voided_and_packed_at_once(cloned_db):
    app = cloned_db.app
    with app.app_context(), unit_of_work():
        grown = make.make_sealed_lot()
        issued = issuing.issue_series(grown.packed.public_id, 8, grown.actor)
        actor, series_id = grown.actor, issued.public_id
        places = [codes.unit_address(issued, n) for n in range(1, 9)]
        box = service.make_boxes(grown.actor, kind="carton", count=1, capacity=12)[0].public_id
    ready, outcomes = threading.Barrier(2), []

    def do(deed) -> None:
        ready.wait()
        for place in range(1, 9):
            try:
                with app.app_context(), unit_of_work():
                    deed(place)
                outcomes.append((place, deed.__name__))
            except (Refused, CannotIssue):
                pass

    def pack(place: int) -> None:
        service.put(box, places[place - 1], actor)

    def void(place: int) -> None:
        issuing.void_units(series_id, place, place, actor, reason="标签丢失")

    threads = [threading.Thread(target=do, args=(deed,)) for deed in (pack, void)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(place for place, _ in outcomes) == list(range(1, 9))
