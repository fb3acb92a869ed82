"""A wrong deed is answered by a reversal: nothing is deleted, every gram goes back where it came from.

Refused while something stands on what the deed made, with the list of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import Conflict, NotFound, RuleBroken, Unmet
from core.record.service import record
from core.workflow.engine import fire
from trace.lot import deeds, genealogy, rules, telling
from trace.lot.models import Deed, Loss, Lot
from trace.season import rules as season_rules

ELSEWHERE = {
    "send": "到发货单里撤销发货",
    "arrive": "到发货单里冲正收货",
    "reversal": "冲正不能再冲正，按实际重新办理一次",
}


def made_by(deed_id: int) -> list[Lot]:
    """The lots a deed made, in the order of their ids."""
    return list(db.session.scalars(select(Lot).where(Lot.deed_id == deed_id).order_by(Lot.id)))


def stands_on(lots: Sequence[Lot]) -> list[Unmet]:
    """Everything that stands on the lots and has to be taken back first."""
    found = []
    for lot in lots:
        known = 0
        for edge in genealogy.edges_from(lot.id):
            later = db.session.get_one(Lot, edge.to_lot_id)
            known += edge.mass_g
            found.append(
                _unmet(f"批次 {later.lot_no} 用了批次 {lot.lot_no} 的 {rules.kg(edge.mass_g)} kg。", "先冲正那一批。")
            )
        claims = [claim for ask in deeds.lot_claims for claim in ask(lot.id)]
        found += [_unmet(claim, "先办完或撤回那一件。") for claim in claims]
        if lot.used_g > known and not claims:
            found.append(
                _unmet(f"批次 {lot.lot_no} 有 {rules.kg(lot.used_g - known)} kg 在途或已领用。", "先撤回那一件。")
            )
        later_loss = lot.lost_g - _lost_with(lot)
        if later_loss:
            found.append(_unmet(f"批次 {lot.lot_no} 记了 {rules.kg(later_loss)} kg 损耗。", "先冲正那一笔损耗。"))
        if lot.state not in ("open", "cancelled"):
            found.append(_unmet(f"批次 {lot.lot_no} {rules.LOT.label_of(lot.state)}。", "封存以后只能追加或更正。"))
    return found


def _lost_with(lot: Lot) -> int:
    """Grams written off the lot by the very deed that made it (damage found at the receipt)."""
    found = db.session.scalar(
        select(func.coalesce(func.sum(Loss.mass_g), 0)).where(Loss.lot_id == lot.id, Loss.deed_id == lot.deed_id)
    )
    return int(found or 0)


def _unmet(message: str, help_: str) -> Unmet:
    return Unmet("lot.stands_on", message, rules.ART_39, help_, "本单位经办员")


def reversed_by(deed_id: int) -> Deed | None:
    """The reversal of the deed, or None."""
    return db.session.scalar(select(Deed).where(Deed.reverses_id == deed_id))


def reverse(deed: Deed, actor: Actor, reason: str) -> Deed:
    """The deed no longer counts: what it made is cancelled, what it took or wrote off is back.  Returns the reversal.

    RuleBroken with the whole list of what stands on it; Conflict where it was reversed already.
    """
    if deed.organisation_id != deeds.own_organisation(actor):
        raise NotFound("没有找到这一次操作。", help="请从批次页重新进入。")
    if deed.kind in ELSEWHERE:
        raise Conflict(f"这一步不在这里冲正：{ELSEWHERE[deed.kind]}。", code="lot.reverse_elsewhere")
    return undo(deed, actor, reason)


def undo(deed: Deed, actor: Actor, reason: str) -> Deed:
    """:func:`reverse` for the rooms that have checked the kind and the scope themselves."""
    why = season_rules.public_text(reason, "reason", label="原因", required=True, limit=120)
    lock(deed)  # two people reversing at once: the second sees the first's row
    if reversed_by(deed.id) is not None:
        raise Conflict("这一步已经冲正过。", code="lot.reversed_already")
    made = made_by(deed.id)
    for lot in made:
        lock(lot)
    unmet = stands_on([lot for lot in made if lot.state != "cancelled"])
    if unmet:
        raise RuleBroken(unmet=unmet)
    answer = deeds.open_deed(
        actor, "reversal", clock.today(), organisation_id=deed.organisation_id, reason=why, reverses=deed
    )
    _take_losses_back(deed, answer, actor, why)
    for lot in made:
        if lot.state == "open":
            fire(rules.LOT, lot, "cancel", actor, reason=why)
    for tell in deeds.deed_reversed:
        tell(deed_id=deed.id)
    record("lot.deed_reversed", deed, actor, kind=deed.kind, reason=why)
    telling.taken_back(deed, actor)
    return answer


def _take_losses_back(deed: Deed, answer: Deed, actor: Actor, why: str) -> None:
    losses = db.session.scalars(select(Loss).where(Loss.deed_id == deed.id).order_by(Loss.lot_id, Loss.id)).all()
    for loss in losses:
        deeds.give_back(loss.lot_id, loss.mass_g, column="lost_g")
        db.session.add(
            Loss(
                lot_id=loss.lot_id, mass_g=loss.mass_g, kind=loss.kind, lost_on=answer.done_on, reason=why,
                deed_id=answer.id, reverses_id=loss.id, recorded_at=clock.now(), recorded_by=actor.user_id,
            )
        )  # fmt: skip
    db.session.flush()


def cancel_made(deed: Deed, lot: Lot, actor: Actor, reason: str) -> None:
    """Cancel the one lot a deed made by reversing the deed; Conflict where it made others too."""
    if deed.kind in ELSEWHERE:
        raise Conflict(f"这一批不在这里作废：{ELSEWHERE[deed.kind]}。", code="lot.reverse_elsewhere")
    others = [other for other in made_by(deed.id) if other.id != lot.id and other.state != "cancelled"]
    if others:
        numbers = "、".join(other.lot_no for other in others)
        raise Conflict(
            f"这一批和批次 {numbers} 是同一次{rules.DEEDS[deed.kind]}做的，要作废就整个冲正。",
            code="lot.made_together", help="打开批次页的“这一次操作”，整个冲正。",
        )  # fmt: skip
    if lot.organisation_id != actor.organisation_id or lot.used_g or lot.lost_g:
        fire(rules.LOT, lot, "cancel", actor, reason=reason)  # refuses with the table's own words
        return
    reverse(deed, actor, reason)
