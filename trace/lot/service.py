"""Use cases of lots: take a harvest in, pack, write off, seal, stop sale.

A source gives grams by one conditional UPDATE whose row count is checked, so two packers at the same time can never
take more than there is; harvest days are guarded by the season's row lock.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text, update

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, Denied, NotFound
from core.hooks import lot_held
from core.identifiers import normalise_text
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from trace.item import queries as items
from trace.item.rules import lot_no as check_lot_no
from trace.lot import facts, genealogy, rules
from trace.lot.blocks import refuse_blocked
from trace.lot.models import Edge, Loss, Lot
from trace.lot.permissions import MAKE
from trace.season import queries as seasons
from trace.season import rules as season_rules
from trace.season.models import Season

if TYPE_CHECKING:
    from core.place.models import Place

HarvestSource = tuple[Season, date, int]  # season, harvest day, grams
LotSource = tuple[Lot, int]  # lot, grams
_NUMBER_LOCK = 0x4C4F5400
MAX_SOURCES = 40


def _own_organisation(actor: Actor) -> int:
    if actor.organisation_id is None or not (actor.is_system or actor.can(MAKE)):
        raise Denied("批次由本单位的人员办理。", help="请在右上角切换到本单位的身份。")
    return actor.organisation_id


def _number(organisation_id: int, item_id: int, wanted: str, on: date) -> str:
    """The wanted number if it is free for the item, else the organisation's next of the day; takers wait for each other."""
    db.session.execute(
        text("select pg_advisory_xact_lock(:room, :organisation)"),
        {"room": _NUMBER_LOCK, "organisation": zlib.crc32(str(organisation_id).encode()) & 0x7FFFFFFF},
    )
    if wanted.strip():
        number = check_lot_no(wanted)
        if db.session.scalar(select(Lot.id).where(Lot.item_id == item_id, Lot.lot_no == number)):
            raise Conflict(f"这个商品项已有批号 {number}，请换一个。", code="lot.number_taken", field="lot_no")
        return number
    taken = db.session.scalars(
        select(Lot.lot_no).where(Lot.organisation_id == organisation_id, Lot.lot_no.like(f"{on:%y%m%d}%"))
    )
    return rules.next_lot_no(on, list(taken))


def _made_on(made_on: date | None, earliest: date) -> date:
    day = made_on or clock.today()
    if day > clock.today():
        raise BadInput("日期还没到，做完再记。", code="lot.future", field="made_on")
    if day < earliest:
        raise BadInput(f"日期早于原料的 {earliest:%Y-%m-%d}，请核对。", code="lot.too_early", field="made_on")
    return day


def _store(place: Place | None, organisation_id: int) -> int | None:
    if place is None:
        return None
    if place.organisation_id != organisation_id or place.kind == "plot":
        raise BadInput("请选本单位的包装间或冷库。", code="lot.place", field="place")
    return place.id


