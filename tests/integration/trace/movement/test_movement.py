"""Shipments by their services and pages: what is on the way, what arrives, what a third may see."""

from __future__ import annotations

import io
import re
import threading
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.db import db, unit_of_work
from core.errors import BadInput, Conflict, DomainError, NotFound, RuleBroken
from core.file.service import store
from tests.factories import trace as grow
from trace.inspection import service as inspection
from trace.lot import queries as lots
from trace.lot import reversal
from trace.lot import service as lotting
from trace.lot.models import Deed, Lot
from trace.movement import queries, service
from trace.movement.models import Shipment
from trace.movement.service import Told

DAY = date(2026, 10, 20)


@pytest.fixture
def grown(session, clock):
    made = grow.make_packed_lot(harvested_g=2_000_000, taken_g=500_000, pieces=98)
    made.buyer = grow.make_organisation(7009, "示例收购商")
    made.buying = grow.actor_of(made.buyer)
    return made


def sent(grown, *lines):
    return service.send(
        grown.actor, receiver_code=grown.buyer.code, lines=lines or [(grown.raw, 1_000_000)], sent_on=DAY,
        papers=service.Papers("晋M示例1", "YD1", "SH-1"),
    )  # fmt: skip


def holds(*ids):
    return all(b.holds for b in lots.balances(ids).values())


def test_sent_grams_are_on_the_way_until_the_receiver_answers(grown):
    shipment = sent(grown)

    assert (grown.raw.remainder_g, shipment.state) == (500_000, "in_transit")
    assert lots.balances([grown.raw.id])[grown.raw.id].under_way_g == 1_000_000
    assert holds(grown.raw.id)
    with pytest.raises(RuleBroken):
        sent(grown, (grown.raw, 500_001))


def test_what_arrived_is_the_receivers_and_every_gram_has_a_fate(grown, session):
    shipment = sent(grown)
    line = service.lines_of(shipment)[0]

    service.receive(shipment, grown.buying, {line.id: Told(5_000, 2_000, 3_000, "过磅少 2 kg")}, received_on=DAY)

    part = session.get(Lot, line.part_lot_id)
    session.refresh(grown.raw)
    assert shipment.state == "differs"
    assert (part.organisation_id, part.holder_id, part.producer_id) == (
        grown.buyer.id,
        grown.buyer.id,
        grown.organisation.id,
    )
    assert (part.item_id, part.lot_no, part.root_id) == (grown.raw.item_id, grown.raw.lot_no, grown.raw.id)
    assert (part.mass_g, part.lost_g, part.remainder_g) == (995_000, 5_000, 990_000)
    assert (grown.raw.lost_g, grown.raw.remainder_g) == (2_000, 503_000)
    assert [(e.kind, e.mass_g) for e in lots.edges_up([part.id], depth=1)] == [("arrive", 995_000)]
    assert holds(grown.raw.id, part.id)
    assert "收下 990 kg，破损 5 kg，途中短少 2 kg，拒收 3 kg" in queries.offers(grown.raw.id)[0].sentence


def test_a_difference_needs_its_reason_and_cannot_exceed_what_was_sent(grown):
    shipment = sent(grown)
    line = service.lines_of(shipment)[0]

    with pytest.raises(BadInput):
        service.receive(shipment, grown.buying, {line.id: Told(short_g=1)})
    with pytest.raises(RuleBroken):
        service.receive(shipment, grown.buying, {line.id: Told(short_g=1_000_001, remark="少")})
    assert shipment.state == "in_transit"


def test_all_refused_goes_back_whole(grown, session):
    shipment = sent(grown)
    line = service.lines_of(shipment)[0]

    service.receive(shipment, grown.buying, {line.id: Told(refused_g=1_000_000, remark="品种不对")})

    session.refresh(grown.raw)
    assert shipment.state == "refused"
    assert (grown.raw.used_g, line.part_lot_id) == (500_000, None)


def test_the_receiver_packs_what_arrived_and_the_harvest_is_still_found(grown, session):
    shipment = sent(grown)
    service.receive(shipment, grown.buying, {})
    part = session.get(Lot, service.lines_of(shipment)[0].part_lot_id)
    box = grow.make_box(grown.buying, "MJ-5KG")

    packed = lotting.pack(grown.buying, item_id=box.id, sources=[(part, 50_000)], pieces=10)

    assert packed.producer_id == grown.organisation.id
    assert [e.kind for e in lots.edges_up([packed.id])] == ["pack", "arrive", "receive"]
    subject = lots.sealing_facts(packed.id)["credentialSubject"]
    assert [e["fromKind"] for e in subject["edges"]] == ["season", "lot"]
    assert {u.rule for u in lots.sealing_unmet(part.id)} >= {"seal.part"}
    assert lots.find_lot(grown.raw.item_id, grown.raw.lot_no).id == grown.raw.id


