"""A shop that took over sealed boxes sells them: its own stock and listing, the sealer's record and licence."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from core.db import db
from core.errors import BadInput, Conflict, RuleBroken
from core.hooks import lot_held
from core.ui.once import new_key
from shop.order import service as orders
from shop.stock import lots as shop_lots
from shop.stock import queries, service
from shop.stock.models import Hold
from tests.factories import code as make
from tests.factories import shop
from tests.factories import trace as grow
from tests.integration.shop.conftest import Stall
from trace.code import queries as codes
from trace.code import service as issuing
from trace.lot import queries as lots
from trace.lot import service as lotting
from trace.lot.models import Lot
from trace.movement import service as movement
from trace.scan.checks import fate_of
from trace.scan.resolve import Target

DAY = date(2026, 10, 20)


@pytest.fixture
def shopkeeper(session, clock, as_user):
    """A reseller with a part of 20 boxes of another firm's sealed lot."""
    grown = make.make_sealed_lot()
    receiver = grow.make_organisation(7019, "示例水果店")
    keeper = as_user("owner", receiver.id)
    buyer = keeper.actor
    net = grown.box.net_content_g
    shipment = movement.send(
        grown.actor, receiver_code=receiver.code, lines=[(grown.packed, 20 * net)], sent_on=None,
        papers=movement.Papers("晋M示例1", "YD1", "SH-1"),
    )  # fmt: skip
    movement.receive(shipment, buyer, {})
    keeper.grown, keeper.shipment, keeper.site = grown, shipment, shop.make_site(receiver.id)
    keeper.part = db.session.get_one(Lot, movement.lines_of(shipment)[0].part_lot_id)
    return keeper


def stocked(keeper, pieces: int = 10):
    return service.receive(keeper.actor, lot_id=keeper.part.id, site_id=keeper.site.id, quantity=pieces)


def test_the_receiver_stocks_lists_and_sells_its_part_and_the_box_is_told_as_sold(shopkeeper):
    series = issuing.issue_series(shopkeeper.grown.packed.public_id, 3, shopkeeper.grown.actor)
    row = stocked(shopkeeper)
    row.licence_until = date(2030, 12, 31)  # the sealer's, as the licence room would tell it
    listing, variant = shop.make_listing(shopkeeper.actor.organisation_id, shopkeeper.grown.box)
    shop.make_account(shopkeeper.actor.organisation_id)
    stall = Stall(
        shopkeeper, shopkeeper.actor.organisation_id, shopkeeper.grown.box, shopkeeper.part, row, listing, variant
    )
    order = stall.buy(2)

    orders.accept(shopkeeper.actor, order)
    orders.ship(
        shopkeeper.actor, order, carrier="county", waybill_no="GX-2026112009", scans=[codes.unit_address(series, 1)]
    )

    db.session.refresh(row)
    assert (row.on_hand, [line.lot_id for line in order.lines]) == (8, [shopkeeper.part.id])
    assert fate_of(Target("unit", series.item_id, series.lot_id, series.start_unit, True)).sold_at is not None
    assert (
        shop_lots.record_of(shopkeeper.part.id).public_id == shop_lots.record_of(shopkeeper.grown.packed.id).public_id
    )


def test_the_form_offers_the_part_and_the_item_and_nothing_of_others(shopkeeper, as_user):
    organisation_id, stranger = shopkeeper.actor.organisation_id, as_user("owner")

    assert [lot_id for lot_id, _ in shop_lots.lot_choices(organisation_id)] == [shopkeeper.part.id]
    assert [item_id for item_id, _ in shop_lots.item_choices(organisation_id)] == [shopkeeper.grown.box.id]
    assert shop_lots.item(shopkeeper.grown.box.id, shopkeeper.actor).net_g == shopkeeper.grown.box.net_content_g
    assert shop_lots.lot_choices(stranger.actor.organisation_id) == []
    with pytest.raises(BadInput):
        shop_lots.item(shopkeeper.grown.box.id, stranger.actor)
    page = shopkeeper.post(
        "/enterprise/stock",
        data={"lot_id": shopkeeper.part.id, "site_id": shopkeeper.site.id, "quantity": 5, "once": new_key()},
    )
    assert page.status_code == 302
    assert [row.on_hand for row in queries.rows_of(organisation_id)] == [5]


def test_the_licence_asked_is_the_sealers(shopkeeper):
    facts = shop_lots.get(shopkeeper.part.id)

    whole = shop_lots.get(shopkeeper.grown.packed.id)
    assert (facts.sealed, facts.record_id, facts.licence_until) == (True, whole.record_id, whole.licence_until)
    assert shopkeeper.part.id in shop_lots.under_licence_of(shopkeeper.grown.organisation.id)


def test_no_more_than_arrived_is_stocked_and_stocked_boxes_go_nowhere_else(shopkeeper):
    stocked(shopkeeper, 18)
    net = shopkeeper.grown.box.net_content_g

    with pytest.raises(RuleBroken) as more:
        stocked(shopkeeper, 3)
    with pytest.raises(Conflict) as sample:
        lotting.write_off(shopkeeper.part, shopkeeper.actor, mass_g=3 * net, reason="抽样", kind="sample")
    with pytest.raises(RuleBroken) as reopened:
        movement.reopen(shopkeeper.shipment, shopkeeper.actor, "收错了")

    assert more.value.code == "stock.receive.balance"
    assert sample.value.code == "lot.promised"
    assert "18 件" in str([one.message for one in reopened.value.unmet])
    lotting.write_off(shopkeeper.part, shopkeeper.actor, mass_g=2 * net, reason="抽样", kind="sample")


def test_a_stop_of_the_whole_stops_the_part_and_its_release_frees_it(shopkeeper):
    stocked(shopkeeper)
    for held in (True, False):
        for hook in lot_held:
            hook(lot_id=shopkeeper.grown.packed.id, held=held, reason="抽检待复核", source="inspection")
        open_holds = db.session.query(Hold).filter(Hold.lot_id == shopkeeper.part.id, Hold.lifted_at.is_(None)).count()
        assert open_holds == int(held)
    assert lots.sellable(shopkeeper.part.id) is True

    db.session.execute(
        text("update trace_lot_lot set state = 'held' where id = :id"), {"id": shopkeeper.grown.packed.id}
    )
    db.session.expire_all()
    assert lots.sellable(shopkeeper.part.id) is False
    assert shop_lots.get(shopkeeper.part.id).held is True
