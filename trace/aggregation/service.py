"""Make boxes, put things in, take them out, close, take apart, ship.  Never commits; every deed locks its box."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.account.actor import Actor
from core.config import settings
from core.db import db, lock
from core.errors import BadInput
from core.organisation.queries import get_organisation
from core.record.service import record
from trace.aggregation import numbers, queries, reading, rules, telling
from trace.aggregation.errors import Refused
from trace.aggregation.models import KINDS, Content, LogisticUnit, Numbering
from trace.code import fates
from trace.code import queries as codes
from trace.item.models import Item
from trace.lot.models import Lot


def set_prefix(actor: Actor, prefix: str) -> Numbering:
    """Afterwards new boxes are numbered with this GS1 company prefix (or, '' , with own numbers); old ones keep theirs."""
    plain = prefix.strip().replace(" ", "")
    if plain and not re.fullmatch(r"[0-9]{4,12}", plain):
        raise BadInput("厂商识别代码是 4 到 12 位数字。", code="aggregation.prefix", field="gs1_prefix")
    row = _numbering(actor)
    if row.gs1_prefix != plain:
        row.gs1_prefix = plain
        row.next_reference = _next_free(actor, plain)
        record("aggregation.prefix_set", row, actor, prefix=plain)
    return row


def _next_free(actor: Actor, prefix: str) -> int:
    """Behind every number this organisation has made in the same way before."""
    same = LogisticUnit.sscc.like(f"_{prefix}%") if prefix else LogisticUnit.sscc.is_(None)
    query = select(func.count()).where(LogisticUnit.organisation_id == actor.organisation_id, same)
    return db.session.scalar(query) or 0


def _numbering(actor: Actor) -> Numbering:
    """The organisation's counter under its row lock."""
    statement = insert(Numbering).values(organisation_id=actor.organisation_id, gs1_prefix="", next_reference=0)
    db.session.execute(statement.on_conflict_do_nothing(index_elements=["organisation_id"]))
    return db.session.scalars(
        select(Numbering).where(Numbering.organisation_id == actor.organisation_id).with_for_update()
    ).one()


def make_boxes(
    actor: Actor, *, kind: str, count: int, capacity: int, lot_public_id: uuid.UUID | None = None
) -> list[LogisticUnit]:
    """Afterwards ``count`` empty boxes with numbers of their own stand open; with a lot they take only its units."""
    if kind not in KINDS:
        raise BadInput("选箱或托盘。", code="aggregation.kind", field="kind")
    if not 1 <= count <= rules.LARGEST_ORDER:
        raise BadInput(f"一次新建 1 到 {rules.LARGEST_ORDER} 个。", code="aggregation.count", field="count")
    if not 1 <= capacity <= rules.MAX_CAPACITY:
        raise BadInput(f"每箱件数在 1 到 {rules.MAX_CAPACITY:,} 之间。", code="aggregation.capacity", field="capacity")
    lot = codes.lot_for_actor(lot_public_id, actor)[0] if lot_public_id else None
    numbering = _numbering(actor)
    assert actor.organisation_id is not None
    owner = get_organisation(actor.organisation_id)
    made = [
        _box(numbering, owner.code, actor, kind=kind, capacity=capacity, lot_id=lot.id if lot else None)
        for _ in range(count)
    ]
    db.session.add_all(made)
    db.session.flush()  # the caller shows them
    record("aggregation.boxes_made", made[0], actor, kind=kind, count=count, first=made[0].code, last=made[-1].code)
    return made


def _box(numbering: Numbering, owner_code: str, actor: Actor, *, kind: str, capacity: int, lot_id: int | None) -> Any:
    reference, prefix = numbering.next_reference, numbering.gs1_prefix
    code = numbers.sscc(prefix, reference) if prefix else numbers.own_number(kind, reference)
    numbering.next_reference = reference + 1
    return LogisticUnit(
        organisation_id=numbering.organisation_id, kind=kind, code=code, sscc=code if prefix else None,
        uri=numbers.uri(code, identity_host=settings().identity_host, owner_code=owner_code), lot_id=lot_id,
        capacity=capacity, made_at=clock.now(), made_by_id=actor.user_id,
    )  # fmt: skip


# --- in and out ------------------------------------------------------------------------------------------------------