def test_a_voided_shipment_gives_everything_back_and_a_received_one_is_not_voided(grown, session):
    shipment = sent(grown)
    service.void(shipment, grown.actor, "车没来")

    session.refresh(grown.raw)
    assert (shipment.state, grown.raw.used_g) == ("void", 500_000)
    other = sent(grown)
    service.receive(other, grown.buying, {})
    with pytest.raises(Conflict):
        service.void(other, grown.actor, "反悔")


def test_a_wrong_receipt_is_taken_back_and_answered_again(grown, session):
    shipment = sent(grown)
    line = service.lines_of(shipment)[0]
    service.receive(shipment, grown.buying, {line.id: Told(5_000, 20_000, 0, "写错")})
    part_id = line.part_lot_id

    service.reopen(shipment, grown.buying, "少了 2 kg 写成 20 kg")

    session.refresh(grown.raw)
    assert (shipment.state, line.taken_g, grown.raw.used_g, grown.raw.lost_g) == ("in_transit", None, 1_500_000, 0)
    assert session.get(Lot, part_id).state == "cancelled"
    service.receive(shipment, grown.buying, {line.id: Told(5_000, 2_000, 0, "过磅少 2 kg")})
    assert holds(grown.raw.id, line.part_lot_id)


def test_a_receipt_on_which_something_stands_is_not_taken_back(grown, session):
    shipment = sent(grown)
    service.receive(shipment, grown.buying, {})
    part = session.get(Lot, service.lines_of(shipment)[0].part_lot_id)
    lotting.write_off(part, grown.buying, mass_g=1_000, reason="腐烂")

    with pytest.raises(RuleBroken) as error:
        service.reopen(shipment, grown.buying, "记错了")

    assert "1 kg 损耗" in error.value.unmet[0].message


def test_a_lot_on_the_way_is_not_taken_back(grown, session):
    sent(grown, (grown.packed, 50_000))

    with pytest.raises(RuleBroken) as error:
        reversal.reverse(session.get(Deed, grown.packed.deed_id), grown.actor, "装错")

    assert "在途" in error.value.unmet[0].message


def test_only_the_receiver_answers_only_the_sender_voids_and_a_third_sees_nothing(grown):
    shipment = sent(grown)
    stranger = grow.actor_of(grow.make_organisation(7010, "示例别家"))

    for deed in (
        lambda: service.receive(shipment, grown.actor, {}), lambda: service.receive(shipment, stranger, {}),
        lambda: service.void(shipment, grown.buying, "不要了"), lambda: queries.load(shipment.public_id, stranger),
        lambda: service.reopen(shipment, stranger, "x"),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            deed()
    assert queries.load(shipment.public_id, grown.buying).id == shipment.id


def test_packed_goods_go_by_whole_pieces_and_sealed_ones_may_go_too(grown):
    inspection.issue_certificate(grown.actor, lot=grown.packed, bases=["control"])
    lotting.begin_sealing(grown.packed.id, grown.actor)
    with pytest.raises(BadInput):
        sent(grown, (grown.packed, 12_000))

    shipment = sent(grown, (grown.packed, 100_000))
    service.receive(shipment, grown.buying, {})

    part = lots.lot_by_id(service.lines_of(shipment)[0].part_lot_id)
    assert (part.pieces, part.pieces_left, part.lot_no) == (20, 20, grown.packed.lot_no)
    assert lots.lot_by_id(grown.packed.id).pieces_left == 78


def test_what_was_sent_never_changes_in_the_database(grown, session):
    sent(grown)
    session.flush()
    for statement in ("delete from trace_movement_line", "update trace_movement_line set mass_g = 1"):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text(statement))


def test_goods_from_outside_are_declared_and_never_enter_a_sealed_record(grown):
    paper = store(
        grow_picture(), "票据.jpg", kind="picture", owner_organisation_id=grown.organisation.id, actor=grown.actor
    )
    lot = service.receive_from_outside(
        grown.actor, item_id=grown.loose.id, mass_g=300_000, supplier="示例果业公司", origin="万荣县示例村",
        file_id=paper.id, received_on=DAY,
    )  # fmt: skip

    mixed = lotting.pack(grown.actor, item_id=grown.box.id, sources=[(lot, 50_000), (grown.raw, 50_000)], pieces=20)

    assert holds(lot.id, mixed.id)
    assert "seal.outside" in {u.rule for u in lots.sealing_unmet(mixed.id)}
    flow = lots.edges_up([lot.id])[0]
    assert queries.outside_by_id([flow.outside_id])[flow.outside_id].supplier == "示例果业公司"
    with pytest.raises(BadInput):
        service.receive_from_outside(
            grown.actor, item_id=grown.loose.id, mass_g=1, supplier="张三 13800138000", origin="村", file_id=paper.id
        )


