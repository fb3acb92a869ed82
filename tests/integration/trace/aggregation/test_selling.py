"""Units that leave with an order, units that are destroyed: recorded once, told by the verdict, undone with their deed."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core import clock as core_clock
from core.db import db, unit_of_work
from core.errors import BadInput, Conflict
from core.hooks import codes_changed
from core.ui.once import new_key
from shop.order import service as orders
from tests.factories import code as make
from tests.factories import shop
from tests.integration.shop.conftest import Stall
from trace.aggregation import selling, service
from trace.aggregation.errors import Refused
from trace.code import fates
from trace.code import queries as codes
from trace.code import service as issuing
from trace.code.errors import CannotIssue
from trace.code.models import Departure
from trace.event.models import Event
from trace.lot import reversal
from trace.lot.models import Deed
from trace.scan.checks import fate_of
from trace.scan.resolve import Target


@pytest.fixture
def firm(sealed_lot):
    return sealed_lot


@pytest.fixture
def series(firm):
    return issuing.issue_series(firm.packed.public_id, 30, firm.actor)


def address(series, place: int) -> str:
    return codes.unit_address(series, place)


def fate(series, place: int):
    return fate_of(Target("unit", series.item_id, series.lot_id, series.start_unit + place - 1, True))


def filled(firm, series, first: int, last: int):
    box = service.make_boxes(firm.actor, kind="carton", count=1, capacity=12)[0]
    for place in range(first, last + 1):
        service.put(box.public_id, address(series, place), firm.actor)
    return service.close(box.public_id, firm.actor)


def sell(firm, scans, pieces: int = 5, source: str = "order:1") -> int:
    return selling.sell(scans, {firm.packed.id: pieces}, firm.actor, source=source, to="订单 1")


def refused(call, *arguments, **values) -> str:
    with pytest.raises(Conflict) as refusal:
        call(*arguments, **values)
    return str(refusal.value.code)


def test_an_order_that_leaves_with_a_carton_and_two_boxes_marks_each_of_them_sold(firm, series, as_user):
    seller = as_user("owner", firm.organisation.id)
    stock = shop.make_stock(firm.packed, on_hand=20)
    listing, variant = shop.make_listing(firm.organisation.id, firm.box)
    shop.make_account(firm.organisation.id)
    stall = Stall(seller, firm.organisation.id, firm.box, firm.packed, stock, listing, variant)
    order, box = stall.buy(5), filled(firm, series, 1, 3)
    orders.accept(seller.actor, order)

    form = {"carrier": "county", "waybill_no": "GX-2026112001", "once": new_key()}
    scans = "\r\n".join([box.code, address(series, 8), address(series, 9)[-13:].lower(), ""])
    answer = seller.post(f"/enterprise/orders/{order.public_id}/ship", data=form | {"units": scans})

    assert answer.status_code == 302
    sold = [place for place in range(1, 31) if fate(series, place).sold_at]
    assert (sold, fate(series, 1).shipped, fate(series, 4).shipped) == ([1, 2, 3, 8, 9], True, None)
    assert (box.shipped_to, box.shipping_document) == (f"订单 {order.order_no}", "GX-2026112001")
    told = db.session.scalars(select(Event).where(Event.step == "retail_sale")).one()
    assert (told.biz_step, len(told.payload["epcList"])) == ("retail_selling", 5)
    assert "示例买家" not in str(told.payload)
    assert "第 8–9 张" in seller.get(f"/codes/{series.public_id}").text


def test_a_scan_that_does_not_fit_leaves_order_and_units_as_they_were(firm, series, as_user):
    seller = as_user("owner", firm.organisation.id)
    stock = shop.make_stock(firm.packed, on_hand=20)
    listing, variant = shop.make_listing(firm.organisation.id, firm.box)
    shop.make_account(firm.organisation.id)
    order = Stall(seller, firm.organisation.id, firm.box, firm.packed, stock, listing, variant).buy(1)
    orders.accept(seller.actor, order)
    form = {"carrier": "county", "waybill_no": "GX-2026112002", "once": new_key()}

    answer = seller.post(
        f"/enterprise/orders/{order.public_id}/ship",
        data=form | {"units": address(series, 1) + "\n" + address(series, 2)},
    )

    assert answer.status_code == 422
    assert "扫到 2 件，订单是 1 件" in answer.text
    db.session.refresh(order)
    assert (order.state, fate(series, 1).sold_at) == ("to_ship", None)


def test_what_is_foreign_voided_boxed_gone_or_too_much_is_refused_with_its_reason(firm, series):
    other = make.make_sealed_lot(number=7050, name="另一示例合作社")
    theirs = issuing.issue_series(other.packed.public_id, 3, other.actor)
    box = filled(firm, series, 1, 3)
    issuing.void_units(series.public_id, 5, 5, firm.actor, reason="标签丢失")
    sell(firm, [address(series, 6)])

    assert refused(sell, firm, [address(theirs, 1)]) == "aggregation.not_ordered"
    assert refused(sell, firm, [address(series, 1)]) == "aggregation.in_box"
    assert refused(sell, firm, [address(series, 5)]) == "aggregation.voided"
    assert refused(sell, firm, [address(series, 6)]) == "aggregation.gone"
    assert refused(sell, firm, [box.code], pieces=2) == "aggregation.more_than_ordered"
    assert refused(sell, other, [box.code]) == "aggregation.box_not_found"
    with pytest.raises(BadInput):
        sell(firm, ["not a code"])
    with pytest.raises(Refused) as packed:
        service.put(filled_open(firm).public_id, address(series, 6), firm.actor)
    assert packed.value.code == "aggregation.gone"


def filled_open(firm):
    return service.make_boxes(firm.actor, kind="carton", count=1, capacity=12)[0]


def test_a_sold_unit_is_not_voided_and_not_sold_twice_whatever_the_code_says(firm, series):
    sell(firm, [address(series, 1), address(series, 2)])

    with pytest.raises(CannotIssue) as refusal:
        issuing.void_units(series.public_id, 2, 4, firm.actor, reason="标签丢失")
    with pytest.raises(DBAPIError), db.session.begin_nested():
        fates.sell([fates.Unit(series.item_id, series.lot_id, series.start_unit)], firm.actor, source="order:2")

    assert [one.message for one in refusal.value.unmet] == ["其中 1 件已登记售出。"]
    with pytest.raises(DBAPIError, match="ended"), db.session.begin_nested():
        db.session.execute(text("update trace_code_departure set first_unit = 1, last_unit = 9"))
    with pytest.raises(DBAPIError, match="ended"), db.session.begin_nested():
        db.session.execute(text("delete from trace_code_departure"))


def test_destroyed_boxes_leave_the_lots_balance_and_come_back_when_the_deed_is_reversed(firm, series):
    told: list[int] = []
    with codes_changed.only(lambda *, organisation_id: told.append(organisation_id)):
        row = fates.destroy(series.public_id, 3, 4, firm.actor, reason="冷库停电，已无害化处理")

        assert (fate(series, 3).destroyed, fate(series, 5).destroyed) == (True, False)
        db.session.refresh(firm.packed)
        assert firm.packed.lost_g == 2 * firm.box.net_content_g
        assert codes.standing_codes(firm.packed.id) == 30

        reversal.reverse(db.session.get_one(Deed, row.deed_id), firm.actor, "登记错了批次")
    assert told == [firm.organisation.id, firm.organisation.id]
    assert fate(series, 3).destroyed is False
    db.session.refresh(firm.packed)
    assert firm.packed.lost_g == 0
    fates.destroy(series.public_id, 3, 3, firm.actor, reason="这次是真的")


@pytest.mark.parametrize(
    ("first", "last", "reason", "rules"),
    [
        (0, 1, "烂果", ["code.print_range"]),
        (1, 31, "烂果", ["code.print_range"]),
        (5, 4, "烂果", ["code.print_range"]),
        (1, 1, "", ["code.destroy_reason"]),
        (9, 10, "烂果", ["code.already_void"]),
        (19, 20, "烂果", ["code.already_destroyed"]),
    ],
)
def test_what_cannot_be_destroyed_is_told_rule_by_rule(firm, series, first, last, reason, rules):
    issuing.void_units(series.public_id, 10, 10, firm.actor, reason="标签丢失")
    fates.destroy(series.public_id, 20, 20, firm.actor, reason="烂果")

    with pytest.raises(CannotIssue) as refusal:
        fates.destroy(series.public_id, first, last, firm.actor, reason=reason)

    assert [one.rule for one in refusal.value.unmet] == rules


def test_pieces_in_the_shops_stock_are_counted_out_before_they_are_destroyed_and_returned_ones_need_not(firm, series):
    shop.make_stock(firm.packed, on_hand=(firm.packed.pieces or 0) - 1)
    sell(firm, [address(series, 1), address(series, 2)])

    assert refused(fates.destroy, series.public_id, 1, 4, firm.actor, reason="烂果") == "lot.destroy_promised"
    fates.destroy(series.public_id, 1, 3, firm.actor, reason="召回退回，已无害化处理")

    assert fate(series, 1).destroyed is True
    assert db.session.scalar(select(Departure.kind).where(Departure.kind == "destroyed")) == "destroyed"


def test_the_page_records_destruction_for_its_own_firm_only(firm, series, as_user):
    owner, stranger = as_user("owner", firm.organisation.id), as_user("owner")
    form = {"first": 2, "last": 3, "on": core_clock.today().isoformat(), "reason": "烂果", "understood": "y"}

    assert stranger.get(f"/codes/{series.public_id}/destroy").status_code == 404
    assert stranger.post(f"/codes/{series.public_id}/destroy", data=form | {"once": new_key()}).status_code == 404
    assert owner.get(f"/codes/{series.public_id}/destroy").status_code == 200
    done = owner.post(f"/codes/{series.public_id}/destroy", data=form | {"once": new_key()})

    assert done.status_code == 303
    assert "第 2–3 张" in owner.get(f"/codes/{series.public_id}").text
    assert fate(series, 2).destroyed is True


def test_the_code_page_of_a_destroyed_box_says_so_and_the_others_do_not(firm, series, client):
    fates.destroy(series.public_id, 2, 2, firm.actor, reason="烂果，已深埋")
    paths = ["/" + address(series, place).split("/", 3)[3] for place in (2, 3)]

    pages = client.application.extensions["code_page"]._pages
    pages.clear()
    gone, there = (client.get(path, headers={"Accept": "text/html"}) for path in paths)
    pages.clear()  # the lot is rolled back: its page must not outlive it

    assert "这一箱已登记销毁" in gone.text
    assert "这一箱已登记销毁" not in there.text


def test_a_void_is_told_to_who_keeps_pages(firm, series):
    told: list[int] = []
    with codes_changed.only(lambda *, organisation_id: told.append(organisation_id)):
        issuing.void_units(series.public_id, 5, 6, firm.actor, reason="标签丢失")

    assert told == [firm.organisation.id]


def test_of_two_who_destroy_or_sell_the_same_box_at_once_one_is_refused(cloned_db):
    app = cloned_db.app
    with app.app_context(), unit_of_work():
        grown = make.make_sealed_lot()
        series = issuing.issue_series(grown.packed.public_id, 4, grown.actor)
        public_id, actor, packed, scan = series.public_id, grown.actor, grown.packed.id, address(series, 1)
    ready, outcomes = threading.Barrier(3), []

    def run(deed) -> None:
        ready.wait()
        try:
            with app.app_context(), unit_of_work():
                deed()
                outcomes.append("done")
        except (CannotIssue, Conflict) as refusal:
            outcomes.append(type(refusal).__name__)

    deeds = [lambda: fates.destroy(public_id, 1, 2, actor, reason="烂果")] * 2
    deeds.append(lambda: selling.sell([scan], {packed: 1}, actor, source="order:9", to="订单 9"))
    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with app.app_context():
        kinds = sorted(db.session.scalars(select(Departure.kind).where(Departure.undone_at.is_(None))))
    assert kinds.count("destroyed") == 1
    assert len(outcomes) == 3
    assert outcomes.count("done") == len(kinds)