def _storage(words: str) -> str:
    return season_rules.public_text(words, "storage_method", label="贮存方式", limit=60)


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
    organisation_id = _own_organisation(actor)
    item = items.item_by_id(item_id)
    if item.organisation_id != organisation_id or not item.is_loose:
        raise BadInput("入库要选本单位按公斤计的商品项。", code="lot.item_not_loose", field="item")
    if not 1 <= len(sources) <= MAX_SOURCES:
        raise BadInput(f"请选 1 到 {MAX_SOURCES} 个采收日。", code="lot.sources", field="source")
    taken = _take_harvest(organisation_id, item, sources)
    day = _made_on(made_on, max(on for _, on, _ in sources))
    mass = sum(grams for _, _, grams in sources)
    farmers = {place.farmer_id for _, place in seasons.seasons_by_id(s.id for s in taken).values()}
    lot = Lot(
        organisation_id=organisation_id,
        item_id=item.id,
        lot_no=_number(organisation_id, item.id, lot_no, day),
        producer_id=farmers.pop() if len(farmers) == 1 else organisation_id,
        holder_id=organisation_id,
        sealer_id=organisation_id,
        unit="gram",
        pieces=None,
        mass_g=mass,
        made_on=day,
        place_id=_store(place, organisation_id),
        storage_method=_storage(storage_method),
        best_before=None,
        brix=None,
    )
    db.session.add(lot)
    db.session.flush()
    now = clock.now()
    db.session.add_all(
        Edge(season_id=season.id, harvested_on=on, from_lot_id=None, to_lot_id=lot.id, mass_g=grams, made_at=now)
        for season, on, grams in sources
    )
    db.session.flush()
    record("lot.received", lot, actor, lot_no=lot.lot_no, mass_g=mass)
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
                rules.check_take(grams, left, what=f"{season.code} {on:%m-%d} 的采收")
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
    organisation_id = _own_organisation(actor)
    item = items.item_by_id(item_id)
    if item.organisation_id != organisation_id or item.is_loose:
        raise BadInput("装箱要选本单位有包装的商品项。", code="lot.item_loose", field="item")
    if not 1 <= len(sources) <= MAX_SOURCES or len({lot.id for lot, _ in sources}) != len(sources):
        raise BadInput(f"请选 1 到 {MAX_SOURCES} 个原料批次，每批选一次。", code="lot.sources", field="source")
    _same_fruit(organisation_id, item, [lot for lot, _ in sources])
    packing = rules.pack(incoming_g=sum(grams for _, grams in sources), pieces=pieces, net_content_g=item.net_content_g)
    day = _made_on(packed_on, max(lot.made_on for lot, _ in sources))
    if best_before is None and item.shelf_life_days:
        best_before = day + timedelta(days=item.shelf_life_days)
    if best_before is not None and not day < best_before <= day + timedelta(days=1000):
        raise BadInput("建议食用日期要晚于装箱日期，且在三年以内。", code="lot.best_before", field="best_before")
    number = _number(organisation_id, item.id, lot_no, day)
    for lot, grams in sorted(sources, key=lambda source: source[0].id):
        _take(lot, grams)
    producers = {lot.producer_id for lot, _ in sources}
    lot = Lot(
        organisation_id=organisation_id,
        item_id=item.id,
        lot_no=number,
        producer_id=producers.pop() if len(producers) == 1 else organisation_id,
        holder_id=organisation_id,
        sealer_id=organisation_id,
        unit="piece",
        pieces=packing.pieces,
        mass_g=packing.mass_g,
        packing_loss_g=packing.loss_g,
        made_on=day,
        place_id=_store(place, organisation_id),
        storage_method=_storage(storage_method or item.storage_method),
        best_before=best_before,
        brix=rules.check_brix(brix),
    )
    db.session.add(lot)
    db.session.flush()
    now = clock.now()
    db.session.add_all(
        Edge(season_id=None, harvested_on=None, from_lot_id=source.id, to_lot_id=lot.id, mass_g=grams, made_at=now)
        for source, grams in sources
    )
    db.session.flush()
    record("lot.packed", lot, actor, lot_no=lot.lot_no, pieces=lot.pieces, loss_g=lot.packing_loss_g)
    return lot


def _same_fruit(organisation_id: int, item: items.ItemView, lots: Sequence[Lot]) -> None:
    known = items.items_by_id(lot.item_id for lot in lots)
    refuse_blocked({lot.id: lot.lot_no for lot in lots}, "领用")
    for lot in lots:
        if lot.organisation_id != organisation_id:
            raise BadInput("没有这个批次，请从列表里选。", code="lot.unknown", field="source")
        if known[lot.item_id].variety != item.variety:
            raise BadInput(
                f"批次 {lot.lot_no} 的品种和商品项不一样，请重新选择。", code="lot.other_variety", field="item"
            )
        if lot.state not in ("open", "sealed"):
            raise Conflict(f"批次 {lot.lot_no} 已停售或作废，不能领用。", code="lot.not_usable", field="source")
        if lot.unit == "piece" and lot.state == "sealed":
            raise Conflict(
                f"批次 {lot.lot_no} 已封存出售，不能再拆开装箱。", code="lot.sealed_pieces", field="source",
                help="从没封存的批次领用。",
            )  # fmt: skip


