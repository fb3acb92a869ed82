"""What every operation on lots is made of: the deed, taking grams, making a lot, drawing edges, writing off.

A source gives grams by one conditional UPDATE whose row count is checked, so two people at the same time can never take
more than there is.  Callers take from several lots in the order of their ids.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import select, text, update

from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, Conflict, Denied
from core.hooks import Hook
from trace.item import queries as items
from trace.item.rules import lot_no as check_lot_no
from trace.lot import rules_deeds
from trace.lot.blocks import refuse_blocked
from trace.lot.models import Deed, Edge, Loss, Lot
from trace.lot.permissions import MAKE
from trace.season import rules as season_rules

if TYPE_CHECKING:
    from core.place.models import Place

LotSource = tuple[Lot, int]  # lot, grams
_NUMBER_LOCK = 0x4C4F5400
MAX_SOURCES = 40
USABLE = ("open", "sealed")


class LotShrank(Protocol):
    """Grams of a lot went into something else or were written off: what lies in stores follows (same transaction)."""

    def __call__(self, *, lot_id: int, remainder_g: int, actor: Actor, why: str) -> None: ...


class LotClaims(Protocol):
    """What an upper room knows that stands on a lot, in words for the refusal."""

    def __call__(self, lot_id: int) -> Sequence[str]: ...


class DeedReversed(Protocol):
    """A deed was reversed: what upper rooms recorded under it is undone too (same transaction)."""

    def __call__(self, *, deed_id: int) -> None: ...


class PiecesPromised(Protocol):
    """Pieces of a packed lot that the shop has in stock or has sold: they cannot be used or sent elsewhere."""

    def __call__(self, lot_id: int) -> int: ...


lot_shrank: Hook[LotShrank] = Hook("lot_shrank")
lot_claims: Hook[LotClaims] = Hook("lot_claims")
deed_reversed: Hook[DeedReversed] = Hook("lot_deed_reversed")
pieces_promised: Hook[PiecesPromised] = Hook("lot_pieces_promised")


def own_organisation(actor: Actor, permission: str = MAKE) -> int:
    """The organisation the actor acts for; Denied without it or the permission."""
    if actor.organisation_id is None or not (actor.is_system or actor.can(permission)):
        raise Denied("批次由本单位的人员办理。", help="请在右上角切换到本单位的身份。")
    return actor.organisation_id


def open_deed(
    actor: Actor,
    kind: str,
    done_on: date,
    *,
    organisation_id: int | None = None,
    reason: str = "",
    reverses: Deed | None = None,
) -> Deed:
    """A new deed of the actor's organisation, ready to be named by what it makes and takes."""
    deed = Deed(
        organisation_id=organisation_id or actor.organisation_id, kind=kind, done_on=done_on, reason=reason,
        reverses_id=reverses.id if reverses else None, recorded_at=clock.now(), recorded_by=actor.user_id,
    )  # fmt: skip
    db.session.add(deed)
    db.session.flush()  # what it makes names it
    return deed


def number(organisation_id: int, item_id: int, wanted: str, on: date) -> str:
    """The wanted number if it is free for the item, else the organisation's next of the day; takers wait for each other."""
    db.session.execute(
        text("select pg_advisory_xact_lock(:room, :organisation)"),
        {"room": _NUMBER_LOCK, "organisation": zlib.crc32(str(organisation_id).encode()) & 0x7FFFFFFF},
    )
    if wanted.strip():
        found = check_lot_no(wanted)
        if db.session.scalar(select(Lot.id).where(Lot.item_id == item_id, Lot.lot_no == found)):
            raise Conflict(f"这个商品项已有批号 {found}，请换一个。", code="lot.number_taken", field="lot_no")
        return found
    taken = db.session.scalars(
        select(Lot.lot_no).where(Lot.organisation_id == organisation_id, Lot.lot_no.like(f"{on:%y%m%d}%"))
    )
    return rules_deeds.next_lot_no(on, list(taken))


