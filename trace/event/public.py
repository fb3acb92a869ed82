"""What outsiders see of an event: the fields named here, of lots whose signed record is public, and nothing else (pure).

Not shown, because it is not theirs to know: serial numbers (they are what labels are copied from), logistic units, lots
whose record is not public, quantities, places, business transactions, sources and destinations (a buyer), sensor
readings, extension fields.  docs/epcis.md section 6 tells partners the same list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from trace.event.facets import canonical

WITHHELD = "urn:yidun:epcis:withheld"
SHOWN = (
    "type", "eventID", "eventTime", "eventTimeZoneOffset", "action", "bizStep", "disposition", "persistentDisposition",
    "certificationInfo",
)  # fmt: skip
_CLASSES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_EMPTIED = {
    "ObjectEvent": ("epcList",),
    "AggregationEvent": ("childEPCs",),
    "AssociationEvent": ("childEPCs",),
    "TransactionEvent": ("epcList",),
    "TransformationEvent": (),
}
_ILMD = frozenset(
    f"{prefix}{name}"
    for prefix in ("cbvmda:", "urn:epcglobal:cbv:mda:")
    for name in ("lotNumber", "itemExpirationDate", "bestBeforeDate", "sellByDate", "countryOfOrigin")
)
_DECLARATION = ("declarationTime", "reason", "correctiveEventIDs")


def public_part(event: Mapping[str, Any], public_uris: Collection[str], event_id: str = "") -> dict[str, Any]:
    """The public part of an event, a valid event itself; ``public_uris`` are the canonical lots whose record is public."""
    shown = {name: event[name] for name in SHOWN if name in event}
    kept = False
    for name in _CLASSES:
        lots = [{"epcClass": e["epcClass"]} for e in event.get(name) or () if canonical(e["epcClass"]) in public_uris]
        if lots:
            shown[name], kept = lots, True
    if not kept:
        for name in _EMPTIED.get(str(event.get("type")), ()):
            shown[name] = []
    ilmd = {k: v for k, v in (event.get("ilmd") or {}).items() if k in _ILMD and isinstance(v, str | int | float)}
    if ilmd:
        shown["ilmd"] = ilmd
    if declaration := event.get("errorDeclaration"):
        shown["errorDeclaration"] = {k: declaration[k] for k in _DECLARATION if k in declaration}
    return shown | _demanded(shown, event_id)


def _demanded(shown: Mapping[str, Any], event_id: str) -> dict[str, Any]:
    """What EPCIS 2.0 demands of an event of this type and the public part does not tell, as ``WITHHELD``.

    A transformation of which only one side is shown is one told in parts, which its id binds (EPCIS 2.0 7.4.6).
    """
    kind = shown.get("type")
    if kind == "TransformationEvent":
        sides = ("inputQuantityList" in shown, "outputQuantityList" in shown)
        return {} if all(sides) else {"transformationID": event_id or WITHHELD}
    if kind == "TransactionEvent":
        return {"bizTransactionList": [{"bizTransaction": WITHHELD}]}
    if kind == "AssociationEvent":
        return {"parentID": WITHHELD} | ({"childEPCs": [WITHHELD]} if "childEPCs" in shown else {})
    if kind == "AggregationEvent" and "childEPCs" in shown:
        return {"parentID": WITHHELD, "childEPCs": [WITHHELD]}
    return {}
