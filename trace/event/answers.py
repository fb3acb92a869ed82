"""Events as EPCIS query documents: contexts joined, identifiers in the form asked for, outsiders' fields left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from core import clock
from trace.event import queries
from trace.event.context import EPCIS_CONTEXT as CONTEXT
from trace.event.facets import canonical
from trace.event.public import public_part
from trace.event.queries import Row

DIGITAL_LINK, AS_CAPTURED = "Always_GS1_Digital_Link", "Never_Translates"
_LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_NAMED = (("sourceList", "source"), ("destinationList", "destination"), ("bizTransactionList", "bizTransaction"))


def stamp(moment: datetime) -> str:
    """xsd:dateTimeStamp in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def link_form(event: dict[str, Any]) -> dict[str, Any]:
    """The event with EPC URNs as GS1 Digital Link URIs; its hash id stays the same (CBV 2.0 8.9)."""
    made = dict(event)
    for name in _LISTS:
        if name in made:
            made[name] = [_link(uri) for uri in made[name]]
    if "parentID" in made:
        made["parentID"] = _link(made["parentID"])
    for name in _QUANTITIES:
        if name in made:
            made[name] = [{**element, "epcClass": _link(element["epcClass"])} for element in made[name]]
    for name in ("readPoint", "bizLocation"):
        if isinstance(made.get(name), Mapping) and "id" in made[name]:
            made[name] = {**made[name], "id": _link(made[name]["id"])}
    for name, inner in _NAMED:
        if name in made:
            made[name] = [{**element, inner: _link(element[inner])} for element in made[name]]
    return made


def _link(uri: Any) -> Any:
    return canonical(uri) if isinstance(uri, str) and uri.startswith("urn:epc:") else uri


def shown(rows: Sequence[Row], form: str = DIGITAL_LINK) -> list[tuple[dict[str, Any], Any]]:
    """Each event as its reader may see it, with the context of its extension fields."""
    foreign = [row.id for row in rows if not row.own]
    public = queries.public_uris(foreign) if foreign else {}
    made = []
    for row in rows:
        event, context = dict(row.payload), row.context
        if not row.own:
            event, context = public_part(event, public.get(row.organisation_id, set()), row.event_id), None
        event["eventID"], event["recordTime"] = row.event_id, stamp(row.record_time)
        made.append((link_form(event) if form == DIGITAL_LINK else event, context))
    return made


def events_and_context(pairs: Iterable[tuple[dict[str, Any], Any]]) -> tuple[list[dict[str, Any]], Any]:
    """The events, and one context for all; where two contexts name different things alike, the later keeps its own."""
    joined: dict[str, Any] = {}
    others: list[Any] = []
    events = []
    for event, context in pairs:
        clash = False
        for part in context or ():
            if isinstance(part, Mapping):
                clash = clash or any(joined.get(k, v) != v for k, v in part.items())
        if clash:
            events.append({"@context": [CONTEXT, *context], **event})
            continue
        for part in context or ():
            if isinstance(part, Mapping):
                joined.update(part)
            elif part not in others:
                others.append(part)
        events.append(event)
    whole = [CONTEXT, *others, *([joined] if joined else [])]
    return events, whole


def query_document(
    rows: Sequence[Row], *, form: str = DIGITAL_LINK, name: str = "SimpleEventQuery", subscription: str | None = None
) -> dict[str, Any]:
    """An EPCISQueryDocument of these events."""
    events, context = events_and_context(shown(rows, form))
    results: dict[str, Any] = {"queryName": name}
    if subscription is not None:
        results["subscriptionID"] = subscription
    results["resultsBody"] = {"eventList": events}
    return {
        "@context": context,
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "creationDate": stamp(clock.now()),
        "epcisBody": {"queryResults": results},
    }


def collection(members: Sequence[str], context: Any = CONTEXT) -> dict[str, Any]:
    """A Collection document."""
    return {"@context": context, "type": "Collection", "member": list(members)}
