"""Use cases of lots: take a harvest in, pack, write off, seal, stop sale.

A source gives grams by one conditional UPDATE whose row count is checked, so two packers at the same time can never
take more than there is; harvest days are guarded by the season's row lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, NotFound
from core.hooks import lot_held
from core.identifiers import normalise_text
from core.organisation import queries as organisations
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from trace.item import queries as items
from trace.lot import deeds, facts, genealogy, marking, reversal, rules, rules_deeds, telling
from trace.lot.blocks import refuse_blocked
from trace.lot.deeds import MAX_SOURCES, LotSource
from trace.lot.models import Deed, Edge, Loss, Lot
from trace.season import queries as seasons
from trace.season import rules as season_rules
from trace.season.models import Season

if TYPE_CHECKING:
    from core.place.models import Place

HarvestSource = tuple[Season, date, int]  # season, harvest day, grams


def receive_harvest(
    actor: Actor,
    *,
    item_id: int,
    sources: Sequence[HarvestSource],
    lot_no: str = "",
    made_on: date | None = None,
    place: Place | None = None,
    storage_method: str = "",
) -> Lot:
    """A new raw lot in grams out of harvest days of the organisation's seasons; RuleBroken where a day has not enough.

    ``sources`` = (season, harvest day, grams).  The producer is the one farmer of all plots, else the organisation.
    """
    organisation_id = deeds.own_organisation(actor)
    item = items.item_by_id(item_id)
    if item.organisation_id != organisation_id or not item.is_loose:
        raise BadInput("入库要选本单位按公斤计的商品项。", code="lot.item_not_loose", field="item")
    if not 1 <= len(sources) <= MAX_SOURCES:
        raise BadInput(f"请选 1 到 {MAX_SOURCES} 个采收日。", code="lot.sources", field="source")
    taken = _take_harvest(organisation_id, item, sources)
    day = deeds.made_on(made_on, max(on for _, on, _ in sources))
    farmers = {place.farmer_id for _, place in seasons.seasons_by_id(s.id for s in taken).values()}
    deed = deeds.open_deed(actor, "receive", day)
    lot = deeds.new_lot(
        deed,
        item,
        organisation_id=organisation_id,
        mass_g=sum(grams for _, _, grams in sources),
        producer_id=farmers.pop() if len(farmers) == 1 else organisation_id,
        day=day,
        lot_no=lot_no,
        place_id=deeds.store(place, organisation_id),
        storage_method=deeds.storage_words(storage_method),
    )
    db.session.add_all(
        Edge(
            season_id=season.id, harvested_on=on, to_lot_id=lot.id, mass_g=grams, kind="receive", deed_id=deed.id,
            made_at=clock.now(),
        )
        for season, on, grams in sources
    )  # fmt: skip
    db.session.flush()
    record("lot.received", lot, actor, lot_no=lot.lot_no, mass_g=lot.mass_g)
    telling.harvested(deed, lot, sources, actor)
    return lot


def _take_harvest(organisation_id: int, item: items.ItemView, sources: Sequence[HarvestSource]) -> list[Season]:
    if len({(season.id, on) for season, on, _ in sources}) != len(sources):
        raise BadInput("同一个采收日选了两次，请合并。", code="lot.twice", field="source")
    locked = sorted({season.id: season for season, _, _ in sources}.values(), key=lambda s: s.id)
    for season in locked:
        if season.organisation_id != organisation_id:
            raise BadInput("没有这个生产季，请从列表里选。", code="season.unknown", field="source")
        if season.variety != item.variety:
            raise BadInput(f"{season.code} 的品种和商品项不一样，请重新选择。", code="lot.other_variety", field="item")
        lock(season)
    for season in locked:
        harvested = season_rules.harvest_by_day(seasons.journal(season.id))
        used = genealogy.allocated(season.id)
        for other, on, grams in sources:
            if other.id == season.id:
                left = harvested.get(on, 0) - used.get(on, 0)
                rules_deeds.check_take(grams, left, what=f"{season.code} {on:%m-%d} 的采收")
    return locked


def pack(
    actor: Actor,
    *,
    item_id: int,
    sources: Sequence[LotSource],
    pieces: int,
    lot_no: str = "",
    packed_on: date | None = None,
    place: Place | None = None,
    storage_method: str = "",
    best_before: date | None = None,
    brix: Decimal | None = None,
) -> Lot:
    """A new packed lot of ``pieces`` out of grams of the organisation's lots; what is not packed of them is packing loss.

    ``sources`` = (lot, grams).  RuleBroken where a source has not enough or more would come out than went in;
    nothing is taken then.
    """
    organisation_id = deeds.own_organisation(actor)
    item = items.item_by_id(item_id)
    if item.organisation_id != organisation_id or item.is_loose:
        raise BadInput("装箱要选本单位有包装的商品项。", code="lot.item_loose", field="item")
    deeds.check_sources(organisation_id, sources, item)
    used = [lot for lot, _ in sources]
    packing = rules_deeds.pack(
        incoming_g=sum(grams for _, grams in sources), pieces=pieces, net_content_g=item.net_content_g
    )
    day = deeds.made_on(packed_on, max(lot.made_on for lot in used))
    best = _best_before(item, best_before, used, day)
    kind = "repack" if any(lot.unit == "piece" for lot in used) else "pack"
    deed = deeds.open_deed(actor, kind, day)
    for lot, grams in sorted(sources, key=lambda source: source[0].id):
        deeds.take(lot, grams, actor, why=rules.DEEDS[kind])
    grades = {(lot.grade_version_id, lot.grade_key) for lot in used}
    version_id, grade_key = grades.pop() if len(grades) == 1 else (None, "")
    made = deeds.new_lot(
        deed,
        item,
        organisation_id=organisation_id,
        mass_g=packing.mass_g,
        pieces=packing.pieces,
        packing_loss_g=packing.loss_g,
        producer_id=deeds.common_producer(used, organisation_id),
        day=day,
        lot_no=lot_no,
        place_id=deeds.store(place, organisation_id),
        storage_method=deeds.storage_words(storage_method or item.storage_method),
        best_before=best,
        brix=rules_deeds.check_brix(brix),
        grade_version_id=version_id,
        grade_key=grade_key,
    )
    deeds.link(deed, made, sources)
    record("lot.packed", made, actor, lot_no=made.lot_no, pieces=made.pieces, loss_g=made.packing_loss_g)
    telling.transformed(deed, [made], sources, actor, loss_g=made.packing_loss_g)
    return made


def _best_before(item: items.ItemView, wanted: date | None, used: Sequence[Lot], day: date) -> date | None:
    packed = [lot.best_before for lot in used if lot.unit == "piece"]
    if packed:
        return rules_deeds.best_before_of(wanted, packed, day)
    best = wanted
    if best is None and item.shelf_life_days:
        best = day + timedelta(days=item.shelf_life_days)
    if best is not None and not day < best <= day + timedelta(days=1000):
        raise BadInput("建议食用日期要晚于装箱日期，且在三年以内。", code="lot.best_before", field="best_before")
    return best


def write_off(
    lot: Lot, actor: Actor, *, mass_g: int, reason: str, lost_on: date | None = None, kind: str = "loss"
) -> Loss:
    """Grams of a lot are gone (``loss``, ``sample``, ``destroy``), never more than is left; packed lots in whole pieces.

    A sealed packed lot keeps its pieces: those on sale are counted in the stock.
    """
    if kind not in ("loss", "sample", "destroy"):
        raise BadInput("没有这一类，请从列表里选。", code="lot.loss_kind", field="kind")
    if lot.organisation_id != deeds.own_organisation(actor):
        raise NotFound("没有找到这个批次。", help="请从列表重新进入。")
    if lot.unit == "piece" and lot.state != "open":
        raise Conflict(
            "封存了的装箱批次不在这里记损耗。", code="lot.packed_loss", help="到库存盘点里记。",
        )  # fmt: skip
    if lot.unit == "piece" and kind == "loss" and lot.root_id is None:
        raise Conflict(
            "装好箱的批次不在这里记损耗。", code="lot.packed_loss",
            help="作废后按实际件数重新装箱；整件抽样或销毁的，选抽样或销毁。",
        )  # fmt: skip
    why = season_rules.public_text(reason, "reason", label="原因", required=True)
    day = deeds.made_on(lost_on, lot.made_on, "lost_on")
    if lot.state not in ("open", "sealed", "held"):
        raise Conflict("已作废的批次不能再记损耗。", code="lot.not_usable")
    deed = deeds.open_deed(actor, kind, day, reason=why)
    deeds.take(lot, mass_g, actor, why=rules.LOSSES[kind], column="lost_g", states=("open", "sealed", "held"))
    loss = deeds.lose(deed, lot, mass_g, kind, why, actor)
    record("lot.written_off", lot, actor, mass_g=mass_g, reason=why, kind=kind)
    telling.lost(deed, lot, mass_g, actor)
    return loss


def set_sealer(lot: Lot, actor: Actor, code: str) -> Lot:
    """The organisation with this code seals the lot from now on, while it is open; '' gives the sealing back to the owner.

    Producer, holder and sealer are three parties: a co-operative seals for its farmers, with its own key and licence.
    """
    if lot.organisation_id != deeds.own_organisation(actor):
        raise NotFound("没有找到这个批次。", help="请从列表重新进入。")
    lock(lot)
    if lot.state != "open":
        raise Conflict("已经封存或作废的批次不能再换封存单位。", code="lot.sealer_fixed")
    sealer = organisations.get_by_code(code) if code.strip() else organisations.get_organisation(lot.organisation_id)
    if not sealer.is_active or sealer.kind not in ("enterprise", "grower"):
        raise BadInput("封存单位要是本平台在册的企业或合作社。", code="lot.sealer", field="sealer")
    before, lot.sealer_id = lot.sealer_id, sealer.id
    db.session.flush()
    record("lot.sealer_named", lot, actor, before=before, after=sealer.id)
    return lot


def begin_sealing(lot_id: int, actor: Actor) -> dict[str, Any]:
    """Afterwards the lot is sealed in this transaction; returns the facts to sign (docs/record-format.md).

    RuleBroken with every unmet gate, InvalidMove when sealed already, NotFound where the actor does not act for the sealer.
    """
    lot = db.session.get(Lot, lot_id)
    if lot is None or (not actor.is_system and lot.sealer_id != actor.organisation_id):
        raise NotFound("没有找到这个批次。", help="请从列表重新进入。")
    refuse_blocked({lot.id: lot.lot_no}, "封存")
    fire(rules.LOT, lot, "seal", actor)
    telling.sealed(lot)
    marking.count(lot.id, actor)
    return facts.sealing_facts(lot.id)


def withdraw(lot_id: int, actor: Actor, reason: str) -> None:
    """The lot's record was withdrawn (trace.signing, in its own transaction): it is not sold any more, nor what is made of it."""
    lot = db.session.get_one(Lot, lot_id)
    fire(rules.LOT, lot, "withdraw", actor, reason=reason)


