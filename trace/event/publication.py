"""The public events of one lot as an EPCIS document: what everybody may read, in a fixed order, ready to be signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from trace.event import answers, queries
from trace.event.context import EPCIS_CONTEXT
from trace.event.eventhash import event_id


def events_of(lot_uri: str, organisation_id: int) -> list[dict[str, Any]]:
    """The public part of each of the organisation's events about the lot, in order of recording.

    An event declared wrong stands there twice: as it was told, and again with its declaration.  Of an event about several
    lots more is shown once more of them are sealed.
    """
    rows = queries.public_about(lot_uri, organisation_id)
    return [{k: v for k, v in event.items() if k != "recordTime"} for event, _ in answers.shown(rows)]


def count_of(lot_uri: str, organisation_id: int) -> int:
    """How many events ``events_of`` gives."""
    return queries.count_public_about(lot_uri, organisation_id)


def document(events: list[dict[str, Any]], created: datetime) -> dict[str, Any]:
    """The EPCISDocument (EPCIS 2.0, JSON-LD) of these events."""
    return {
        "@context": [EPCIS_CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": answers.stamp(created),
        "epcisBody": {"eventList": events},
    }


def public_hash(event: dict[str, Any]) -> str:
    """The event hash id (CBV 2.0 8.9) of the public part itself, which any tool can make from the document alone."""
    return event_id(event, [EPCIS_CONTEXT])
