"""Tell the events room what happened to lots (EPCIS 2.0): one call per use case, in its transaction.

A lot knows the day of a step, not its hour: a step of today is told with the present time, an earlier one with noon.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from core import clock
from core.account.actor import Actor
from core.organisation import queries as organisations
from core.place import queries as places
from trace.event import service as events
from trace.event.steps import Amount, Document, Goods, Harvest, Transformed
from trace.lot import queries
from trace.lot.models import Deed, Lot
from trace.season.models import Season


def happened_at(on: date) -> datetime:
    """The time to tell of a step of that day."""
    return clock.now() if on == clock.today() else datetime.combine(on, time(12), tzinfo=clock.SHANGHAI)


def organisation_uri(organisation_id: int) -> str:
    """The address that stands for an organisation in events (its DID's)."""
    return f"{events.host()}/org/{organisations.get_organisation(organisation_id).code}"


def where(place_id: int | None, organisation_id: int) -> str:
    """The place of a step, or the organisation where none was named; never coordinates."""
    known = places.places_by_id([place_id]) if place_id is not None else {}
    if place_id in known:
        return f"{events.host()}/place/{known[place_id].public_id}"
    return organisation_uri(organisation_id)


def amount(lot: queries.LotView, *, grams: int | None = None) -> Amount:
    """So much of the lot: the given grams, else all of it in its own unit."""
    if grams is not None:
        return Amount(lot.uri, grams=grams)
    return Amount(lot.uri, pieces=lot.pieces) if lot.is_packed else Amount(lot.uri, grams=lot.mass_g)


def _document(deed: Deed) -> tuple[Document, ...]:
    """The deed that an event tells of, as its business document: a reversal finds the event by it."""
    return (Document("own:deed", deed_address(deed)),)


def deed_address(deed: Deed) -> str:
    """The address that stands for a deed in events."""
    return f"{events.host()}/deed/{deed.public_id}"


def harvested(deed: Deed, lot: Lot, sources: Sequence[tuple[Season, date, int]], actor: Actor) -> None:
    """Afterwards the raw lot's coming into being is an event."""
    days = [on for _, on, _ in sources]
    seasons = sorted({f"{events.host()}/season/{season.public_id}" for season, _, _ in sources})
    facts = Harvest(
        host=events.host(), at=happened_at(deed.done_on), read_point=where(lot.place_id, lot.organisation_id),
        amounts=(amount(queries.lot_by_id(lot.id)),), lot_no=lot.lot_no, first_day=min(days), last_day=max(days),
        seasons=tuple(seasons), documents=_document(deed),
    )  # fmt: skip
    events.record_step("harvest", facts, deed.organisation_id, actor)


def transformed(
    deed: Deed, made: Sequence[Lot], sources: Sequence[tuple[Lot, int]], actor: Actor, *, loss_g: int = 0
) -> None:
    """Afterwards it is an event that so many grams of these lots became the new ones, ``loss_g`` of them nothing."""
    views = queries.lots_by_id([*(lot.id for lot in made), *(source.id for source, _ in sources)])
    place = made[0] if made else sources[0][0]
    facts = Transformed(
        host=events.host(), at=happened_at(deed.done_on), read_point=where(place.place_id, deed.organisation_id),
        inputs=tuple(amount(views[source.id], grams=grams) for source, grams in sources),
        outputs=tuple(amount(views[lot.id]) for lot in made), loss_grams=loss_g or None, documents=_document(deed),
    )  # fmt: skip
    events.record_step(_STEPS[deed.kind], facts, deed.organisation_id, actor)


_STEPS = {"pack": "pack", "repack": "pack", "grade": "grade", "split": "split", "merge": "merge"}
_LOSSES = {"loss": "waste", "sample": "sample", "destroy": "destroy"}


def lost(deed: Deed, lot: Lot, grams: int, actor: Actor) -> None:
    """Afterwards the grams that were written off, sampled or destroyed are an event."""
    facts = Goods(
        host=events.host(), at=happened_at(deed.done_on), read_point=where(lot.place_id, lot.organisation_id),
        amounts=(amount(queries.lot_by_id(lot.id), grams=grams),), documents=_document(deed),
    )  # fmt: skip
    events.record_step(_LOSSES[deed.kind], facts, deed.organisation_id, actor)


def taken_back(deed: Deed, actor: Actor) -> None:
    """Afterwards the events of a reversed deed are declared wrong, each beside itself."""
    events.declare_document_wrong("own:deed", deed_address(deed), "did_not_occur", deed.organisation_id, actor)


def sealed(lot: Lot) -> None:
    """Afterwards the public part of the lot's events is open to everybody, as its record is."""
    events.publish_lot(queries.lot_by_id(lot.id).uri, lot.organisation_id)
