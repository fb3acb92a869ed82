"""The packing station: one scan, one deed, one answer; the same scan sent twice is done once.  Never commits."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput
from trace.aggregation import queries, service, telling
from trace.aggregation.models import Content, LogisticUnit, StationDeed
from trace.lot.models import Lot

VERBS = ("add", "remove", "close")


def do(box_public_id: uuid.UUID, key: str, verb: str, scanned: str, actor: Actor) -> dict[str, Any]:
    """The answer to one scan: what happened, how full the box is.  A key that was answered before gets that answer again.

    Raises Refused, Unreadable or BoxNotFound; nothing is stored then, so the same key may be tried again.
    """
    box = queries.box_for_actor(box_public_id, actor)
    if verb not in VERBS:
        raise BadInput("不认得这个动作。", code="aggregation.verb", help="刷新装箱台再试。")
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        raise BadInput("这次扫描不完整。", code="aggregation.key", help="刷新装箱台再扫一次。") from None
    lock(box)  # a replay waits here for the first and then finds its answer
    if (told := _answered(wanted, actor)) is not None:
        return told | {"repeated": True}
    if verb == "close":
        service.close(box_public_id, actor)
        answer = _answer(box, "已封箱", "")
    elif verb == "add":
        answer = _answer(box, "已装入", _name(service.put(box_public_id, scanned, actor)))
    else:
        answer = _answer(box, "已取出", _name(service.take_out(box_public_id, scanned, actor, reason="装箱台撤销")))
    db.session.add(
        StationDeed(
            organisation_id=box.organisation_id, key=wanted, verb=verb, parent_id=box.id, answer=answer,
            done_at=clock.now(), done_by_id=actor.user_id,
        )
    )  # fmt: skip
    db.session.flush()  # a second key of the same value is refused here
    return answer


def _answered(key: uuid.UUID, actor: Actor) -> dict[str, Any] | None:
    return db.session.scalar(
        select(StationDeed.answer).where(StationDeed.organisation_id == actor.organisation_id, StationDeed.key == key)
    )


def _answer(box: LogisticUnit, message: str, thing: str) -> dict[str, Any]:
    count = queries.count_of(box.id)
    return {
        "message": message, "thing": thing, "box": box.code, "count": count, "capacity": box.capacity,
        "full": count >= box.capacity, "closed": box.closed_at is not None,
    }  # fmt: skip


def _name(row: Content) -> str:
    """What was scanned, as it stands on its label: the serial in fours and the lot, or the number of the box."""
    if row.child_id is not None:
        return db.session.get_one(LogisticUnit, row.child_id).code
    serial = telling.serial_of(row.item_id or 0, row.unit or 0)
    lot = db.session.get_one(Lot, row.lot_id)
    return f"{serial[:4]} {serial[4:8]} {serial[8:12]} {serial[12:]}，批次 {lot.lot_no}"