def _take(lot: Lot, grams: int) -> None:
    item = items.item_by_id(lot.item_id)
    rules.check_take(
        grams,
        lot.remainder_g,
        what=f"批次 {lot.lot_no} ",
        field="source",
        step_g=item.net_content_g if lot.unit == "piece" else 1,
    )
    done: Any = db.session.execute(
        update(Lot)
        .where(Lot.id == lot.id, Lot.state.in_(("open", "sealed")), Lot.used_g + Lot.lost_g + grams <= Lot.mass_g)
        .values(used_g=Lot.used_g + grams)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(lot)
    if done.rowcount != 1:
        rules.check_take(grams, lot.remainder_g, what=f"批次 {lot.lot_no} ", field="source")
        raise Conflict(f"批次 {lot.lot_no} 刚被停售或作废，不能领用。", code="lot.not_usable", field="source")


def write_off(lot: Lot, actor: Actor, *, mass_g: int, reason: str, lost_on: date | None = None) -> Loss:
    """Grams of a raw lot are gone (rot, shrinkage, samples), never more than is left.

    A packed lot keeps its pieces: wrong ones are cancelled and packed anew, sealed ones are counted in the stock.
    """
    if lot.organisation_id != _own_organisation(actor):
        raise Denied("这个批次不是本单位的。", help="请从列表重新进入。")
    if lot.unit == "piece":
        raise Conflict(
            "装好箱的批次不在这里记损耗。", code="lot.packed_loss",
            help="没封存的，作废后按实际件数重新装箱；封存了的，到库存盘点里记。",
        )  # fmt: skip
    why = season_rules.public_text(reason, "reason", label="原因", required=True)
    day = _made_on(lost_on, lot.made_on)
    lock(lot)
    if lot.state not in ("open", "sealed", "held"):
        raise Conflict("已作废的批次不能再记损耗。", code="lot.not_usable")
    rules.check_take(mass_g, lot.remainder_g, what=f"批次 {lot.lot_no} ")
    lot.lost_g += mass_g
    loss = Loss(
        lot_id=lot.id, mass_g=mass_g, lost_on=day, reason=why, recorded_at=clock.now(), recorded_by=actor.user_id
    )
    db.session.add(loss)
    db.session.flush()
    record("lot.written_off", lot, actor, mass_g=mass_g, reason=why)
    return loss


def begin_sealing(lot_id: int, actor: Actor) -> dict[str, Any]:
    """Afterwards the lot is sealed in this transaction; returns the facts to sign (docs/record-format.md).

    RuleBroken with every unmet gate, InvalidMove when sealed already, NotFound for another organisation's lot.
    """
    lot = db.session.get(Lot, lot_id)
    if lot is None or (not actor.is_system and lot.organisation_id != actor.organisation_id):
        raise NotFound("没有找到这个批次。", help="请从列表重新进入。")
    refuse_blocked({lot.id: lot.lot_no}, "封存")
    fire(rules.LOT, lot, "seal", actor)
    return facts.sealing_facts(lot.id)


def move_lot(lot: Lot, move: str, actor: Actor, reason: str | None = None) -> Lot:
    """Fire ``cancel``, ``hold`` or ``release``; sealing goes through :func:`begin_sealing` with its signature."""
    if move == "seal":
        raise BadInput("封存要经过预览和密码确认。", code="lot.seal_elsewhere")
    fire(rules.LOT, lot, move, actor, reason=normalise_text(reason or ""))
    return lot


def give_back(lot: Lot, _context: MoveContext) -> None:
    """Effect of ``cancel``: what the lot was made from is free again."""
    for edge in genealogy.edges_into([lot.id]):
        if edge.from_lot_id is not None:
            db.session.execute(
                update(Lot)
                .where(Lot.id == edge.from_lot_id)
                .values(used_g=Lot.used_g - edge.mass_g)
                .execution_options(synchronize_session="fetch")
            )


def tell_held(lot: Lot, context: MoveContext) -> None:
    """Effect of ``hold`` and ``release``: stock, carts and orders of the lot and all made from it react."""
    for affected in genealogy.downstream([lot.id]):
        for react in lot_held:
            react(lot_id=affected, held=context.move.key == "hold", reason=context.reason, source="trace")
