"""Orchards, journals, harvests, packed lots, tests and certificates of the story."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from admin.demo import cast
from admin.demo.chapters import growers
from admin.demo.stage import Stage, sample_picture
from core.account.actor import Actor
from core.file.service import store
from core.place.service import add_place
from trace.inspection import service as inspection
from trace.inspection.rules import reading
from trace.item import service as items
from trace.lot import service as lots
from trace.season import service as seasons

if TYPE_CHECKING:
    from core.place.models import Place
    from trace.lot.models import Lot
    from trace.season.models import Season

APPLE_GTIN = "09521234567899"


def tell(stage: Stage) -> None:
    """Afterwards the co-op has an apple lot and the firm a jujube lot, both ready to be sealed, and a grower's journal."""
    _apples(stage)
    _jujubes(stage)
    growers.tell(stage)


def _apples(stage: Stage) -> None:
    owner = stage.actor("coop", cast.COOP, "owner")
    operator = stage.actor("coop2", cast.COOP, "operator")
    with stage.at("2026-09-18 09:00"):
        plot = add_place(
            owner, kind="plot", code="P-0317", village="山西省运城市临猗县北景乡示例村", area_m2=8_400, name="示例村东地",
            latitude="35.1934", longitude="110.7121",
        )  # fmt: skip
        house = add_place(
            owner, kind="packhouse", code="B-01", village="山西省运城市临猗县北景乡示例村", name="示例包装间"
        )
        loose = items.add_item(
            owner, name="红富士 统货", variety="red-fuji", form="fresh", level="loose", own_code="FJ-LOOSE"
        )
        box = items.add_item(
            owner, name="红富士 80–85 mm 5 kg 箱", variety="red-fuji", form="fresh", level="box", net_content_g=5_000,
            gtin=APPLE_GTIN, specification="apple-80", grade="apple-first", storage_method="0–4 ℃ 冷藏", shelf_life_days=90,
        )  # fmt: skip
        gift = items.add_item(
            owner, name="红富士 80–85 mm 2.5 kg 礼盒", variety="red-fuji", form="fresh", level="box", net_content_g=2_500,
            own_code="FJ-GIFT", specification="apple-80", grade="apple-first", storage_method="0–4 ℃ 冷藏", shelf_life_days=90,
        )  # fmt: skip
        season = seasons.open_season(owner, place=plot, year=2026, variety="red-fuji")
        _apple_journal(season, operator)
    with stage.at("2026-10-12 17:30"):
        seasons.add_harvest(
            season, operator, done_on=date(2026, 10, 12), mass_g=6_480_000, summary="人工采收，装筐入库"
        )
        raw = lots.receive_harvest(
            operator, item_id=loose.id, sources=[(season, date(2026, 10, 12), 6_480_000)],
            made_on=date(2026, 10, 12), place=house, storage_method="0–4 ℃ 冷藏",
        )  # fmt: skip
    with stage.at("2026-10-15 16:00"):
        packed = lots.pack(
            operator, item_id=box.id, sources=[(raw, 6_340_000)], pieces=1_260,
            packed_on=date(2026, 10, 15), place=house, storage_method="0–4 ℃ 冷藏", brix=Decimal("14.2"),
        )  # fmt: skip
        gifts = lots.pack(
            operator, item_id=gift.id, sources=[(raw, 96_000)], pieces=38,
            packed_on=date(2026, 10, 15), place=house, storage_method="0–4 ℃ 冷藏", brix=Decimal("14.2"),
        )  # fmt: skip
        lots.write_off(raw, operator, mass_g=34_000, reason="磕碰伤，转作加工果", lost_on=date(2026, 10, 15))
    with stage.at("2026-10-17 10:00"):
        for number, lot in (("SLJC-2026-1015", packed), ("SLJC-2026-1016", gifts)):
            _apple_report(operator, lot, number)
            inspection.issue_certificate(owner, lot=lot, bases=["control", "commissioned_test"])
    stage.notes["apple_lot"], stage.notes["gift_lot"] = str(packed.public_id), str(gifts.public_id)


