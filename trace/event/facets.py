"""What a captured event is found by: columns, the identifiers it names, extension fields, sensor reports (pure)."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from trace.event import identifiers, vocabulary
from trace.event.vocabulary import STANDARD_PREFIXES

EPC, CHILD, PARENT, INPUT, OUTPUT = 1, 2, 3, 4, 5
QUANTITY, CHILD_CLASS, INPUT_CLASS, OUTPUT_CLASS = 6, 7, 8, 9
LOT, PROCESS = 10, 11
NEITHER, FROM, TO = 0, 1, 2

_LISTS = (
    ("epcList", EPC, NEITHER),
    ("childEPCs", CHILD, FROM),
    ("inputEPCList", INPUT, FROM),
    ("outputEPCList", OUTPUT, TO),
)
_QUANTITIES = (
    ("quantityList", QUANTITY, NEITHER),
    ("childQuantityList", CHILD_CLASS, FROM),
    ("inputQuantityList", INPUT_CLASS, FROM),
    ("outputQuantityList", OUTPUT_CLASS, TO),
)
STANDARD = frozenset(
    [
        "@context",
        "type",
        "eventID",
        "eventTime",
        "recordTime",
        "eventTimeZoneOffset",
        "certificationInfo",
        "errorDeclaration",
        "epcList",
        "quantityList",
        "action",
        "bizStep",
        "disposition",
        "persistentDisposition",
        "readPoint",
        "bizLocation",
        "bizTransactionList",
        "sourceList",
        "destinationList",
        "sensorElementList",
        "ilmd",
        "parentID",
        "childEPCs",
        "childQuantityList",
        "inputEPCList",
        "inputQuantityList",
        "outputEPCList",
        "outputQuantityList",
        "transformationID",
        "isA",
    ]
)
_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d")
_LONGEST = 400
_LISTS_OF_TERMS = (
    vocabulary.BIZ_STEP, vocabulary.DISPOSITION, vocabulary.TRANSACTION_TYPE, vocabulary.PARTY_TYPE,
    vocabulary.ERROR_REASON, vocabulary.MEASUREMENT, vocabulary.ALERT, vocabulary.COMPONENT,
)  # fmt: skip


def bare(word: str) -> str:
    """A word of the core business vocabulary without its prefix; anything else unchanged."""
    if ":" not in word:
        return word
    for terms in _LISTS_OF_TERMS:
        found = terms.to_word(word)
        if found != word:
            return found
    return word


@lru_cache(65536)
def key_of(canonical: str) -> uuid.UUID:
    """The key of a canonical URI: the first 16 bytes of its SHA-256."""
    return uuid.UUID(bytes=hashlib.sha256(canonical.encode()).digest()[:16])


@lru_cache(65536)
def canonical(uri: str) -> str:
    """The URI under which an identifier is kept, asked for and compared."""
    return str(identifiers.canonical(uri))


@lru_cache(65536)
def class_of(canonical_uri: str) -> str | None:
    """The class (trade item) of an identifier, canonical; None where it has none."""
    found = identifiers.class_of(canonical_uri)
    return canonical(str(found)) if found else None


@dataclass(frozen=True, slots=True)
class Named:
    """An identifier in an event."""

    uri: str
    role: int
    side: int
    quantity: Decimal | None = None
    uom: str | None = None

    @property
    def kind(self) -> str:
        if self.role == PROCESS:
            return "other"
        return "class" if self.role in (QUANTITY, CHILD_CLASS, INPUT_CLASS, OUTPUT_CLASS, LOT) else "epc"


@dataclass(slots=True)
class Facets:
    """Everything an event is found by."""

    type: str
    event_time: datetime
    action: str | None = None
    declared_at: datetime | None = None
    biz_step: str | None = None
    disposition: str | None = None
    read_point: str | None = None
    biz_location: str | None = None
    transformation_id: str | None = None
    named: list[Named] = field(default_factory=list)
    fields: dict[str, Any] | None = None
    sensors: list[dict[str, Any]] | None = None


def instant(text: str) -> datetime:
    """An aware UTC time out of xsd:dateTimeStamp; ValueError otherwise."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time beyond the calendar") from None


def sortable(text: str) -> str | None:
    """The time as text that sorts by time (UTC, microseconds), or None where it is no time with a zone."""
    if not _TIME.match(text):
        return None
    try:
        return instant(text).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    except ValueError:
        return None


def facets(event: Mapping[str, Any], prefixes: Mapping[str, str]) -> Facets:
    """What ``event`` (checked JSON-LD) is found by; ``prefixes`` of its context name its extension fields in full."""
    declaration = event.get("errorDeclaration")
    found = Facets(
        type=_type(str(event["type"]), prefixes),
        event_time=instant(str(event["eventTime"])),
        action=event.get("action"),
        declared_at=instant(str(declaration["declarationTime"])) if declaration else None,
        biz_step=_word(event.get("bizStep")),
        disposition=_word(event.get("disposition")),
        read_point=_place(event.get("readPoint")),
        biz_location=_place(event.get("bizLocation")),
        transformation_id=event.get("transformationID"),
        named=list(_named(event)),
    )
    found.fields = _fields(event, prefixes) or None
    if "sensorElementList" in event:
        found.sensors = list(_sensors(event["sensorElementList"])) or None
    return found


def _type(name: str, prefixes: Mapping[str, str]) -> str:
    name = name.removeprefix("epcis:").removeprefix("https://ref.gs1.org/epcis/")
    return expand(name, prefixes) if ":" in name else name


