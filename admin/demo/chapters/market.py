"""Listings, stock, a livestream host, and orders in the days before the real today."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from admin.demo import cast
from admin.demo.stage import Stage, sample_fruit
from core import clock
from core.account.actor import GUEST, Actor
from core.place.queries import find_by_code
from shop.cart import service as carts
from shop.catalogue import service as catalogue
from shop.catalogue.queries import variants_of
from shop.checkout import service as checkout
from shop.checkout.rules import Address
from shop.livestream import service as hosts
from shop.livestream.rules import Click
from shop.order import service as orders_service
from shop.payment import service as payment
from shop.stock import service as stock
from trace.lot import queries as lots

if TYPE_CHECKING:
    from shop.catalogue.models import Listing
    from shop.order.models import Order
    from trace.lot.models import Lot

BUYERS = (
    Address("示例顾客甲", "19900000011", "山西省", "太原市", "小店区", "", "示例路 1 号"),
    Address("示例顾客乙", "19900000012", "陕西省", "西安市", "雁塔区", "", "示例路 2 号"),
    Address("示例顾客丙", "19900000013", "河南省", "郑州市", "金水区", "", "示例路 3 号"),
    Address("示例顾客丁", "19900000014", "北京市", "北京市", "朝阳区", "", "示例路 4 号"),
)


def listings(stage: Stage) -> None:
    """Afterwards the co-op sells its boxes and gift boxes from the packhouse's stock."""
    owner, clerk = stage.actor("coop", cast.COOP, "owner"), stage.actor("office", cast.OFFICE, "office_clerk")
    with stage.at("2026-10-19 09:00"):
        payment.set_account(
            owner,
            account_name=cast.COOP,
            bank="示例银行临猗支行",
            account_no="6200000000000000000",
            cash_on_delivery=True,
        )
        house = find_by_code(owner.organisation_id or 0, "B-01")
        assert house is not None
        for note, pieces in (("apple_lot", 900), ("gift_lot", 38)):
            stock.receive(owner, lot_id=_lot(stage, note).id, site_id=house.id, quantity=pieces, note="装箱入库")
        listing = catalogue.create_listing(
            owner, title="红富士苹果 一等品 80–85 mm", kind="apple", origin="山西省运城市临猗县北景乡",
            description="树上自然着色，采后冷藏。每箱附可扫的追溯码，封存记录可查。", dispatch_note="付款或接单后 48 小时内发出，周日不发",
            delivery_note="县共同配送中心发快递", freight_fen=0, perishable=True, claim_hours=48,
            claim_terms="签收 48 小时内拍照，坏果按枚退款，不用寄回。",
        )  # fmt: skip
        catalogue.add_variant(
            owner, listing, item_id=_lot(stage, "apple_lot").item_id, price_fen=5_980, size_label="5 kg 箱"
        )
        catalogue.add_variant(
            owner,
            listing,
            item_id=_lot(stage, "gift_lot").item_id,
            price_fen=3_980,
            size_label="2.5 kg 礼盒",
            unit="盒",
        )
        catalogue.add_picture(owner, listing, sample_fruit("apple"), "苹果.jpg", alt="红富士苹果示意图")
        catalogue.move_listing(owner, listing, "submit")
    with stage.at("2026-10-19 15:00"):
        catalogue.move_listing(clerk, listing, "publish")
    stage.notes["listing"] = str(listing.public_id)


def host(stage: Stage) -> None:
    """Afterwards a host is approved by the brand office and has a link to the listing."""
    with stage.at("2026-10-20 10:00"):
        person = stage.actor("host")
        row = hosts.apply(person, stage_name=cast.HOST, platform="other", account="demo-xiaoman", promise=True)
        hosts.move_host(person, row, "submit")
    with stage.at("2026-10-21 09:00"):
        hosts.move_host(stage.actor("brand", cast.BRAND_OFFICE, "brand_clerk"), row, "approve")
    with stage.at("2026-10-21 10:00"):
        link = hosts.make_link(stage.actor("host"), row, _listing(stage).id)
    stage.notes["host_link"] = f"/l/{link.token}"


def orders(stage: Stage) -> None:
    """Afterwards six orders of the last days stand in different states: placed to closed, one cancelled, one by the host."""
    owner = stage.actor("coop", cast.COOP, "owner")
    today = clock.now()
    plan = (
        (9, 0, "transfer", 2, False, "closed"),
        (6, 1, "cod", 1, True, "signed"),
        (4, 2, "transfer", 3, False, "shipped"),
        (3, 3, "transfer", 1, False, "cancelled"),
        (2, 0, "cod", 2, True, "to_ship"),
        (0, 1, "transfer", 1, False, "placed"),
    )
    for days, buyer, method, quantity, by_host, until in plan:
        placed = today - timedelta(days=days, hours=5)
        with clock.frozen(placed):
            order = _place(stage, BUYERS[buyer], method, quantity, by_host)
        _carry(owner, order, method, placed, until)


def _place(stage: Stage, address: Address, method: str, quantity: int, by_host: bool) -> Order:
    listing = _listing(stage)
    variant = variants_of([listing.id])[listing.id][0]
    cart = carts.open_cart(None)
    carts.put(cart, uuid.UUID(str(variant.public_id)), quantity)
    clicks: tuple[Click, ...] = ()
    if by_host:
        link = hosts.find_link(stage.notes["host_link"].removeprefix("/l/"))
        clicks = tuple(hosts.clicks(hosts.remember(None, link, clock.now() - timedelta(minutes=12))))
    asked = checkout.quote(cart)
    made = checkout.place(
        cart, once_key=str(uuid.uuid4()), address=address, method=method, stamp=asked.stamp, clicks=clicks, actor=GUEST
    )
    return checkout.orders_of(made)[0]


def _carry(owner: Actor, order: Order, method: str, placed: datetime, until: str) -> None:
    """Move the order on, a day at a time, until the state the story wants."""
    if until == "placed":
        return
    with clock.frozen(placed + timedelta(hours=3)):
        if until == "cancelled":
            orders_service.cancel(owner, order, reason="顾客来电，地址填错，重新下单。")
            return
        if method == "transfer":
            orders_service.confirm_transfer(owner, order, reference=f"YH{order.id:08d}", received_fen=order.total_fen)
        else:
            orders_service.accept(owner, order)
    if until == "to_ship":
        return
    with clock.frozen(placed + timedelta(hours=20)):
        orders_service.ship(owner, order, carrier="zhongtong", waybill_no=f"7500{order.id:010d}")
    if until == "shipped":
        return
    with clock.frozen(placed + timedelta(days=3)):
        orders_service.sign(order)
    if until == "closed":
        with clock.frozen(placed + timedelta(days=8)):
            orders_service.close(order)


def _lot(stage: Stage, note: str) -> Lot:
    return lots.load(stage.notes[note], stage.actor("coop", cast.COOP, "owner"))


def _listing(stage: Stage) -> Listing:
    return catalogue.get_own(stage.actor("coop", cast.COOP, "owner"), uuid.UUID(stage.notes["listing"]))