def put(box_public_id: uuid.UUID, scanned: str, actor: Actor) -> Content:
    """Afterwards the scanned thing is in the box; Refused or Unreadable say why not, in words for the packer."""
    box = _locked(box_public_id, actor)
    found = reading.read(scanned)
    if isinstance(found, reading.BoxCode):
        return _put_box(box, found, actor)
    unit, lot = _unit(found, box, actor)
    # Voiding takes this row for update: a unit is never voided and packed at once.
    db.session.execute(text("select 1 from trace_code_counter where item_id = :item for share"), {"item": unit.item_id})
    inside = _box_of(Content.item_id == unit.item_id, Content.unit == unit.unit)
    thing = rules.ThingFacts(
        "unit", lot_no=lot.lot_no, lot_state=lot.state, voided=codes.void_of(unit.item_id, unit.unit) is not None,
        inside=inside.code if inside else "", inside_this=inside is not None and inside.id == box.id,
        gone=fates.gone(unit.item_id, unit.unit),
    )  # fmt: skip
    rules.check_put(facts_of(box), thing)
    since = _free_since(Content.item_id == unit.item_id, Content.unit == unit.unit)
    return _insert(box, since, actor, item_id=unit.item_id, unit=unit.unit, lot_id=lot.id)


def _put_box(box: LogisticUnit, found: reading.BoxCode, actor: Actor) -> Content:
    child = queries.box_by_code(found.code, actor.organisation_id)
    if child is None:
        rules.check_put(facts_of(box), rules.ThingFacts("box", own=False))
        raise AssertionError("a box of somebody else is always refused")
    inside = _box_of(Content.child_id == child.id)
    thing = rules.ThingFacts(
        child.kind if child.kind == "carton" else "box", inside=inside.code if inside else "",
        inside_this=inside is not None and inside.id == box.id, closed=child.closed_at is not None,
        dissolved=child.dissolved_at is not None, shipped=child.shipped_at is not None,
        lot_state="held" if holds_held(child.id) else "sealed",
    )  # fmt: skip
    rules.check_put(facts_of(box), thing)
    if child.kind == "pallet":
        raise Refused("托盘上不能再放托盘。", code="aggregation.pallet_on_pallet", help="扫箱签。")
    return _insert(box, _free_since(Content.child_id == child.id), actor, child_id=child.id)


def take_out(box_public_id: uuid.UUID, scanned: str, actor: Actor, *, reason: str = "") -> Content:
    """Afterwards the scanned thing is no longer in the box; its time in it stays on record."""
    box = _locked(box_public_id, actor)
    found = reading.read(scanned)
    if isinstance(found, reading.BoxCode):
        child = queries.box_by_code(found.code, actor.organisation_id)
        condition = (Content.child_id == (child.id if child else 0),)
    else:
        unit, _lot = _unit(found, box, actor)
        condition = (Content.item_id == unit.item_id, Content.unit == unit.unit)  # type: ignore[assignment]
    row = db.session.scalar(select(Content).where(Content.parent_id == box.id, Content.valid_to.is_(None), *condition))
    rules.check_take(facts_of(box), inside=row is not None)
    assert row is not None
    _end([row], actor, reason)
    if box.closed_at is not None:
        telling.emptied(box, [row], actor)
    record("aggregation.taken_out", box, actor, code=box.code, thing=scanned[-20:], reason=reason)
    return row


def close(box_public_id: uuid.UUID, actor: Actor) -> LogisticUnit:
    """Afterwards the box is closed with what is in it; its label can be printed and it can be shipped."""
    box = _locked(box_public_id, actor)
    rules.check_close(facts_of(box))
    box.closed_at = clock.now()
    db.session.flush()  # events read the state
    inside = queries.contents(box.id)
    telling.closed(box, inside, actor)
    record("aggregation.box_closed", box, actor, code=box.code, count=len(inside))
    return box


def dissolve(box_public_id: uuid.UUID, actor: Actor, *, reason: str) -> int:
    """Afterwards the box is empty and out of use for good, its contents free; returns how many came out."""
    box = _locked(box_public_id, actor)
    if not reason.strip():
        raise BadInput(
            "拆箱要写明原因。", code="aggregation.reason", field="reason", help="例如：客户改规格，重新装箱。"
        )
    inside = _box_of(Content.child_id == box.id)
    rules.check_dissolve(facts_of(box), inside=inside.code if inside else "")
    rows = queries.contents(box.id)
    _end(rows, actor, reason.strip())
    box.dissolved_at = clock.now()
    db.session.flush()  # events read the state
    if rows:
        telling.emptied(box, rows, actor)
    record("aggregation.box_dissolved", box, actor, code=box.code, count=len(rows), reason=reason)
    return len(rows)


def ship(box_public_ids: list[uuid.UUID], actor: Actor, *, to: str, document: str = "") -> list[LogisticUnit]:
    """Afterwards the boxes have left the house: all of them, or none where one may not."""
    boxes = queries.boxes_by_public_id(box_public_ids, actor)
    if not boxes:
        raise BadInput("先选要发的箱。", code="aggregation.nothing", field="boxes")
    if not to.strip():
        raise BadInput("写明发给谁。", code="aggregation.to", field="to", help="例如：示例商贸有限公司，运城。")
    for box in boxes:
        lock(box)
        inside = _box_of(Content.child_id == box.id)
        rules.check_ship(facts_of(box), inside=inside.code if inside else "", held=holds_held(box.id))
    for box in boxes:
        box.shipped_at, box.shipped_to, box.shipping_document = clock.now(), to.strip(), document.strip()
        record("aggregation.box_shipped", box, actor, code=box.code, to=to, document=document)
    db.session.flush()  # events read the state
    telling.shipped(boxes, actor)
    return boxes