def _apple_journal(season: Season, operator: Actor) -> None:
    seasons.add_work(season, operator, done_on=date(2026, 5, 18), summary="疏果，每枝留单果")
    seasons.add_work(season, operator, done_on=date(2026, 6, 10), summary="套袋")
    seasons.add_input(
        season, operator, done_on=date(2026, 6, 2), category="fertiliser", name="有机肥", source="示例农资店", usage="沟施",
        amount="每亩 500 kg",
    )  # fmt: skip
    seasons.add_pest(season, operator, done_on=date(2026, 7, 30), summary="零星褐斑病，约二十分之一的叶片")
    seasons.add_input(
        season, operator, done_on=date(2026, 8, 1), category="pesticide", name="戊唑醇", source="示例农资店", usage="喷雾",
        amount="每亩 20 g", registration_no="PD00000000", interval_days=30, summary="登记证号为示例",
    )  # fmt: skip
    seasons.add_work(season, operator, done_on=date(2026, 9, 15), summary="摘袋，转果")


def _apple_report(operator: Actor, lot: Lot, number: str) -> None:
    sheet = store(
        sample_picture("检测报告（样张）", "示例检测中心", f"编号 {number}"), "检测报告.jpg", kind="document",
        owner_organisation_id=operator.organisation_id, actor=operator,
    )  # fmt: skip
    inspection.add_report(
        operator, lot=lot, report_no=number, laboratory="示例检测中心", sampled_on=date(2026, 10, 15),
        reported_on=date(2026, 10, 16), file=sheet,
        readings=[
            reading("吡虫啉", "未检出", "0.01"),
            reading("啶虫脒", "0.021"),
            reading("戊唑醇", "0.034"),
            reading("毒死蜱", "未检出", "0.01"),
        ],
    )  # fmt: skip


def _jujubes(stage: Stage) -> None:
    owner = stage.actor("jujube", cast.JUJUBE, "owner")
    with stage.at("2026-09-20 08:30"):
        plot = _jujube_plot(owner)
        loose = items.add_item(
            owner, name="冬枣 统货", variety="winter-jujube", form="fresh", level="loose", own_code="DZ-LOOSE"
        )
        box = items.add_item(
            owner, name="冬枣 一级 2.5 kg 盒", variety="winter-jujube", form="fresh", level="box", net_content_g=2_500,
            own_code="DZ-25", specification="jujube-large", grade="jujube-first", storage_method="0 ℃ 左右冷藏", shelf_life_days=45,
        )  # fmt: skip
        season = seasons.open_season(owner, place=plot, year=2026, variety="winter-jujube")
        seasons.add_work(season, owner, done_on=date(2026, 6, 20), summary="摘心，疏果")
        seasons.add_input(
            season, owner, done_on=date(2026, 8, 20), category="pesticide", name="啶虫脒", source="示例农资店", usage="喷雾",
            amount="每亩 8 g", registration_no="PD00000000", interval_days=14, summary="登记证号为示例",
        )  # fmt: skip
        seasons.add_harvest(season, owner, done_on=date(2026, 9, 20), mass_g=1_060_000, summary="分两次采摘，剔除裂果")
        raw = lots.receive_harvest(
            owner, item_id=loose.id, sources=[(season, date(2026, 9, 20), 1_060_000)],
            made_on=date(2026, 9, 20), storage_method="0 ℃ 左右冷藏",
        )  # fmt: skip
    with stage.at("2026-09-21 15:00"):
        packed = lots.pack(
            owner, item_id=box.id, sources=[(raw, 1_025_000)], pieces=410,
            packed_on=date(2026, 9, 21), storage_method="0 ℃ 左右冷藏",
        )  # fmt: skip
        lots.write_off(raw, owner, mass_g=35_000, reason="裂果、软果，作饲料", lost_on=date(2026, 9, 21))
        inspection.issue_certificate(owner, lot=packed, bases=["control"])
    stage.notes["jujube_lot"] = str(packed.public_id)


def _jujube_plot(owner: Actor) -> Place:
    return add_place(
        owner, kind="plot", code="Z-0102", village="山西省运城市临猗县庙上乡示例村", area_m2=5_300, name="示例大棚二号",
        latitude="34.9876", longitude="110.6203",
    )  # fmt: skip
