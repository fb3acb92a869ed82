"""Tell the events room what was packed, unpacked and shipped (EPCIS AggregationEvent ADD and DELETE, ObjectEvent)."""

from __future__ import annotations

from collections.abc import Sequence

from core import clock
from core.account.actor import Actor
from core.db import db
from core.organisation.queries import get_organisation
from trace.aggregation.models import Content, LogisticUnit
from trace.code import keys
from trace.code import queries as codes
from trace.code.fates import Unit
from trace.event import service as events
from trace.event.steps import Contained, Goods, Moved
from trace.item.queries import items_by_id
from trace.item.rules import lot_uri
from trace.lot.models import Lot


def closed(box: LogisticUnit, inside: Sequence[Content], actor: Actor) -> None:
    """Afterwards the box with everything in it is one event ADD (the scans before closing are no business step)."""
    facts = _facts(box, inside, closed=True)
    events.record_step(box.kind, facts, box.organisation_id, actor)


def emptied(box: LogisticUnit, out: Sequence[Content], actor: Actor) -> None:
    """Afterwards what came out of a closed box is an event DELETE."""
    events.record_step("unpack", _facts(box, out), box.organisation_id, actor)


def shipped(boxes: Sequence[LogisticUnit], actor: Actor) -> None:
    """Afterwards the boxes leaving the house are one event."""
    first = boxes[0]
    facts = Moved(
        host=events.host(), at=clock.now(), read_point=_where(first), epcs=tuple(sorted(box.uri for box in boxes))
    )
    events.record_step("ship", facts, first.organisation_id, actor)


def sold(units: Sequence[Unit], actor: Actor) -> None:
    """Afterwards the units that left with an order are one event; nothing of the buyer stands in it."""
    assert actor.organisation_id is not None
    items = items_by_id(unit.item_id for unit in units)
    lots = {lot_id: db.session.get_one(Lot, lot_id).lot_no for lot_id in {unit.lot_id for unit in units}}
    names = sorted(
        _unit_name(lot_uri(items[u.item_id].uri, lots[u.lot_id]), serial_of(u.item_id, u.unit)) for u in units
    )
    facts = Goods(
        host=events.host(), at=clock.now(), read_point=_organisation_uri(actor.organisation_id), epcs=tuple(names)
    )
    events.record_step("retail_sale", facts, actor.organisation_id, actor)


def _unit_name(lot: str, serial: str) -> str:
    return f"{lot}/{'21' if lot.startswith('https://id.gs1.org/') else 'ser'}/{serial}"


def _facts(box: LogisticUnit, contents: Sequence[Content], *, closed: bool = False) -> Contained:
    return Contained(
        host=events.host(), at=clock.now(), read_point=_where(box), parent=box.uri, epcs=_names(contents), closed=closed
    )


def _where(box: LogisticUnit) -> str:
    return _organisation_uri(box.organisation_id)


def _organisation_uri(organisation_id: int) -> str:
    return f"{events.host()}/org/{get_organisation(organisation_id).code}"


def _names(contents: Sequence[Content]) -> tuple[str, ...]:
    """The canonical name of each thing: a box, or a unit with its lot."""
    items = items_by_id({row.item_id for row in contents if row.item_id is not None})
    found = []
    for row in contents:
        if row.child_id is not None:
            found.append(db.session.get_one(LogisticUnit, row.child_id).uri)
            continue
        assert row.item_id is not None
        assert row.unit is not None
        lot = lot_uri(items[row.item_id].uri, db.session.get_one(Lot, row.lot_id).lot_no)
        found.append(_unit_name(lot, serial_of(row.item_id, row.unit)))
    return tuple(sorted(found))


def serial_of(item_id: int, unit: int) -> str:
    """The serial of an issued unit."""
    series = codes.series_of_unit(item_id, unit)
    assert series is not None
    return keys.version(item_id, "serial", series.key_version).serial(unit)
