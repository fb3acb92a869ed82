"""From an address to what it names.  What never changes is kept in the process; a miss always asks the database."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from sqlalchemy import select

from core.db import db
from core.organisation.queries import find_by_code
from trace.code import queries as codes
from trace.item.models import Item
from trace.lot.models import Lot
from trace.scan.addresses import Address

KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Target:
    """What an address names: ``unit``, ``lot``, ``product``, or what is wrong: ``no_unit``, ``no_product``."""

    kind: str
    item_id: int | None = None
    lot_id: int | None = None
    unit: int | None = None
    has_covered: bool = False
    lot_no: str = ""


_known: dict[Address, Target] = {}
_lock = Lock()


def kept(address: Address) -> Target | None:
    """The target of an issued unit or a sealed lot that was looked up before (neither can ever change)."""
    return _known.get(address)


def forget() -> None:
    """Afterwards everything is looked up anew (tests: other database)."""
    _known.clear()


def resolve(address: Address) -> Target:
    """What the address names; an unknown lot without serial walks up to the product."""
    found = _known.get(address)
    if found is not None:
        return found
    found = _look_up(address)
    if found.kind in ("unit", "lot"):
        with _lock:
            if len(_known) >= KEPT:
                _known.clear()
            _known[address] = found
    return found


def _look_up(address: Address) -> Target:
    item = _item(address)
    if item is None:
        return Target("no_product", lot_no=address.lot or "")
    lot = _sealed_lot(item.id, address.lot) if address.lot else None
    if address.serial is None:
        if lot is not None:
            return Target("lot", item.id, lot.id, lot_no=lot.lot_no)
        return Target("product", item.id, lot_no=address.lot or "")
    unit = codes.resolve(item.id, address.serial)
    if unit is None or (address.lot is not None and (lot is None or lot.id != unit.lot_id)):
        return Target("no_unit", item.id, lot.id if lot else None, lot_no=address.lot or "")
    issued = lot or db.session.get_one(Lot, unit.lot_id)
    return Target("unit", item.id, unit.lot_id, unit.unit, unit.has_covered, issued.lot_no)


def _item(address: Address) -> Item | None:
    if address.gtin:
        return db.session.scalar(select(Item).where(Item.gtin == address.gtin))
    owner = find_by_code(address.code)
    if owner is None:
        return None
    return db.session.scalar(select(Item).where(Item.organisation_id == owner.id, Item.own_code == address.own_code))


def _sealed_lot(item_id: int, lot_no: str) -> Lot | None:
    """The lot, if it is sealed: what is not sealed is not public."""
    return db.session.scalar(
        select(Lot).where(Lot.item_id == item_id, Lot.lot_no == lot_no, Lot.state.in_(("sealed", "held")))
    )