def grow_picture():
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, "JPEG")
    return out.getvalue()


def once(page):
    return re.search(r'name="once"[^>]*value="([^"]+)"', page.text)[1]


def test_pages_from_sending_to_receiving(grown, as_user, session):
    owner, buyer, third = as_user("owner", grown.organisation.id), as_user("owner", grown.buyer.id), as_user("owner")
    form = {"receiver": grown.buyer.code, "sent_on": "2026-11-19", "waybill_no": "SF1"}
    key = f"take-{grown.raw.public_id}"
    page = "/shipments/send"

    assert owner.post(page, data=form | {"once": once(owner.get(page))}).status_code == 422
    assert owner.post(page, data=form | {key: "九", "once": once(owner.get(page))}).status_code == 422
    done = owner.post(page, data=form | {key: "100", "once": once(owner.get(page))})
    assert done.status_code == 302
    here = done.headers["Location"]
    assert third.get(here).status_code == 404
    assert third.get(here + "/void").status_code == 404
    assert buyer.get(here + "/void").status_code == 404  # calling back is the sender's
    assert owner.get(here + "/reopen").status_code == 404  # answering is the receiver's
    assert "在途" in owner.get(here).text
    assert owner.post(here, data={"received_on": "2026-11-20"}).status_code == 409
    line = service.lines_of(session.scalar(select(Shipment)))[0]
    bad = buyer.post(here, data={"received_on": "2026-11-20", f"short-{line.id}": "2", "once": once(buyer.get(here))})
    assert bad.status_code == 422
    assert "要写明原因" in bad.text
    good = {"received_on": "2026-11-20", f"short-{line.id}": "2", f"remark-{line.id}": "过磅少 2 kg"}
    assert buyer.post(here, data=good | {"once": once(buyer.get(here))}).status_code == 302
    assert "已收货，有差异" in owner.get(here).text
    for client in (owner, buyer):
        assert client.get("/shipments/").status_code == 200
    assert as_user("office_clerk").get("/shipments/").status_code == 403
    part = session.scalar(select(Lot).where(Lot.root_id.is_not(None)))
    assert buyer.get(f"/lots/{part.public_id}").status_code == 200
    assert owner.get(f"/lots/{part.public_id}").status_code == 404
    assert (
        buyer.post(here + "/reopen", data={"reason": "写错", "once": once(buyer.get(here + "/reopen"))}).status_code
        == 302
    )


def test_the_same_fruit_is_not_sent_and_packed_at_once(cloned_db):
    with cloned_db.app.app_context(), unit_of_work():
        made = grow.make_packed_lot(harvested_g=1_000_000, taken_g=5_000, pieces=1)
        code = grow.make_organisation(7009, "示例收购商").code
        raw, box, actor = made.raw.id, made.box.id, made.actor
    start, outcomes = threading.Barrier(4), []

    def run(i):
        with cloned_db.app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    lot = db.session.get_one(Lot, raw)
                    if i % 2:
                        lotting.pack(actor, item_id=box, sources=[(lot, 600_000)], pieces=120)
                    else:
                        service.send(actor, receiver_code=code, lines=[(lot, 600_000)])
                outcomes.append("done")
            except DomainError as error:
                outcomes.append(error.code)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(outcomes) == ["done", "lot.short", "lot.short", "lot.short"]
    with cloned_db.app.app_context():
        assert lots.balances([raw])[raw].holds


def test_two_receivers_of_one_shipment_make_one_receipt(cloned_db):
    with cloned_db.app.app_context(), unit_of_work():
        made = grow.make_packed_lot(harvested_g=1_000_000, taken_g=5_000, pieces=1)
        buyer = grow.make_organisation(7009, "示例收购商")
        shipment = service.send(made.actor, receiver_code=buyer.code, lines=[(made.raw, 100_000)])
        key, actor = shipment.id, grow.actor_of(buyer)
    start, outcomes = threading.Barrier(2), []

    def run():
        with cloned_db.app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    service.receive(db.session.get_one(Shipment, key), actor, {})
                outcomes.append("done")
            except DomainError as error:
                outcomes.append(error.code)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(outcomes) == ["done", "movement.answered"]