def units_in_use(*, item_id: int, first: int, last: int) -> tuple[str, ...]:
    """The boxes that hold some of these units, in words (asked before units are voided)."""
    query = (
        select(LogisticUnit.code, func.count())
        .join(Content, Content.parent_id == LogisticUnit.id)
        .where(Content.item_id == item_id, Content.unit.between(first, last), Content.valid_to.is_(None))
        .group_by(LogisticUnit.code)
        .order_by(LogisticUnit.code)
        .limit(5)
    )
    return tuple(f"箱 {code} 里有 {count} 件。" for code, count in db.session.execute(query))


# --- helpers ---------------------------------------------------------------------------------------------------------


def _locked(public_id: uuid.UUID, actor: Actor) -> LogisticUnit:
    box = queries.box_for_actor(public_id, actor)
    lock(box)
    return box


def facts_of(box: LogisticUnit) -> rules.BoxFacts:
    """The box as the rules read it."""
    lot = db.session.get_one(Lot, box.lot_id) if box.lot_id is not None else None
    return rules.BoxFacts(
        box.kind, box.code, box.capacity, queries.count_of(box.id), closed=box.closed_at is not None,
        dissolved=box.dissolved_at is not None, shipped=box.shipped_at is not None, lot_no=lot.lot_no if lot else "",
    )  # fmt: skip


def _unit(found: reading.UnitCode, box: LogisticUnit, actor: Actor) -> tuple[codes.Unit, Lot]:
    """The unit of a scanned code among the actor's own items, with its lot; Refused where it is none of them."""
    for item in _candidates(found, box, actor):
        unit = codes.resolve(item.id, found.serial)
        if unit is None:
            continue
        lot = db.session.get_one(Lot, unit.lot_id)
        if not found.lot_no or found.lot_no.upper() == lot.lot_no.upper():
            return unit, lot
    rules.check_put(rules.BoxFacts(box.kind, box.code, 1, 0), rules.ThingFacts("unit", own=False))
    raise AssertionError("a unit of somebody else is always refused")


def _candidates(found: reading.UnitCode, box: LogisticUnit, actor: Actor) -> list[Item]:
    items = queries.items_of(actor.organisation_id)
    if found.gtin:
        return [item for item in items if item.gtin == found.gtin]
    if found.own_code:
        assert actor.organisation_id is not None
        own = get_organisation(actor.organisation_id).code == found.owner_code
        return [item for item in items if own and item.own_code == found.own_code]
    first = db.session.get_one(Lot, box.lot_id).item_id if box.lot_id is not None else 0
    return sorted(items, key=lambda item: item.id != first)


def _box_of(*condition: Any) -> LogisticUnit | None:
    parent = db.session.scalar(select(Content.parent_id).where(Content.valid_to.is_(None), *condition))
    return db.session.get_one(LogisticUnit, parent) if parent is not None else None


def _free_since(*condition: Any) -> datetime | None:
    found: datetime | None = db.session.scalar(select(func.max(Content.valid_to)).where(*condition))
    return found


def _insert(box: LogisticUnit, since: datetime | None, actor: Actor, **child: int) -> Content:
    """One interval begins now; the constraint, not the look before, decides between two packers."""
    now = clock.now()
    begin = max(now, since) if since is not None else now
    statement = (
        insert(Content)
        .values(parent_id=box.id, valid_from=begin, added_by_id=actor.user_id, removal_reason="", **child)
        .on_conflict_do_nothing()
        .returning(Content.id)
    )
    made = db.session.scalar(statement)
    if made is None:
        raise Refused(
            "刚刚被别人装进另一个箱。", code="aggregation.already_packed", help="看一看是不是扫重了，再扫下一件。"
        )
    return db.session.get_one(Content, made)


def _end(rows: list[Content], actor: Actor, reason: str) -> None:
    for row in rows:
        end = max(clock.now(), row.valid_from + timedelta(microseconds=1))
        db.session.execute(
            update(Content)
            .where(Content.id == row.id, Content.valid_to.is_(None))
            .values(valid_to=end, removed_by_id=actor.user_id, removal_reason=reason)
        )
        db.session.refresh(row)


def holds_held(box_id: int) -> bool:
    """Whether something in the box is of a lot that is not for sale now."""
    lots = queries.lots_in(box_id)
    if not lots:
        return False
    query = select(func.count()).where(Lot.id.in_(list(lots)), Lot.state != "sealed")
    return bool(db.session.scalar(query))