def made_on(day: date | None, earliest: date, field: str = "made_on") -> date:
    """The day of a deed: today unless given, never in the future, never before what it uses was there."""
    found = day or clock.today()
    if found > clock.today():
        raise BadInput("日期还没到，做完再记。", code="lot.future", field=field)
    if found < earliest:
        raise BadInput(f"日期早于原料的 {earliest:%Y-%m-%d}，请核对。", code="lot.too_early", field=field)
    return found


def store(place: Place | None, organisation_id: int) -> int | None:
    """The row id of a packhouse, cold store or station of the organisation."""
    if place is None:
        return None
    if place.organisation_id != organisation_id or place.kind == "plot":
        raise BadInput("请选本单位的包装间或冷库。", code="lot.place", field="place")
    return place.id


def storage_words(words: str) -> str:
    """How it is kept, fit to be published."""
    return season_rules.public_text(words, "storage_method", label="贮存方式", limit=60)


def check_sources(organisation_id: int, sources: Sequence[LotSource], item: items.ItemView | None = None) -> None:
    """The lots are the organisation's, each once, usable now, and of the variety of ``item`` where given."""
    if not 1 <= len(sources) <= MAX_SOURCES or len({lot.id for lot, _ in sources}) != len(sources):
        raise BadInput(f"请选 1 到 {MAX_SOURCES} 个原料批次，每批选一次。", code="lot.sources", field="source")
    known = items.items_by_id(lot.item_id for lot, _ in sources)
    refuse_blocked({lot.id: lot.lot_no for lot, _ in sources}, "领用")
    for lot, _ in sources:
        if lot.organisation_id != organisation_id:
            raise BadInput("没有这个批次，请从列表里选。", code="lot.unknown", field="source")
        if item is not None and known[lot.item_id].variety != item.variety:
            raise BadInput(
                f"批次 {lot.lot_no} 的品种和商品项不一样，请重新选择。", code="lot.other_variety", field="item"
            )
        if lot.state not in USABLE:
            raise Conflict(f"批次 {lot.lot_no} 已停售或作废，不能领用。", code="lot.not_usable", field="source")
        if lot.unit == "piece" and lot.state == "sealed":
            raise Conflict(
                f"批次 {lot.lot_no} 已封存出售，不能再拆开装箱。", code="lot.sealed_pieces", field="source",
                help="从没封存的批次领用。",
            )  # fmt: skip


