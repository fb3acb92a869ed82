"""From an address to what it names.  What never changes is kept in the process; a miss always asks the database."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from sqlalchemy import select

from core.db import db
from core.organisation.queries import find_by_code
from trace.code import queries as codes
from trace.code.queries import IssuedCodes
from trace.item.models import Item
from trace.lot.models import Lot
from trace.scan.addresses import Address

KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Target:
    """What an address names: ``unit``, ``lot``, ``product``, or what is wrong: ``no_unit``, ``no_product``."""

    kind: str
    item_id: int | None = None
    lot_id: int | None = None
    unit: int | None = None
    has_covered: bool = False
    lot_no: str = ""


@dataclass(frozen=True, slots=True)
class _Product:
    """What is kept of a product: its codes, and the numbers of its sealed lots."""

    codes: IssuedCodes
    lots: dict[int, str]


_products: dict[tuple[str, str, str], _Product] = {}
_lock = Lock()


def kept(address: Address) -> Target | None:
    """The target of an issued unit of a sealed lot, read with what the process keeps (neither can ever change)."""
    product = _products.get((address.gtin, address.code, address.own_code))
    if product is None or address.serial is None:
        return None
    unit = product.codes.find(address.serial)
    lot_no = product.lots.get(unit.lot_id) if unit is not None else None
    if unit is None or lot_no is None or address.lot not in (None, lot_no):
        return None
    return Target("unit", unit.item_id, unit.lot_id, unit.unit, unit.has_covered, lot_no)


def forget() -> None:
    """Afterwards everything is looked up anew (tests: other database)."""
    _products.clear()


def resolve(address: Address) -> Target:
    """What the address names; an unknown lot without serial walks up to the product."""
    found = kept(address) or _look_up(address)
    if found.kind == "unit" and found.item_id is not None and kept(address) is None:
        _keep(address, found.item_id)
    return found


def _keep(address: Address, item_id: int) -> None:
    """Keep the product's keys, series and lots as they stand now."""
    codes_now = codes.issued_codes(item_id)
    rows = db.session.execute(
        select(Lot.id, Lot.lot_no).where(
            Lot.id.in_({series[3] for series in codes_now.series}), Lot.state.in_(("sealed", "held"))
        )
    )
    with _lock:
        if len(_products) >= KEPT:
            _products.clear()
        _products[(address.gtin, address.code, address.own_code)] = _Product(
            codes_now, {row.id: row.lot_no for row in rows}
        )


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
