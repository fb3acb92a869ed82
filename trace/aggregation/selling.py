"""Which units leave with an order: boxes and single units scanned when the parcel is packed.  Never commits.

What is scanned must be of the order's lots and no more than was ordered; what is not scanned stays unnamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.record.service import record
from trace.aggregation import queries, reading, rules, service, telling
from trace.aggregation.errors import Refused
from trace.aggregation.models import Content, LogisticUnit
from trace.code import fates
from trace.code import queries as codes
from trace.item.queries import items_by_id
from trace.lot.models import Lot

MOST_SCANS = 500


@dataclass
class _Parcel:
    """What the scans came to: units, and the seller's own boxes that leave with them."""

    units: dict[tuple[int, int], fates.Unit] = field(default_factory=dict)
    boxes: list[LogisticUnit] = field(default_factory=list)

    def add(self, unit: fates.Unit) -> None:
        self.units[(unit.item_id, unit.unit)] = unit


def sell(
    scans: Sequence[str], wanted: Mapping[int, int], actor: Actor, *, source: str, to: str, document: str = ""
) -> int:
    """Afterwards the scanned units are recorded as sold under ``source`` and the seller's boxes as shipped; returns how many.

    ``wanted`` is pieces by lot row id (a part of another organisation's lot names units of its root).  Refused or
    Unreadable say what does not fit, in words for the packer; nothing is recorded then.
    """
    if len(scans) > MOST_SCANS:
        raise Refused(
            f"一次最多登记 {MOST_SCANS} 个码。", code="aggregation.too_many", field="units", help="整箱的扫箱签。"
        )
    lots = {lot.root_id or lot.id: lot for lot in db.session.scalars(select(Lot).where(Lot.id.in_(list(wanted))))}
    parcel = _Parcel()
    fates.lock_items(lot.item_id for lot in lots.values())
    for scanned in scans:
        found = reading.read(scanned)
        if isinstance(found, reading.BoxCode):
            _add_box(parcel, found, actor)
        else:
            parcel.add(_loose(found, lots))
    _check(parcel, lots, wanted)
    for box in parcel.boxes:
        box.shipped_at, box.shipped_to, box.shipping_document = clock.now(), to, document
        record("aggregation.box_shipped", box, actor, code=box.code, to=to, document=document)
    db.session.flush()  # events read the state
    units = [parcel.units[key] for key in sorted(parcel.units)]
    fates.sell(units, actor, source=source)
    if parcel.boxes:
        telling.shipped(parcel.boxes, actor)
    if units:
        telling.sold(units, actor)
    return len(units)


def _loose(found: reading.UnitCode, lots: Mapping[int, Lot]) -> fates.Unit:
    """A single unit of one of the lots that is in no box; Refused otherwise."""
    known = items_by_id(lot.item_id for lot in lots.values())
    for item in known.values():
        if found.gtin and item.gtin != found.gtin:
            continue
        unit = codes.resolve(item.id, found.serial)
        if unit is None or unit.lot_id not in lots:
            continue
        inside = db.session.scalar(
            select(LogisticUnit.code)
            .join(Content, Content.parent_id == LogisticUnit.id)
            .where(Content.item_id == unit.item_id, Content.unit == unit.unit, Content.valid_to.is_(None))
            .where(LogisticUnit.shipped_at.is_(None))
        )
        if inside:
            raise Refused(
                f"{found.serial} 装在箱 {inside} 里。", code="aggregation.in_box", field="units",
                help="整箱发的扫箱签；单件发的先从箱里取出。",
            )  # fmt: skip
        return fates.Unit(unit.item_id, unit.lot_id, unit.unit)
    raise Refused(
        f"{found.serial} 不是这笔订单的批次。", code="aggregation.not_ordered", field="units",
        help="核对“发什么”里的批号，换一件发。",
    )  # fmt: skip


def _add_box(parcel: _Parcel, found: reading.BoxCode, actor: Actor) -> None:
    box = queries.box_by_code(found.code, actor.organisation_id)
    if box is None:
        box = db.session.scalar(select(LogisticUnit).where(LogisticUnit.sscc == found.code))
    if box is None:
        raise Refused(
            f"没有箱 {found.code}。", code="aggregation.box_not_found", field="units", help="对照箱签再扫一次。"
        )
    lock(box)
    own = box.organisation_id == actor.organisation_id
    if own:
        inside = next(iter(queries.chain_of_box(box.id)), None)
        rules.check_ship(service.facts_of(box), inside=inside.code if inside else "", held=service.holds_held(box.id))
        parcel.boxes.append(box)
    elif box.shipped_at is None or box.dissolved_at is not None:
        raise Refused(f"箱 {box.code} 没有发到本单位。", code="aggregation.foreign_box", field="units")
    for content in _all_in(box.id):
        parcel.add(content)


def _all_in(box_id: int) -> Iterable[fates.Unit]:
    waiting, seen = [box_id], set()
    while waiting:
        here = waiting.pop()
        seen.add(here)
        for content in queries.contents(here):
            if content.child_id is not None and content.child_id not in seen:
                waiting.append(content.child_id)
            elif content.item_id is not None and content.unit is not None and content.lot_id is not None:
                yield fates.Unit(content.item_id, content.lot_id, content.unit)


def _check(parcel: _Parcel, lots: Mapping[int, Lot], wanted: Mapping[int, int]) -> None:
    """Every unit is of the order's lots, none voided or gone, no more of a lot than was ordered."""
    counted: dict[int, int] = {}
    for unit in parcel.units.values():
        if unit.lot_id not in lots:
            raise Refused(
                "箱里有别的批次的件。", code="aggregation.not_ordered", field="units", help="拆开重装，或换一箱发。"
            )
        if codes.void_of(unit.item_id, unit.unit) is not None:
            raise Refused("有一件的标签已经作废。", code="aggregation.voided", field="units", help="换一件发。")
        if fates.gone(unit.item_id, unit.unit):
            raise Refused("有一件已登记售出或销毁。", code="aggregation.gone", field="units", help="看看是不是扫错了。")
        counted[unit.lot_id] = counted.get(unit.lot_id, 0) + 1
    for root_id, count in counted.items():
        lot = lots[root_id]
        if count > wanted[lot.id]:
            raise Refused(
                f"批次 {lot.lot_no} 扫到 {count} 件，订单是 {wanted[lot.id]} 件。", code="aggregation.more_than_ordered",
                field="units", help="取出多的件，再登记发货。",
            )  # fmt: skip
