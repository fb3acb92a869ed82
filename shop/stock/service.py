"""Stock changes: every change is one conditional UPDATE whose row count is checked, and one movement row."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.account.actor import SYSTEM, Actor
from core.db import db
from core.errors import BadInput, NotFound, RuleBroken
from core.record.service import record
from shop.stock import lots, queries, rules
from shop.stock.errors import SHORT, OutOfStock
from shop.stock.models import Hold, Reservation, StockMove, StockRow

MAX_PIECES = 1_000_000


@dataclass(frozen=True, slots=True)
class Reserved:
    """Pieces of one lot promised to an order, with the lot's facts at that moment."""

    stock_id: int
    quantity: int
    lot: rules.LotFacts


def receive(
    actor: Actor, *, lot_id: int, site_id: int, quantity: int, once_key: str | None = None, note: str = ""
) -> StockRow:
    """``quantity`` pieces of a sealed lot of the actor's organisation are on hand at the site; never more than sealed.

    ``once_key`` makes a repeated call harmless (Conflict).  Raises RuleBroken with every reason.
    """
    if not 0 < quantity <= MAX_PIECES:
        raise BadInput("入库数量填大于 0 的整数。", code="stock.quantity", field="quantity")
    lots.lock_lot(lot_id)
    lot = lots.get(lot_id)
    if lot is None or lot.organisation_id != actor.organisation_id:
        raise NotFound("没有找到这个批次。", help="请从本单位的批次里选择。")
    site = lots.site(site_id, actor)
    unmet = [u for u in rules.unsellable(lot, clock.today()) if u.rule in ("stock.lot.sealed", "stock.lot.record")]
    if unmet:
        raise RuleBroken(unmet=unmet)
    row = _row(lot, site, actor)
    stocked = on_hand_and_sold(lot_id)
    if stocked + quantity > lot.pieces:
        left = max(lot.pieces - stocked, 0)
        raise RuleBroken(
            f"批次 {lot.lot_no} 还有 {lot.pieces} 件，已入库 {stocked} 件，最多还能入库 {left} 件。",
            code="stock.receive.balance",
            field="quantity",
            help="数量以封存记录为准；装箱数有误请先更正记录。",
        )
    _change(row.id, "receive", on_hand=quantity, once_key=once_key or f"receive:{uuid.uuid4()}", actor=actor, note=note)
    record("stock.received", row, actor, lot_no=lot.lot_no, quantity=quantity)
    db.session.refresh(row)
    return row


def adjust(actor: Actor, row: StockRow, *, counted: int, reason: str) -> StockRow:
    """The row's pieces on hand are what was counted; fewer than promised to orders is refused."""
    if row.organisation_id != actor.organisation_id:
        raise NotFound("没有找到这一行库存。")
    if not reason.strip():
        raise BadInput("盘点调整要写明原因。", code="stock.adjust.reason", field="reason")
    if not 0 <= counted <= MAX_PIECES:
        raise BadInput("盘点数填 0 或正整数。", code="stock.quantity", field="counted")
    db.session.refresh(row, with_for_update=True)
    change = counted - row.on_hand
    if change > 0 and on_hand_and_sold(row.lot_id) + change > row.pieces:
        raise RuleBroken(
            f"盘点数超过批次 {row.lot_no} 封存的 {row.pieces} 件。", code="stock.receive.balance", field="counted",
            help="核对箱数；装箱数有误请先更正记录。",
        )  # fmt: skip
    if change:
        _change(row.id, "adjust", on_hand=change, once_key=f"adjust:{uuid.uuid4()}", actor=actor, note=reason.strip())
        record("stock.adjusted", row, actor, change=change, reason=reason.strip())
        db.session.refresh(row)
    return row