def move_lot(lot: Lot, move: str, actor: Actor, reason: str | None = None) -> Lot:
    """Fire ``cancel``, ``hold`` or ``release``; sealing and withdrawing go through the signing room with their signature.

    Cancelling takes back the whole deed that made the lot; where the deed made other lots too, it is refused.
    """
    why = normalise_text(reason or "")
    if move in ("seal", "withdraw"):
        raise BadInput("封存和撤回要经过预览和密码确认。", code="lot.seal_elsewhere")
    if move == "release":
        refuse_blocked({lot.id: lot.lot_no}, "恢复销售")
    if move == "cancel" and lot.deed_id is not None and lot.state == "open" and why:
        reversal.cancel_made(db.session.get_one(Deed, lot.deed_id), lot, actor, why)
    else:
        fire(rules.LOT, lot, move, actor, reason=why)
    return lot


def give_back(lot: Lot, _context: MoveContext) -> None:
    """Effect of ``cancel``: what the lot was made from is free again."""
    taken = sorted((e.from_lot_id, e.mass_g) for e in genealogy.edges_into([lot.id]) if e.from_lot_id is not None)
    for source_id, grams in taken:
        deeds.give_back(source_id, grams)


def tell_held(lot: Lot, context: MoveContext) -> None:
    """Effect of ``hold`` and ``release``: stock, carts and orders of the lot and all made from it react."""
    for affected in genealogy.downstream([lot.id]):
        for react in lot_held:
            react(lot_id=affected, held=context.move.key == "hold", reason=context.reason, source="trace")
