"""The one place where this floor asks which certificate marks a lot carries: counted at sealing, judged anew every day.

Only packed lots count: a package carries the mark, and a harvest lot sealed before it would be counted twice.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text, cast, func, literal, select
from sqlalchemy.orm import aliased

from brand.certificate import queries as certificates
from brand.certificate import rules
from brand.certificate import service as counting
from core.account.actor import Actor
from core.db import db
from trace.item.models import Item
from trace.lot.facts import Background, harvest_days, load_background
from trace.lot.models import Lot


def use_of(back: Background) -> counting.LotUse | None:
    """The lot as the decision about marks needs it; None for a lot that is not packed."""
    lot, days = back.lot, harvest_days(back)
    if lot.unit != "piece":
        return None
    return counting.LotUse(
        source=certificates.lot_source(lot.public_id),
        organisation_id=lot.sealer_id,
        variety=back.item.variety,
        form=back.item.form,
        plots=frozenset(place.id for _, place in back.seasons.values()),
        made_on=days[0] if days else lot.made_on,
        grams=lot.mass_g,
    )


def count(lot_id: int, actor: Actor) -> list[rules.Decision]:
    """The lot counts once under every certificate of its sealer that covers it; what is not granted says why."""
    if not certificates.rows_of(db.session.get_one(Lot, lot_id).sealer_id):
        return []
    use = use_of(load_background(lot_id))
    return counting.book_lot(use, actor) if use is not None else []


def decisions(back: Background) -> list[rules.Decision]:
    """What sealing would decide now; writes nothing."""
    if not certificates.rows_of(back.lot.sealer_id):
        return []
    use = use_of(back)
    return counting.decide_lot(use) if use is not None else []


def marks_of(lot: Lot) -> list[certificates.Mark]:
    """The marks the lot counts under, as of today; what no longer holds says why.  A part carries its root's."""
    counted = lot if lot.root_id is None else db.session.get_one(Lot, lot.root_id)
    item = db.session.get_one(Item, lot.item_id)
    return certificates.marks_of_lot(counted.public_id, variety=item.variety, form=item.form)


def marks_of_lot(lot_id: int) -> list[certificates.Mark]:
    """The same by the lot's row id; one statement where the lot counts under nothing."""
    root = aliased(Lot)
    row = db.session.execute(
        select(func.coalesce(root.public_id, Lot.public_id), Item.variety, Item.form)
        .select_from(Lot)
        .join(Item, Item.id == Lot.item_id)
        .outerjoin(root, root.id == Lot.root_id)
        .where(
            Lot.id == lot_id,
            certificates.counted(literal("lot:").op("||")(cast(func.coalesce(root.public_id, Lot.public_id), Text))),
        )
    ).first()
    return certificates.marks_of_lot(row[0], variety=row[1], form=row[2]) if row is not None else []


def line(lot: Lot) -> str:
    """What a label says of marks that hold today: words and numbers, '' where there are none."""
    return "，".join(mark.line for mark in marks_of(lot) if not mark.ended)


def statement(back: Background) -> list[dict[str, str]]:
    """The ``certificates`` of the signed statement: those the lot counts under, before sealing those it would."""
    holder = back.organisations[back.lot.sealer_id].name
    if back.lot.state != "open":
        made = [
            (m.kind, m.label, m.number, m.valid_until.isoformat() if m.valid_until else "")
            for m in marks_of(back.lot)
            if not m.ended
        ]
    else:
        made = [
            (c.kind, c.label, c.number, c.valid_until.isoformat() if c.valid_until else "")
            for c in (d.certificate for d in decisions(back) if d.shown)
            if c is not None and rules.KINDS[c.kind].marked
        ]
    return [_word(kind, label, number, holder, until) for kind, label, number, until in sorted(made)]


def _word(kind: str, label: str, number: str, holder: str, until: str) -> dict[str, Any]:
    found = {"kind": kind, "kindLabel": label, "number": number, "holder": holder}
    return found | {"validUntil": until} if until else found