def take(
    lot: Lot, grams: int, actor: Actor, *, why: str, column: str = "used_g", states: Sequence[str] = USABLE
) -> None:
    """``grams`` of the lot are used (or lost, by ``column``); RuleBroken where that is not left, Conflict where it stands still."""
    item = items.item_by_id(lot.item_id)
    step = item.net_content_g if lot.unit == "piece" else 1
    what = f"批次 {lot.lot_no} "
    rules_deeds.check_take(grams, lot.remainder_g, what=what, field="source", step_g=step)
    if lot.unit == "piece" and lot.root_id is not None:
        _leave_promised(lot, grams, step)
    target = getattr(Lot, column)
    done: Any = db.session.execute(
        update(Lot)
        .where(Lot.id == lot.id, Lot.state.in_(states), Lot.used_g + Lot.lost_g + grams <= Lot.mass_g)
        .values({column: target + grams})
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(lot)
    if done.rowcount != 1:
        rules_deeds.check_take(grams, lot.remainder_g, what=what, field="source")
        raise Conflict(f"批次 {lot.lot_no} 刚被停售或作废，不能领用。", code="lot.not_usable", field="source")
    for follow in lot_shrank:
        follow(lot_id=lot.id, remainder_g=lot.remainder_g, actor=actor, why=why)


def _leave_promised(lot: Lot, grams: int, net_content_g: int) -> None:
    """A part stays open, so what its holder has in the shop's stock is kept from every other use here."""
    lock_lot(lot.id)
    db.session.refresh(lot)
    free = free_pieces(lot, net_content_g)
    if grams > free * net_content_g:
        raise Conflict(
            f"批次 {lot.lot_no} 不在商城库存里、也没有卖出的还有 {max(free, 0)} 件。", code="lot.promised", field="source",
            help="先在库存盘点里调减。",
        )  # fmt: skip


def free_pieces(lot: Lot, net_content_g: int) -> int:
    """Pieces of a packed lot that are neither in the shop's stock nor sold; ask under the lot's lock."""
    return lot.remainder_g // net_content_g - sum(ask(lot.id) for ask in pieces_promised)


def lock_lot(lot_id: int) -> None:
    """The lot's row is locked until the end of the transaction: what is read of it from now on stands."""
    db.session.execute(
        select(Lot.id).where(Lot.id == lot_id).with_for_update().execution_options(populate_existing=True)
    )
    row = db.session.get(Lot, lot_id)
    if row is not None:
        db.session.refresh(row)


def give_back(lot_id: int, grams: int, *, column: str = "used_g") -> None:
    """``grams`` of the lot are free again; the CHECK refuses to give back what was never taken."""
    target = getattr(Lot, column)
    db.session.execute(
        update(Lot)
        .where(Lot.id == lot_id)
        .values({column: target - grams})
        .execution_options(synchronize_session="fetch")
    )


def new_lot(
    deed: Deed,
    item: items.ItemView,
    *,
    organisation_id: int,
    mass_g: int,
    producer_id: int,
    day: date,
    lot_no: str = "",
    pieces: int | None = None,
    packing_loss_g: int = 0,
    place_id: int | None = None,
    storage_method: str = "",
    best_before: date | None = None,
    brix: Decimal | None = None,
    grade_version_id: int | None = None,
    grade_key: str = "",
    root: Lot | None = None,
    sealer_id: int | None = None,
) -> Lot:
    """A new open lot of the organisation made by ``deed``; a part (``root``) keeps item and number of its root."""
    lot = Lot(
        organisation_id=organisation_id,
        item_id=item.id,
        lot_no=root.lot_no if root else number(organisation_id, item.id, lot_no, day),
        producer_id=producer_id,
        holder_id=organisation_id,
        sealer_id=sealer_id or organisation_id,
        unit="gram" if item.is_loose else "piece",
        pieces=pieces,
        mass_g=mass_g,
        packing_loss_g=packing_loss_g,
        made_on=day,
        place_id=place_id,
        storage_method=storage_method,
        best_before=best_before,
        brix=brix,
        root_id=root.id if root else None,
        deed_id=deed.id,
        grade_version_id=grade_version_id,
        grade_key=grade_key,
    )
    db.session.add(lot)
    db.session.flush()  # its edges name it
    return lot


def link(deed: Deed, lot: Lot, sources: Sequence[LotSource]) -> None:
    """Edges of the deed from each source to the lot."""
    db.session.add_all(
        Edge(
            from_lot_id=source.id, to_lot_id=lot.id, mass_g=grams, kind=deed.kind, deed_id=deed.id, made_at=clock.now()
        )
        for source, grams in sorted(sources, key=lambda s: s[0].id)
    )
    db.session.flush()


def lose(deed: Deed, lot: Lot, grams: int, kind: str, why: str, actor: Actor) -> Loss:
    """A row of loss under the deed; the grams were taken with ``take(column="lost_g")``."""
    loss = Loss(
        lot_id=lot.id, mass_g=grams, kind=kind, lost_on=deed.done_on, reason=why, deed_id=deed.id,
        recorded_at=clock.now(), recorded_by=actor.user_id,
    )  # fmt: skip
    db.session.add(loss)
    db.session.flush()
    return loss


def common_producer(lots: Sequence[Lot], organisation_id: int) -> int:
    """The one producer of all lots; where they differ, the organisation that mixes them."""
    producers = {lot.producer_id for lot in lots}
    return producers.pop() if len(producers) == 1 else organisation_id