def expand(name: str, prefixes: Mapping[str, str]) -> str:
    """The full name of ``prefix:local`` where the prefix is known, else the name as written."""
    prefix, colon, local = name.partition(":")
    if not colon or local.startswith("//"):
        mapped = prefixes.get(name)
        return mapped or name
    base = prefixes.get(prefix) or STANDARD_PREFIXES.get(prefix)
    return f"{base}{local}" if base else name


def _word(value: Any) -> str | None:
    return bare(str(value)) if value else None


def _place(value: Any) -> str | None:
    uri = value.get("id") if isinstance(value, Mapping) else value
    return canonical(str(uri)) if uri else None


def _named(event: Mapping[str, Any]) -> Iterator[Named]:
    if parent := event.get("parentID"):
        nested = event.get("type") != "TransactionEvent"
        yield Named(canonical(str(parent)), PARENT, TO if nested else NEITHER)
    commissioned = _commissioned_lot(event)
    for name, role, side in _LISTS:
        for uri in event.get(name) or ():
            yield Named(canonical(str(uri)), role, TO if commissioned and role == EPC else side)
    for name, role, side in _QUANTITIES:
        for element in event.get(name) or ():
            quantity = element.get("quantity")
            amount = None if quantity is None else Decimal(str(quantity))
            yield Named(canonical(str(element["epcClass"])), role, side, amount, element.get("uom"))
    if commissioned:
        yield Named(commissioned, LOT, FROM)
    if process := event.get("transformationID"):
        yield from _process(str(process), event)


def _process(process: str, event: Mapping[str, Any]) -> Iterator[Named]:
    """A transformation told in several events: inputs lead to the process, the process to outputs."""
    if event.get("inputEPCList") or event.get("inputQuantityList"):
        yield Named(process, PROCESS, TO)
    if event.get("outputEPCList") or event.get("outputQuantityList"):
        yield Named(process, PROCESS, FROM)


def _commissioned_lot(event: Mapping[str, Any]) -> str | None:
    """The lot whose serials an Object ADD event brings into being: named by the first serial or the ilmd's lot number."""
    ilmd, epcs = event.get("ilmd") or {}, event.get("epcList")
    if not epcs or event.get("type") != "ObjectEvent" or event.get("action") != "ADD":
        return None
    if named := identifiers.lot_of(str(epcs[0])):
        return canonical(named)
    number = next(
        (ilmd[k] for k in ("cbvmda:lotNumber", "urn:epcglobal:cbv:mda:lotNumber", "lotNumber") if k in ilmd), None
    )
    item = class_of(canonical(str(epcs[0])))
    if not isinstance(number, str) or item is None:
        return None
    base = item.split("/10/")[0].split("/lot/")[0]
    return f"{base}/10/{number}" if base.startswith("https://id.gs1.org/") else f"{base}/lot/{number}"


def _fields(event: Mapping[str, Any], prefixes: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for scope, name, inner in (
        ("bt", "bizTransactionList", "bizTransaction"),
        ("src", "sourceList", "source"),
        ("dst", "destinationList", "destination"),
    ):
        for element in event.get(name) or ():
            kind = bare(str(element.get("type") or "none"))
            found.setdefault(scope, {}).setdefault(kind, []).append(canonical(str(element[inner])))
    persistent = event.get("persistentDisposition") or {}
    for name in ("set", "unset"):
        if words := _many(persistent.get(name)):
            found[name] = [bare(str(word)) for word in words]
    if declaration := event.get("errorDeclaration"):
        if reason := declaration.get("reason"):
            found["reason"] = [bare(str(reason))]
        if corrective := declaration.get("correctiveEventIDs"):
            found["corrective"] = list(corrective)
        own = {k: v for k, v in declaration.items() if k not in ("declarationTime", "reason", "correctiveEventIDs")}
        _collect(found, "error", own, prefixes)
    if len(event.keys() - STANDARD):
        _collect(found, "top", {k: v for k, v in event.items() if k not in STANDARD}, prefixes)
    if ilmd := event.get("ilmd"):
        _collect(found, "ilmd", ilmd, prefixes)
    return found


def _collect(found: dict[str, Any], scope: str, values: Mapping[str, Any], prefixes: Mapping[str, str]) -> None:
    for name, value in values.items():
        if name.startswith("@"):
            continue
        for one in _many(value):
            if isinstance(one, Mapping) and "@value" not in one:
                _keep(found, scope, name, None, prefixes)
                _collect(found, scope if scope.startswith("inner") else f"inner_{scope}", one, prefixes)
            else:
                _keep(found, scope, name, one["@value"] if isinstance(one, Mapping) else one, prefixes)


def _keep(found: dict[str, Any], scope: str, name: str, value: Any, prefixes: Mapping[str, str]) -> None:
    place = found.setdefault(scope, {})
    for known in {name, expand(name, prefixes)}:
        kept = place.setdefault(known, [])
        if value is not None:
            kept.extend(comparable(value))


def comparable(value: Any) -> list[Any]:
    """The forms a value is compared in: itself, and a time also as ``t:`` text that sorts."""
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, int | float):
        return [value]
    text = str(value)[:_LONGEST]
    made: list[Any] = [text]
    if moment := sortable(text):
        made.append(f"t:{moment}")
    return made


def _many(value: Any) -> Iterable[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


_SENSOR_TIMES = ("time", "startTime", "endTime")


def _sensors(elements: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for element in elements:
        meta = dict(element.get("sensorMetadata") or {})
        for report in _many(element.get("sensorReport")):
            merged = {**meta, **report}
            for name in _SENSOR_TIMES:
                if name in merged:
                    merged[name] = sortable(str(merged[name])) or merged[name]
            if "type" in merged:
                merged["type"] = bare(str(merged["type"]))
            yield {k: v for k, v in merged.items() if isinstance(v, str | int | float | bool)}
