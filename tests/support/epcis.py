"""One event of every house step, with made-up addresses of example hosts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from trace.event import steps
from trace.event.steps import Amount, Document

HOST = "https://id.example.cn"
AT = datetime(2026, 10, 8, 1, 30, tzinfo=UTC)
PLOT = "https://id.example.cn/id/uscc/91140821MA0EXAMPL3/plot/A-1"
STORE = "https://id.gs1.org/414/4012345000054"
RAW = f"{HOST}/id/uscc/91140821MA0EXAMPL3/prod/RAW/lot/R-1"
LOT = "https://id.gs1.org/01/04012345111118/10/L-1"
UNIT = "https://id.gs1.org/01/04012345111118/21/ABC"
CARTON = "https://id.gs1.org/00/340123451111111111"
OWNERS = ("https://id.gs1.org/417/4012345000009", "https://id.gs1.org/417/0614141000005")


def facts() -> dict[str, steps.Scene]:
    """Facts of every step by its key."""
    place: dict[str, Any] = {"host": HOST, "at": AT, "read_point": STORE, "biz_location": STORE}
    lot = (Amount(LOT, pieces=1200),)
    raw = (Amount(RAW, grams=1_234_567),)
    change = steps.Transformed(**place, inputs=raw, outputs=(Amount(LOT, pieces=300),), loss_grams=4567)
    carton = steps.Contained(**place, parent=CARTON, epcs=(UNIT,), amounts=lot)
    moved = steps.Moved(
        **place, epcs=(CARTON,), owner=OWNERS, holder=OWNERS, place=(STORE, STORE),
        documents=(Document("desadv", f"{HOST}/shipment/1"),),
    )  # fmt: skip
    goods = steps.Goods(**place, epcs=(UNIT,), amounts=lot)
    reading = steps.Reading(AT - timedelta(hours=1), "https://id.gs1.org/8004/4000001111", 1.5, 92.0)
    alarm = steps.Reading(AT, None, 9.0, alarm=True)
    found: dict[str, steps.Scene] = dict.fromkeys(steps.STEPS, goods)
    found |= dict.fromkeys(("grade", "pack", "split", "merge"), change)
    found |= dict.fromkeys(("carton", "pallet", "unpack", "attach", "detach"), carton)
    found |= dict.fromkeys(("ship", "void_ship", "receive", "accept"), moved)
    found["harvest"] = steps.Harvest(
        host=HOST, at=AT, read_point=PLOT, amounts=raw, lot_no="R-1", first_day=date(2026, 10, 6), last_day=date(2026, 10, 7),
        seasons=(f"{HOST}/season/1",),
    )  # fmt: skip
    found["residue_test"] = steps.Tested(**place, amounts=lot, report=f"{HOST}/report/1", conformant=True)
    found["label"] = steps.Labelled(**place, epcs=(UNIT,), series=f"{HOST}/series/1")
    found["label_series"] = steps.Labelled(**place, amounts=lot, series=f"{HOST}/series/1", root="bWFkZS11cC1yb290")
    found["cold_store"] = steps.Stored(**place, amounts=lot, readings=(reading, alarm))
    return found


def every_step() -> dict[str, dict[str, Any]]:
    """The event of every step by its key."""
    return {name: steps.build(name, fact) for name, fact in facts().items()}