def reserve(
    holder: uuid.UUID, wanted: Mapping[int, int], *, seller: int, until: datetime, actor: Actor
) -> dict[int, list[Reserved]]:
    """Pieces of each item of ``seller`` are promised to ``holder`` until ``until``, first expired first; all or none.

    ``wanted`` is pieces by item.  Rows are locked in id order, so two buyers wait for each other instead of blocking
    each other.  Raises OutOfStock naming what is left.
    """
    rows = {
        r.id: r
        for r in db.session.scalars(
            select(StockRow)
            .where(
                StockRow.item_id.in_(wanted), StockRow.organisation_id == seller, StockRow.on_hand > StockRow.reserved
            )
            .order_by(StockRow.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    holds, today = queries.open_holds([r.lot_id for r in rows.values()]), clock.today()
    facts = {r.id: lots.of_row(r, holds.get(r.lot_id)) for r in rows.values()}
    open_rows = [r for r in rows.values() if not rules.unsellable(facts[r.id], today) and lots.may_leave(r.lot_id)]
    result: dict[int, list[Reserved]] = {}
    for item_id, quantity in sorted(wanted.items()):
        picks = rules.allocate([queries.candidate(r) for r in open_rows if r.item_id == item_id], quantity)
        left = sum(p.quantity for p in picks)
        if left < quantity:
            raise OutOfStock(
                SHORT if left == 0 else f"库存不足，只剩 {left} 件。",
                field="quantity",
                help="减少数量，或看看别的规格。",
            )
        result[item_id] = [Reserved(p.stock_id, p.quantity, facts[p.stock_id]) for p in picks]
    for pick in sorted((p for picks in result.values() for p in picks), key=lambda p: p.stock_id):
        key = f"reserve:{holder}:{pick.stock_id}"
        _change(pick.stock_id, "reserve", reserved=pick.quantity, once_key=key, actor=actor)
        db.session.add(Reservation(holder=holder, stock_id=pick.stock_id, quantity=pick.quantity, expires_at=until))
    db.session.flush()
    return result


def keep(holder: uuid.UUID) -> None:
    """The promise to ``holder`` no longer ends by itself (the order is confirmed)."""
    for row in _held(holder):
        row.expires_at = None


def take(holder: uuid.UUID, actor: Actor) -> None:
    """The promised pieces have left the site: on hand and reserved both went down."""
    for row in _held(holder):
        key = f"ship:{holder}:{row.stock_id}"
        _change(row.stock_id, "ship", on_hand=-row.quantity, reserved=-row.quantity, once_key=key, actor=actor)
        row.state = "taken"
    db.session.flush()


def release(holder: uuid.UUID, actor: Actor) -> None:
    """The promised pieces may be sold again."""
    for row in _held(holder):
        key = f"release:{holder}:{row.stock_id}"
        _change(row.stock_id, "release", reserved=-row.quantity, once_key=key, actor=actor)
        row.state = "released"
    db.session.flush()


def hold_lot(lot_id: int, *, source: str, reason: str, actor: Actor = SYSTEM) -> None:
    """From now on no piece of the lot is offered, reserved or sent; a repeated hold of one source changes nothing."""
    done = db.session.execute(
        insert(Hold)
        .values(lot_id=lot_id, source=source, reason=reason, held_at=clock.now(), user_id=actor.user_id)
        .on_conflict_do_nothing(index_elements=["lot_id", "source"], index_where=Hold.lifted_at.is_(None))
        .returning(Hold.id)
    ).scalar()
    if done is not None:
        record("stock.lot_held", ("trace_lot_lot", lot_id), actor, source=source, reason=reason)


def lift_hold(lot_id: int, *, source: str, actor: Actor = SYSTEM) -> None:
    """The hold of this source is over; other sources still hold."""
    done = db.session.execute(
        update(Hold)
        .where(Hold.lot_id == lot_id, Hold.source == source, Hold.lifted_at.is_(None))
        .values(lifted_at=clock.now())
        .returning(Hold.id)
    ).scalars()
    if list(done):
        record("stock.lot_released", ("trace_lot_lot", lot_id), actor, source=source)


def refresh_licences(organisation_id: int) -> int:
    """Rows of lots this organisation sealed, whoever sells them, carry today's licence dates; returns how many changed."""
    changed, lot_ids = 0, lots.under_licence_of(organisation_id)
    for row in db.session.scalars(
        select(StockRow).where(StockRow.lot_id.in_(lot_ids)).order_by(StockRow.id).with_for_update()
    ):
        until = lots.licence_until(row.item_id, organisation_id)
        if until != row.licence_until:
            row.licence_until, changed = until, changed + 1
    db.session.flush()
    return changed


def on_lot_held(*, lot_id: int, held: bool, reason: str, source: str) -> None:
    """A stop or release below reaches the stock in the same transaction; each source lifts only its own hold."""
    for one in lots.with_parts(lot_id):
        if held:
            hold_lot(one, source=source, reason=reason)
        else:
            lift_hold(one, source=source)


def on_licence_changed(*, licence_id: int, organisation_id: int, state: str, reason: str) -> None:  # noqa: ARG001
    """A granted, ended or withdrawn licence decides what of the seller may be sold from now on (hook of the core)."""
    refresh_licences(organisation_id)


def on_hand_and_sold(lot_id: int) -> int:
    """Pieces of the lot ever taken into stock, net of count corrections: what is here plus what has been sent."""
    moves = db.session.execute(
        select(StockMove.kind, StockMove.on_hand_change)
        .join(StockRow, StockRow.id == StockMove.stock_id)
        .where(StockRow.lot_id == lot_id, StockMove.kind.in_(("receive", "adjust")))
    )
    return sum(change for _, change in moves)


def claims(lot_id: int) -> tuple[str, ...]:
    """Hook on ``lot_claims``: pieces of the lot in stock or sold, in words; its making is not undone under them."""
    pieces = on_hand_and_sold(lot_id)
    return (f"商城库存里和卖出的有 {pieces} 件，先在库存盘点里调减",) if pieces > 0 else ()


def _row(lot: rules.LotFacts, site_id: int, actor: Actor) -> StockRow:
    """The row of (lot, site) under lock; made when it is missing.  All rows of the lot are locked, in id order."""
    now = clock.now()
    db.session.execute(
        insert(StockRow)
        .values(
            public_id=uuid.uuid4(), organisation_id=actor.organisation_id, item_id=lot.item_id, lot_id=lot.lot_id,
            site_id=site_id, on_hand=0, reserved=0, lot_no=lot.lot_no, pieces=lot.pieces, record_id=lot.record_id,
            harvested_on=lot.harvested_on, expires_on=lot.expires_on, licence_until=lot.licence_until,
            created_at=now, updated_at=now,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip
    rows = db.session.scalars(
        select(StockRow).where(StockRow.lot_id == lot.lot_id).order_by(StockRow.id).with_for_update()
    ).all()
    return next(r for r in rows if r.site_id == site_id and r.organisation_id == actor.organisation_id)


def _change(
    stock_id: int, kind: str, *, on_hand: int = 0, reserved: int = 0, once_key: str, actor: Actor, note: str = ""
) -> None:
    """One guarded UPDATE: it names what must still be true, and a row count of 0 means that it was not."""
    new_hand, new_reserved = StockRow.on_hand + on_hand, StockRow.reserved + reserved
    done = db.session.execute(
        update(StockRow)
        .where(StockRow.id == stock_id, new_reserved >= 0, new_reserved <= new_hand)
        .values(on_hand=new_hand, reserved=new_reserved, updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise OutOfStock(SHORT, field="quantity", help="减少数量，或看看别的规格。")
    db.session.add(
        StockMove(
            stock_id=stock_id, kind=kind, on_hand_change=on_hand, reserved_change=reserved, once_key=once_key,
            at=clock.now(), user_id=actor.user_id, note=note,
        )
    )  # fmt: skip


def _held(holder: uuid.UUID) -> Sequence[Reservation]:
    return db.session.scalars(
        select(Reservation)
        .where(Reservation.holder == holder, Reservation.state == "held")
        .order_by(Reservation.stock_id)
        .with_for_update()
    ).all()
