"""What became of boxes: two crushed ones destroyed by their numbers, forty sold on by a reseller; then the lots' events signed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import current_app

from admin.demo import cast
from admin.demo.stage import Stage, sample_fruit
from core.place.service import add_place
from shop.catalogue import service as catalogue
from shop.payment import service as payment
from shop.stock import service as stock
from trace.code import fates
from trace.code import queries as codes
from trace.lot import queries as lots
from trace.movement import service as movement
from trace.movement.service import Papers
from trace.signing import eventlist, service

if TYPE_CHECKING:
    from core.account.actor import Actor
    from trace.code.models import Series
    from trace.lot.models import Lot

VILLAGE = "山西省运城市临猗县猗氏镇"
CRUSHED = 1_101  # place of the first destroyed box in its series


def destroyed(stage: Stage) -> None:
    """Afterwards two crushed boxes are destroyed under a deed, and a scan of either says so."""
    owner = _owner(stage)
    series = _apples(stage, owner)
    with stage.at("2026-10-22 16:00"):
        fates.destroy(
            series.public_id, CRUSHED, CRUSHED + 1, owner, reason="叉车压坏两箱，已拍照后销毁", on=date(2026, 10, 22)
        )
    origin = current_app.config["SETTINGS"].link_origin
    stage.notes["destroyed_path"] = codes.unit_address(series, CRUSHED)[len(origin) :]


def resold(stage: Stage) -> None:
    """Afterwards the supply-chain firm took over forty sealed boxes and sells them under the co-op's record and licence."""
    owner, buyer = _owner(stage), stage.actor("undertaker", cast.UNDERTAKER, "owner")
    clerk, lot = stage.actor("office", cast.OFFICE, "office_clerk"), _lot(stage, "apple_lot", owner)
    net = lots.lot_by_id(lot.id).item.net_content_g
    with stage.at("2026-10-25 14:00"):
        shipment = movement.send(
            stage.actor("coop2", cast.COOP, "operator"), receiver_code=stage.organisation(cast.UNDERTAKER).code,
            lines=[(lot, 40 * net)], sent_on=date(2026, 10, 25),
            papers=Papers(vehicle="晋M示例2", waybill_no="SL20261025", document_no="SH-2026-002"),
        )  # fmt: skip
    with stage.at("2026-10-26 09:00"):
        movement.receive(shipment, buyer, {}, received_on=date(2026, 10, 26))
        part = lots.lot_by_id(movement.lines_of(shipment)[0].part_lot_id or 0)
        site = add_place(buyer, kind="store", code="CK-01", village=VILLAGE, name="周转仓")
        payment.set_account(
            buyer, account_name=cast.UNDERTAKER, bank="示例银行临猗支行", account_no="6200000000000000001",
            cash_on_delivery=True,
        )  # fmt: skip
        stock.receive(buyer, lot_id=part.id, site_id=site.id, quantity=40, note="收货入库")
    with stage.at("2026-10-26 11:00"):
        listing = catalogue.create_listing(
            buyer, title="红富士苹果 合作社原箱 80–85 mm", kind="apple", origin="山西省运城市临猗县北景乡",
            description="临猗示例果业专业合作社封存的原箱，本店收货后转卖，不拆箱。箱上的码扫出来是合作社的记录。",
            dispatch_note="付款或接单后 48 小时内发出，周日不发", delivery_note="县共同配送中心发快递", freight_fen=0,
            perishable=True, claim_hours=48, claim_terms="签收 48 小时内拍照，坏果按枚退款，不用寄回。",
        )  # fmt: skip
        catalogue.add_variant(buyer, listing, item_id=part.item.id, price_fen=6_280, size_label="5 kg 箱")
        catalogue.add_picture(buyer, listing, sample_fruit("apple"), "原箱.jpg", alt="红富士苹果示意图")
        catalogue.move_listing(buyer, listing, "submit")
    with stage.at("2026-10-26 15:00"):
        catalogue.move_listing(clerk, listing, "publish")
    stage.notes["resold_listing"] = str(listing.public_id)


def told(stage: Stage) -> None:
    """Afterwards an addendum states the shipment and the destroyed boxes as data, and each sealed lot has its list of events."""
    owner = _owner(stage)
    with stage.at("2026-11-08 10:00"):
        lot = _lot(stage, "apple_lot", owner)
        keys = [one.key for one in service.offered(lot.id)]
        service.add_addendum(lot.id, actor=owner, reason="封存后的发货和销毁", facts=keys, password_confirmed=True)
    with stage.at("2026-11-08 10:30"):
        for note in ("apple_lot", "gift_lot"):
            eventlist.sign(_lot(stage, note, owner).id, owner, password_confirmed=True)
        jujube = stage.actor("jujube", cast.JUJUBE, "owner")
        eventlist.sign(_lot(stage, "jujube_lot", jujube).id, jujube, password_confirmed=True)


def _owner(stage: Stage) -> Actor:
    return stage.actor("coop", cast.COOP, "owner")


def _lot(stage: Stage, note: str, actor: Actor) -> Lot:
    return lots.load(stage.notes[note], actor)


def _apples(stage: Stage, owner: Actor) -> Series:
    lot = _lot(stage, "apple_lot", owner)
    return codes.series_of_lots([lot.id])[lot.id][0]


CHAPTERS = (("destroyed-boxes", destroyed), ("reseller", resold), ("events-signed", told))
