"""After the labels: a carton with an SSCC, packed and shipped, one being packed, a roll of labels that got wet and is void."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app

from admin.demo import cast
from admin.demo.stage import Stage
from trace.aggregation import queries as packed
from trace.aggregation import service as packing
from trace.code import queries as codes_read
from trace.code import register_service, service
from trace.lot import queries as lots

if TYPE_CHECKING:
    from trace.code.models import Series

PREFIX = "9521234"  # GS1 keeps 952 for examples


def cartons(stage: Stage) -> None:
    """Afterwards six apple boxes stand in a carton that left for a buyer, and two in one that is still open."""
    operator = stage.actor("coop2", cast.COOP, "operator")
    owner = stage.actor("coop", cast.COOP, "owner")
    series = _apples(stage)
    with stage.at("2026-10-19 08:30"):
        packing.set_prefix(owner, PREFIX)
    with stage.at("2026-10-19 09:00"):
        lot = lots.load(stage.notes["apple_lot"], owner)
        full, begun = packing.make_boxes(operator, kind="carton", count=2, capacity=6, lot_public_id=lot.public_id)
        for place in range(11, 17):
            packing.put(full.public_id, codes_read.unit_address(series, place), operator)
        for place in (17, 18):
            packing.put(begun.public_id, codes_read.unit_address(series, place), operator)
    with stage.at("2026-10-19 09:20"):
        packing.close(full.public_id, operator)
    with stage.at("2026-10-19 15:00"):
        packing.ship([full.public_id], operator, to="示例商贸有限公司，运城", document="FH-2026-0001")
    stage.notes["carton_path"] = f"/00/{packed.box_for_actor(full.public_id, operator).code}"


def void(stage: Stage) -> None:
    """Afterwards ten labels that got wet are void, and the list of covered codes went to the printer of the scratch film."""
    owner = stage.actor("coop", cast.COOP, "owner")
    series = _apples(stage)
    with stage.at("2026-10-18 16:00"):
        wish = register_service.Wish("covered", 1, series.unit_count, "交示例印刷厂印刮刮膜")
        register_service.register_print(series.public_id, wish, owner)
    with stage.at("2026-10-20 10:00"):
        service.void_units(series.public_id, 1_191, 1_200, owner, reason="一卷标签淋湿，已销毁")
        stage.notes["void_path"] = codes_read.unit_address(series, 1_195)[
            len(current_app.config["SETTINGS"].link_origin) :
        ]


def _apples(stage: Stage) -> Series:
    owner = stage.actor("coop", cast.COOP, "owner")
    lot = lots.load(stage.notes["apple_lot"], owner)
    return codes_read.series_of_lots([lot.id])[lot.id][0]
