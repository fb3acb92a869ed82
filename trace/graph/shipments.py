"""Shipments between organisations as parties of a recall: the receiver is told in its inbox, quantities are counted once.

Goods that were received stand in the receiver's own part of the lot, which is in the recall's scope itself; only what is
still on the way counts here.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from core.db import db
from core.hooks import LotParty
from core.notice import service as notices
from core.organisation import queries as organisations
from trace.movement.models import Shipment
from trace.movement.queries import shipments_of_lots

WORDS = {"in_transit": "在途", "received": "已收货", "refused": "对方拒收"}


def lot_parties(lot_ids: Sequence[int]) -> list[LotParty]:
    """Hook on ``lot_parties``: one party per shipment and lot that was sent; refused ones are back and left out."""
    lines = [line for line in shipments_of_lots(lot_ids) if line.lot_id in set(lot_ids) and line.state != "refused"]
    if not lines:
        return []
    names = organisations.names(sorted({line.receiver_id for line in lines}))
    keys = {
        row.id: row.public_id
        for row in db.session.execute(
            select(Shipment.id, Shipment.public_id).where(Shipment.id.in_({line.shipment_id for line in lines}))
        )
    }
    return [
        LotParty(
            key=f"shipment:{keys[line.shipment_id]}:{line.lot_id}", kind="shipment", lot_id=line.lot_id,
            title=f"发货单 {line.number}", note=f"{names.get(line.receiver_id, '')}，{WORDS.get(line.state, line.state)}",
            mass_g=line.mass_g if line.part_lot_id is None else 0, pieces=None, at=line.sent_at,
            organisation_id=line.sender_id, href=f"/shipments/{keys[line.shipment_id]}",
        )
        for line in lines
    ]  # fmt: skip


def tell_party(*, key: str, title: str, body: str, link: str) -> str | None:
    """Hook on ``tell_party``: the receiver of a shipment finds the notice in its inbox."""
    if not key.startswith("shipment:"):
        return None
    row = db.session.scalar(select(Shipment).where(Shipment.public_id == UUID(key.split(":")[1])))
    if row is None:
        return ""
    notices.send(to_organisation_id=row.receiver_id, title=title, body=body, link=link)
    return "inbox"
