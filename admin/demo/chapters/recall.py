"""An older lot of small bags: sold, found over the limit, recalled to the end with every gram accounted for."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import current_app

from admin.demo import cast
from admin.demo.chapters.alert import alert_of
from admin.demo.chapters.market import BUYERS
from admin.demo.stage import Stage, sample_fruit, sample_picture
from core import clock
from core.account.actor import GUEST, Actor
from core.file.service import store
from core.place.queries import find_by_code
from core.place.service import add_place
from shop.cart import service as carts
from shop.catalogue import service as catalogue
from shop.catalogue.queries import variants_of
from shop.checkout import service as checkout
from shop.order import service as orders
from shop.stock import service as stock
from trace.alert import service as alerts
from trace.code import queries as codes_read
from trace.code import register_service as prints
from trace.code import service as codes
from trace.inspection import service as inspection
from trace.inspection.rules import reading
from trace.item import queries as items_read
from trace.item import service as items
from trace.lot import queries as lots
from trace.lot import service as lot_service
from trace.recall import followup, queries, service
from trace.scan import contacts
from trace.season import service as seasons
from trace.signing import service as signing

if TYPE_CHECKING:
    from shop.order.models import Order
    from trace.lot.models import Lot
    from trace.recall.models import Recall

BAG_G, BAGS = 1_250, 260
PACKED_G = BAG_G * BAGS
VISITOR = "19900000015"
SUMMARY = (
    "原因查明：这块地采前 16 天用了啶虫脒，用量记成每亩 8 g，实际按 20 g 配药，残留偏高。"
    "卖出的已逐单通知，顾客退回和在库的一起送县无害化处理点销毁，其余已食用，逐单退款。"
    "以后配药两人核对，采前加测当季用过的药。"
)


def goods(stage: Stage) -> None:
    """Afterwards 260 small bags of another plot are packed, certified, sealed and coded."""
    operator, owner = stage.actor("coop2", cast.COOP, "operator"), stage.actor("coop", cast.COOP, "owner")
    with stage.at("2026-09-20 10:00"):
        plot = add_place(
            owner, kind="plot", code="P-0318", village="山西省运城市临猗县北景乡示例村", area_m2=2_000, name="示例村西地",
            latitude="35.1951", longitude="110.7043",
        )  # fmt: skip
        bag = items.add_item(
            owner, name="红富士 80–85 mm 1.25 kg 袋", variety="red-fuji", form="fresh", level="box", net_content_g=BAG_G,
            own_code="FJ-BAG", specification="apple-80", grade="apple-first", storage_method="0–4 ℃ 冷藏", shelf_life_days=60,
        )  # fmt: skip
        season = seasons.open_season(owner, place=plot, year=2026, variety="red-fuji")
        seasons.add_input(
            season, operator, done_on=date(2026, 9, 17), category="pesticide", name="啶虫脒", source="示例农资店", usage="喷雾",
            amount="每亩 8 g", registration_no="PD00000000", interval_days=14, summary="登记证号为示例",
        )  # fmt: skip
    house = find_by_code(owner.organisation_id or 0, "B-01")
    assert house is not None
    with stage.at("2026-10-03 17:00"):
        seasons.add_harvest(season, operator, done_on=date(2026, 10, 3), mass_g=330_000, summary="早采，分拣后装袋")
        raw = lot_service.receive_harvest(
            operator, item_id=_item(owner, "FJ-LOOSE"), sources=[(season, date(2026, 10, 3), 330_000)],
            made_on=date(2026, 10, 3), place=house, storage_method="0–4 ℃ 冷藏",
        )  # fmt: skip
    with stage.at("2026-10-05 16:00"):
        packed = lot_service.pack(
            operator, item_id=bag.id, sources=[(raw, PACKED_G)], pieces=BAGS, packed_on=date(2026, 10, 5), place=house,
            storage_method="0–4 ℃ 冷藏",
        )  # fmt: skip
        lot_service.write_off(raw, operator, mass_g=5_000, reason="磕碰伤，转作加工果", lost_on=date(2026, 10, 5))
    stage.notes["bag_lot"] = str(packed.public_id)
    with stage.at("2026-10-06 09:00"):
        inspection.issue_certificate(owner, lot=packed, bases=["control"])
    with stage.at("2026-10-06 10:00"):
        signing.seal_record(packed.id, actor=owner, password_confirmed=True)
    with stage.at("2026-10-06 14:00"):
        series = codes.issue_series(packed.public_id, BAGS, operator)
        prints.register_print(series.public_id, prints.Wish("roll", 1, BAGS), operator)
    address = codes_read.unit_address(series, 1)
    stage.notes["recalled_path"] = address[len(current_app.config["SETTINGS"].link_origin) :]


def sales(stage: Stage) -> None:
    """Afterwards 18 bags were sent to three buyers, three more wait for the parcel, and a visitor left a number."""
    owner, clerk = stage.actor("coop", cast.COOP, "owner"), stage.actor("office", cast.OFFICE, "office_clerk")
    bag = _bag(stage)
    with stage.at("2026-10-20 15:00"):
        house = find_by_code(owner.organisation_id or 0, "B-01")
        assert house is not None
        stock.receive(owner, lot_id=bag.id, site_id=house.id, quantity=BAGS, note="装袋入库")
        listing = catalogue.create_listing(
            owner, title="红富士苹果 1.25 kg 试吃袋", kind="apple", origin="山西省运城市临猗县北景乡",
            description="早采的一批，装小袋，先尝后买。", dispatch_note="付款或接单后 48 小时内发出，周日不发",
            delivery_note="县共同配送中心发快递", freight_fen=0, perishable=True, claim_hours=48,
            claim_terms="签收 48 小时内拍照，坏果按枚退款，不用寄回。",
        )  # fmt: skip
        catalogue.add_variant(owner, listing, item_id=bag.item_id, price_fen=1_680, size_label="1.25 kg 袋", unit="袋")
        catalogue.add_picture(owner, listing, sample_fruit("apple"), "苹果.jpg", alt="红富士苹果示意图")
        catalogue.move_listing(owner, listing, "submit")
    with stage.at("2026-10-20 16:00"):
        catalogue.move_listing(clerk, listing, "publish")
    stage.notes["recalled_listing"] = str(listing.public_id)
    for day, buyer, bags, sent in (
        ("2026-10-22", 0, 6, True), ("2026-10-24", 1, 4, True), ("2026-10-27", 2, 8, True), ("2026-11-07", 3, 3, False),
    ):  # fmt: skip
        order = _sell(stage, day, buyer, bags, sent=sent)
        stage.notes["waiting_order"] = str(order.public_id)
        stage.notes["recalled_order"] = f"/o/{order.token}"
    with stage.at("2026-10-26 12:00"):
        contacts.leave(bag.id, VISITOR, agreed=True)


def _sell(stage: Stage, day: str, buyer: int, bags: int, *, sent: bool) -> Order:
    """An order of that day, paid on delivery; sent and signed for, or only accepted."""
    owner = stage.actor("coop", cast.COOP, "owner")
    listing = catalogue.get_own(owner, uuid.UUID(stage.notes["recalled_listing"]))
    with stage.at(f"{day} 10:00") as placed:
        cart = carts.open_cart(None)
        carts.put(cart, uuid.UUID(str(variants_of([listing.id])[listing.id][0].public_id)), bags)
        made = checkout.place(
            cart, once_key=str(uuid.uuid4()), address=BUYERS[buyer], method="cod", stamp=checkout.quote(cart).stamp,
            clicks=(), actor=GUEST,
        )  # fmt: skip
        order = checkout.orders_of(made)[0]
    with stage.at(f"{day} 15:00"):
        orders.accept(owner, order)
    if sent:
        with stage.at(f"{day} 17:00"):
            orders.ship(owner, order, carrier="zhongtong", waybill_no=f"7500{order.id:010d}")
        with clock.frozen(placed + timedelta(days=3)):
            orders.sign(order)
    return order


def begin(stage: Stage) -> None:
    """Afterwards a test found the lot over the limit, the alert was handled, the recall was approved and all were told."""
    owner, operator = stage.actor("coop", cast.COOP, "owner"), stage.actor("coop2", cast.COOP, "operator")
    with stage.at("2026-11-08 15:00"):
        _report(operator, _bag(stage))
        alerts.sweep_all(full=True)
        alert = alert_of(owner, "residue_over")
        alerts.move(alert, "acknowledge", operator)
    with stage.at("2026-11-08 16:00"):
        recall = service.draft(
            owner, lot_ids=[_bag(stage).id], level="two", reason="这批苹果抽样检出啶虫脒 0.97 mg/kg，超过限量 0.8 mg/kg。",
            action="先别吃，留好袋子和标签，等卖家联系。", refund="整袋退款，不用寄回，凭订单或标签办理。", phone="0359-2000000",
            due_on=date(2026, 11, 30),
        )  # fmt: skip
        service.propose(recall, owner)
        alerts.move(alert, "resolve", owner, f"已停售，提出召回 {recall.recall_no}。")
    with stage.at("2026-11-08 17:30"):
        service.approve(recall, stage.actor("commerce", cast.COMMERCE, "commerce_clerk"))
        while followup.tell_waiting(recall.id):
            pass
    stage.notes["recall_no"], stage.notes["recall"] = recall.recall_no, str(recall.public_id)


def _report(operator: Actor, lot: Lot) -> None:
    sheet = store(
        sample_picture("检测报告（样张）", "示例检测中心", "编号 SLJC-2026-1107"), "检测报告.jpg", kind="document",
        owner_organisation_id=operator.organisation_id, actor=operator,
    )  # fmt: skip
    inspection.add_report(
        operator, lot=lot, report_no="SLJC-2026-1107", laboratory="示例检测中心", sampled_on=date(2026, 11, 5),
        reported_on=date(2026, 11, 7), file=sheet, readings=[reading("啶虫脒", "0.97"), reading("吡虫啉", "未检出", "0.01")],
    )  # fmt: skip


def finish(stage: Stage) -> None:
    """Afterwards every gram is accounted for, the report is written, and another officer has closed the recall."""
    owner, operator = stage.actor("coop", cast.COOP, "owner"), stage.actor("coop2", cast.COOP, "operator")
    with stage.at("2026-11-09 10:00"):
        recall = queries.get(uuid.UUID(stage.notes["recall"]), owner)
        waiting = orders.get_for_seller(owner, uuid.UUID(stage.notes["waiting_order"]))
        orders.cancel(owner, waiting, reason="这一批在召回，没有发货，不收款。")
    for moment, kind, bags, note in (
        ("2026-11-12 16:00", "returned", 6, "三位买家退回，当面点数"),
        ("2026-11-15 09:30", "destroyed", BAGS - 18, "县无害化处理点，过磅单存档"),
        ("2026-11-15 11:00", "consumed", 12, "买家说已经吃了，逐单退款"),
    ):
        with stage.at(moment):
            followup.recover(
                recall, _bag(stage).id, operator, kind=kind, mass_g=bags * BAG_G, on=clock.today(), note=note
            )
    with stage.at("2026-11-17 10:00"):
        _write_down_untold(recall, operator)
        service.summarise(recall, owner, SUMMARY)
        service.report(recall, owner)
    with stage.at("2026-11-19 15:00"):
        closer = stage.actor("commerce2", cast.COMMERCE, "commerce_clerk")
        service.close(recall, closer, "通知、下落、总结都齐，数量对得上，同意结束。")


def _write_down_untold(recall: Recall, operator: Actor) -> None:
    for party in queries.page(recall).parties:
        if party.told_at is None:
            followup.write_told(recall, party.public_id, operator, reached=True, note="打电话说清楚了，对方已知道。")


def _bag(stage: Stage) -> Lot:
    return lots.load(stage.notes["bag_lot"], stage.actor("coop", cast.COOP, "owner"))


def _item(owner: Actor, own_code: str) -> int:
    return next(i.id for i in items_read.items_of(owner.organisation_id or 0) if i.own_code == own_code)


CHAPTERS = (("second-lot", goods), ("second-sale", sales), ("recall", begin), ("recall-end", finish))
