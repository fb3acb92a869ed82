"""After the harvest: a lot sorted by the co-op's own standard, three days in the cold store, a shipment 2 kg short."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from admin.demo import cast
from admin.demo.stage import Stage
from core import clock
from core.place.service import add_place
from trace.grade import service as grading
from trace.grade.rules import CriterionRow, GradeRow
from trace.item import queries as items
from trace.lot import operations
from trace.lot import service as lots
from trace.lot.operations import Output
from trace.movement import service as movement
from trace.movement.service import Papers, Told
from trace.season import service as seasons
from trace.storage import rules as storage_rules
from trace.storage import service as storage

if TYPE_CHECKING:
    from core.account.actor import Actor
    from trace.lot.models import Lot

VILLAGE = "山西省运城市临猗县北景乡示例村"


def tell(stage: Stage) -> None:
    """Afterwards the co-op has graded lots, a store with readings and an excursion, and a buyer who received 498 kg of 500."""
    owner = stage.actor("coop", cast.COOP, "owner")
    operator = stage.actor("coop2", cast.COOP, "operator")
    raw = _harvest(stage, owner, operator)
    special = _grade(stage, owner, operator, raw)
    _store(stage, owner, operator, special)
    _ship(stage, operator, special)


def _harvest(stage: Stage, owner: Actor, operator: Actor) -> Lot:
    with stage.at("2026-09-25 09:00"):
        plot = add_place(
            owner, kind="plot", code="P-0361", village=VILLAGE, area_m2=5_300, name="示例村北地",
            latitude="35.1961", longitude="110.7103",
        )  # fmt: skip
        season = seasons.open_season(owner, place=plot, year=2026, variety="red-fuji")
        seasons.add_work(season, operator, done_on=date(2026, 9, 20), summary="摘袋，铺反光膜")
    with stage.at("2026-10-20 17:00"):
        seasons.add_harvest(season, operator, done_on=date(2026, 10, 20), mass_g=2_000_000, summary="人工采收")
        loose = next(i for i in items.items_of(owner.organisation_id or 0, loose=True) if i.variety == "red-fuji")
        return lots.receive_harvest(
            operator, item_id=loose.id, sources=[(season, date(2026, 10, 20), 2_000_000)], made_on=date(2026, 10, 20)
        )


def _grade(stage: Stage, owner: Actor, operator: Actor, raw: Lot) -> Lot:
    with stage.at("2026-10-18 10:00"):
        version = grading.add_standard(
            owner, code="SLHZS-PG-2026", name="红富士分等分级（合作社示例）", species="apple"
        )
        rows = [
            GradeRow("special", "特级", 1, (CriterionRow("diameter", Decimal(80)), CriterionRow("brix", Decimal(14)))),
            GradeRow("first", "一级", 2, (CriterionRow("diameter", Decimal(75)), CriterionRow("brix", Decimal(13)))),
            GradeRow("second", "二级", 3, (CriterionRow("diameter", Decimal(70)),)),
        ]
        grading.edit(version, owner, rows, valid_from=date(2026, 10, 18), source="合作社自定，示例数字")
        grading.move(version, "publish", owner)
    with stage.at("2026-10-21 16:00"):
        made = operations.grade(
            operator, raw,
            [
                Output(raw.item_id, 900_000, "special", values={"diameter": Decimal("83.5"), "brix": Decimal("14.3")}),
                Output(raw.item_id, 760_000, "first", values={"diameter": Decimal("77.0"), "brix": Decimal("13.4")}),
                Output(raw.item_id, 280_000, "second", values={"diameter": Decimal("72.0")}),
            ],
            taken_g=2_000_000, waste_g=60_000, waste_reason="碰压伤、病虫果", version_id=version.id,
            done_on=date(2026, 10, 21),
        )  # fmt: skip
    stage.notes["graded_lot"] = str(made.lots[0].public_id)
    return made.lots[0]


def _store(stage: Stage, owner: Actor, operator: Actor, lot: Lot) -> None:
    with stage.at("2026-10-21 17:00"):
        place = add_place(owner, kind="store", code="LK-01", village=VILLAGE, name="1 号冷库")
        storage.set_limit(
            owner, place, measure="temperature", low=Decimal(-1), high=Decimal(4), tolerated_minutes=60,
        )  # fmt: skip
        logger, _token = storage.register_logger(owner, place, code="T-01", interval_minutes=30, name="1 号库门口")
        storage.put_in(lot, place, operator, mass_g=900_000)
    start = datetime(2026, 10, 21, 17, 30, tzinfo=clock.SHANGHAI)
    with stage.at("2026-10-24 18:00"):
        lines = ["时间,温度,湿度"]
        for n in range(144):
            if 60 <= n < 66:
                continue  # three hours without power: a gap stays a gap
            at = start + timedelta(minutes=30 * n)
            warm = 90 <= n < 95
            value = Decimal("6.4") if warm else Decimal("1.2") + Decimal(n % 7) / 10
            lines.append(f"{at:%Y-%m-%d %H:%M},{value},{86 + n % 5}")
        batch = storage_rules.read_csv("\n".join(lines), now=clock.now())
        storage.take_readings(logger, batch, source="csv", actor=operator)
    stage.notes["store"] = str(place.public_id)


def _ship(stage: Stage, operator: Actor, lot: Lot) -> None:
    buyer = stage.actor("undertaker", cast.UNDERTAKER, "owner")
    code = stage.organisation(cast.UNDERTAKER).code
    with stage.at("2026-10-24 19:00"):
        shipment = movement.send(
            operator, receiver_code=code, lines=[(lot, 500_000)], sent_on=date(2026, 10, 24),
            papers=Papers(vehicle="晋M示例1", waybill_no="SL20261024", document_no="SH-2026-001"),
        )  # fmt: skip
    with stage.at("2026-10-25 09:30"):
        line = movement.lines_of(shipment)[0]
        told = {line.id: Told(short_g=2_000, remark="过磅少 2 kg")}
        movement.receive(shipment, buyer, told, received_on=date(2026, 10, 25))
    stage.notes["shipment"] = str(shipment.public_id)
