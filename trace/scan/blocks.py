"""The office stops a code and lets it go again, with reasons; every move is in the workflow's history.  Never commits."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert

from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, NotFound
from core.hooks import codes_changed
from core.organisation.queries import get_organisation
from core.workflow.engine import MoveContext, fire
from core.workflow.table import Move
from trace.code import fates
from trace.code.models import Series, Void
from trace.item.models import Item
from trace.lot.models import Lot
from trace.scan import addresses, resolve
from trace.scan.models import Block
from trace.scan.rules import BLOCK, BlockFacts


def facts(block: Block, _move: Move, _actor: Actor, _now: datetime, _payload: Mapping[str, Any]) -> BlockFacts:
    """What the guards of a block decide on."""
    return BlockFacts(block.unit)


def block_code(address: str, actor: Actor, *, reason: str) -> Block:
    """Afterwards the unit of this code address is stopped: its page and every check say so."""
    block = _row(address)
    fire(BLOCK, block, "block", actor, reason=reason)
    return block


def move_block(public_id: uuid.UUID, move: str, actor: Actor, *, reason: str) -> Block:
    """Fire a move of a stopped code."""
    block = get_block(public_id)
    fire(BLOCK, block, move, actor, reason=reason)
    return block


def told(block: Block, ctx: MoveContext) -> None:
    """Effect of every move: the reason stands on the row, the organisation's pages are made anew."""
    block.reason = ctx.reason
    for hook in codes_changed:
        hook(organisation_id=block.organisation_id)


def _row(address: str) -> Block:
    """The row of the unit an address names, made where there is none; two at once make one."""
    path = "/" + address.split("//", 1)[1].partition("/")[2] if "//" in address else address.strip()
    try:
        target = resolve.resolve(addresses.parse(path))
    except BadInput as wrong:
        raise BadInput(wrong.message, code=wrong.code, field="address", help="粘贴二维码里的整个地址。") from wrong
    if target.kind != "unit":
        raise BadInput("这个地址不是发出过的编号。", code="scan.not_a_unit", field="address", help="核对批次和编号。")
    lot = db.session.get_one(Lot, target.lot_id)
    serial = addresses.parse(path).serial
    db.session.execute(
        insert(Block)
        .values(
            public_id=uuid.uuid4(), organisation_id=lot.organisation_id, item_id=target.item_id, lot_id=lot.id,
            unit=target.unit, serial=serial, state=BLOCK.initial, version=1, reason="",
        )
        .on_conflict_do_nothing(index_elements=["item_id", "unit"])
    )  # fmt: skip
    return db.session.scalars(select(Block).where(Block.item_id == target.item_id, Block.unit == target.unit)).one()


def get_block(public_id: uuid.UUID) -> Block:
    """The stopped code; NotFound otherwise (the office sees all)."""
    row = db.session.scalar(select(Block).where(Block.public_id == public_id))
    if row is None:
        raise NotFound("没有找到这个编号。", code="scan.block_not_found", help="请从停用编号列表重新进入。")
    return row


def blocks() -> Select[*tuple[Any, ...]]:
    """Every code that was ever stopped, with product and lot, for the office's table."""
    return (
        select(
            Block.id, Block.public_id, Block.serial, Block.state, Block.reason, Item.name.label("item_name"), Lot.lot_no
        )
        .join(Item, Item.id == Block.item_id)
        .join(Lot, Lot.id == Block.lot_id)
    )


@dataclass(frozen=True, slots=True)
class Marks:
    """The units of a lot whose open code says something else than the record: single stopped ones, voided ranges."""

    blocked: frozenset[int]
    voided: tuple[tuple[int, int], ...]
    destroyed: tuple[tuple[int, int], ...] = ()

    def of(self, unit: int | None) -> str:
        """``destroyed``, ``blocked``, ``voided`` or '' for a unit, in the precedence of the verdict."""
        if unit is None:
            return ""
        if any(first <= unit <= last for first, last in self.destroyed):
            return "destroyed"
        if unit in self.blocked:
            return "blocked"
        return "voided" if any(first <= unit <= last for first, last in self.voided) else ""


def marks_of_lot(lot_id: int) -> Marks:
    """The marks of a lot's units now."""
    stopped = db.session.scalars(select(Block.unit).where(Block.lot_id == lot_id, Block.state == "blocked"))
    voided = db.session.execute(
        select(Void.first_unit, Void.last_unit)
        .join(Series, Series.id == Void.series_id)
        .where(Series.lot_id == lot_id)
        .order_by(Void.first_unit)
    )
    voids = tuple((row.first_unit, row.last_unit) for row in voided)
    return Marks(frozenset(stopped), voids, fates.destroyed_of_lot(lot_id))


def address_of(item_id: int, lot_id: int | None, serial: str) -> str:
    """The code address of a unit, for the office."""
    item = db.session.get_one(Item, item_id)
    lot = db.session.get(Lot, lot_id) if lot_id is not None else None
    code = "" if item.gtin else get_organisation(item.organisation_id).code
    address = addresses.Address(gtin=item.gtin or "", code=code, own_code=item.own_code or "")
    return address.path(lot=lot.lot_no if lot else None, serial=serial or None)
