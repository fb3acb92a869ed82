"""Event hash ids (CBV 2.0, section 8.9): one string per event whatever its syntax, and its SHA-256 as an ``ni`` URI (pure).

The order of properties and lists is that of the published vectors (docs/conformance.md tells where they differ from the
printed table).  ``recordTime``, ``eventID`` and ``errorDeclaration`` stay out, so a correction has the id of what it corrects.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from trace.event.context import Context, compile_context
from trace.event.identifiers import canonical
from trace.event.vocabulary import (
    ALERT,
    BIZ_STEP,
    COMPONENT,
    DISPOSITION,
    MEASUREMENT,
    PARTY_TYPE,
    TRANSACTION_TYPE,
    Terms,
    from_urn,
)

_NONE: frozenset[str] = frozenset()
_COMMENT = "{http://www.w3.org/2000/01/rdf-schema#}comment"
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_INTEGER = re.compile(r"[+-]?\d+")
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:[Zz]|([+-])(\d\d):?(\d\d))?"
)  # seconds may be 60 in a leap second; such a time is left as written

Json = dict[str, Any]
Emit = Callable[[str, Any, "_State"], str]


class _State:
    """What one event is hashed with: its prefixes and the fields to leave out."""

    __slots__ = ("context", "ignore")

    def __init__(self, context: Context, ignore: Collection[str]) -> None:
        self.context = context
        self.ignore = ignore


def prehash(event: Json, context: Any = None, ignore: Collection[str] = _NONE) -> str:
    """The string that is hashed: type and standard fields in order, then the other lists and extensions sorted.

    ``ignore`` names extension fields to leave out, as ``prefix:local`` or ``{namespace}local``.
    """
    own = event.get("@context")
    compiled = compile_context(context) if own is None else compile_context(context, own)
    state = _State(compiled, ignore)
    parts = ["eventType=" + _vocabulary(str(event.get("type", "")), None, state)]
    rest: list[str] = []
    for name, emit in _ORDER.items():
        value = event.get(name)
        if value is not None:
            parts.append(emit(name, value, state))
    for name, value in event.items():
        if name in _ORDER or name in _LEFT_OUT:
            continue
        emit_late = _LATE.get(name)
        rest += [emit_late(name, value, state)] if emit_late else _generic(name, value, state)
    rest.sort()
    return "".join(parts) + "".join(rest)


def event_id(event: Json, context: Any = None, ignore: Collection[str] = _NONE) -> str:
    """``ni:///sha-256;…?ver=CBV2.0`` of the event; two events that differ only in ``eventID`` have one id."""
    return hash_id(prehash(event, context, ignore))


def hash_id(text: str) -> str:
    """The ``ni`` URI (RFC 6920) of a pre-hash string."""
    return f"ni:///sha-256;{hashlib.sha256(text.encode()).hexdigest()}?ver=CBV2.0"


# --- values ----------------------------------------------------------------------------------------------------------


def _value(value: Any, state: _State) -> str:
    """Any scalar in canonical form: numbers plain, CBV URNs and vocabulary CURIEs as URIs, GS1 keys as Digital Links."""
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return ""
        first = text[0]
        if first in "uhH":
            return from_urn(text) if text.startswith("urn:epcglobal:cbv:") else canonical(text)
        if first in "0123456789+-.":
            return _number_text(text)
        return _curie(text, state, only_gs1=True) if first in "gce" else text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return _float(value) if isinstance(value, float) else ""


def _number_text(text: str) -> str:
    if _INTEGER.fullmatch(text) and len(text) < 4000:
        return str(int(text))
    return _float(float(text), text) if _NUMBER.fullmatch(text) else text


def _float(number: float, text: str = "") -> str:
    """Shortest decimal that reads back as ``number``, without exponent and trailing zeros."""
    if not math.isfinite(number):
        return text or str(number)
    if number == int(number):
        return str(int(number))
    plain = repr(number)
    return format(Decimal(plain), "f") if "e" in plain else plain


def _curie(text: str, state: _State, *, only_gs1: bool = False) -> str:
    prefix, colon, local = text.partition(":")
    if not colon or local.startswith("//"):
        return text
    uri = state.context.declared.get(prefix)
    if uri is None or (only_gs1 and not uri.startswith(("https://ref.gs1.org/", "https://gs1.org/"))):
        return text
    return uri + local


def _vocabulary(text: Any, terms: Terms | None, state: _State) -> str:
    if not isinstance(text, str):
        return _value(text, state)
    stripped = text.strip()
    if terms is not None:
        found = terms.to_uri(stripped)
        if found is not stripped:
            return found
    return _value(_curie(stripped, state), state)


def instant(text: str) -> str:
    """A time in UTC with exactly three decimals, half up; what is no time stays as it is."""
    return _instant(text) if len(text) <= 64 else text.strip()


@lru_cache(maxsize=4096)
def _instant(text: str) -> str:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return text.strip()
    year, month, day, hour, minute, second, fraction, sign, hours, minutes = match.groups()
    try:
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        if sign:
            offset = timedelta(hours=int(hours), minutes=int(minutes))
            moment += -offset if sign == "+" else offset
        digits = (fraction or "").ljust(4, "0")
        moment += timedelta(milliseconds=int(digits[:3]) + (digits[3] >= "5"))
    except (ValueError, OverflowError):
        return text.strip()
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z".rjust(24, "0")


# --- standard fields -------------------------------------------------------------------------------------------------


def _scalar(name: str, value: Any, state: _State) -> str:
    text = _value(value, state)
    return f"{name}={text}" if text else ""


def _scalars(name: str, value: Any, state: _State) -> str:
    items = value if isinstance(value, list) else [value]
    return "".join(sorted(_scalar(name, item, state) for item in items))


def _time(name: str, value: Any, state: _State) -> str:
    return f"{name}={instant(value)}" if isinstance(value, str) and value.strip() else _scalar(name, value, state)


def _term(terms: Terms) -> Emit:
    def emit(name: str, value: Any, state: _State) -> str:
        text = _vocabulary(value, terms, state)
        return f"{name}={text}" if text else ""

    return emit


def _epcs(name: str, value: Any, state: _State) -> str:
    if not isinstance(value, list):
        return _scalar(name, value, state)
    body = "".join(sorted("epc=" + text for text in (_value(item, state) for item in value) if text))
    return name + body if body else ""


def _quantities(name: str, value: Any, state: _State) -> str:
    items = value if isinstance(value, list) else [value]
    body = "".join(sorted(filter(None, (_fields("quantityElement", item, state, _QUANTITY) for item in items))))
    return name + body if body else ""


def _fields(name: str, value: Any, state: _State, order: dict[str, Emit]) -> str:
    """``name`` with the fields of an object in order, extensions sorted at its end; '' where nothing is left."""
    if not isinstance(value, dict):
        return _scalar(name, value, state)
    parts = [emit(key, value[key], state) for key, emit in order.items() if value.get(key) is not None]
    extra: list[str] = []
    for key, item in value.items():
        if key not in order:
            extra += _generic(key, item, state)
    extra.sort()
    body = "".join(parts) + "".join(extra)
    return name + body if body else ""


def _object(order: dict[str, Emit]) -> Emit:
    return lambda name, value, state: _fields(name, value, state, order)


def _objects(order: dict[str, Emit], item_name: str = "") -> Emit:
    def emit(name: str, value: Any, state: _State) -> str:
        items = value if isinstance(value, list) else [value]
        body = "".join(sorted(_fields(item_name or name, item, state, order) for item in items))
        return (name + body if body else "") if item_name else body

    return emit


def _typed_list(terms: Terms, key: str) -> Emit:
    order: dict[str, Emit] = {"type": _term(terms), key: _scalar}

    def emit(name: str, value: Any, state: _State) -> str:
        items = value if isinstance(value, list) else [value]
        body = "".join(sorted(_fields("", item, state, order) for item in items))
        return name + body if body else ""

    return emit


def _words(terms: Terms) -> Emit:
    emit_one = _term(terms)

    def emit(name: str, value: Any, state: _State) -> str:
        items = value if isinstance(value, list) else [value]
        return "".join(sorted(emit_one(name, item, state) for item in items))

    return emit


def _nothing(_name: str, _value: Any, _state: _State) -> str:
    """The class of a sensor element (JSON-LD only) says nothing that XML could say."""
    return ""


def _ilmd(name: str, value: Any, state: _State) -> str:
    return name + _children(value, state) if isinstance(value, dict) else _scalar(name, value, state)


# --- extensions ------------------------------------------------------------------------------------------------------


def _generic(name: str, value: Any, state: _State) -> list[str]:
    """``{namespace}local=value`` for each value of a key that is not the standard's, children sorted below it."""
    full = state.context.expand(name)
    if name == "comment" or full == _COMMENT or (state.ignore and (name in state.ignore or full in state.ignore)):
        return []
    items = value if isinstance(value, list) else [value]
    found = []
    for item in items:
        if isinstance(item, dict):
            text = _value(item.get("#text"), state)
            found.append(full + ("=" + text if text else "") + _children(item, state))
        elif isinstance(item, list):
            found.append(full + "".join(sorted(_generic("", item, state))))
        else:
            text = _value(item, state)
            found.append(f"{full}={text}" if text else full)
    return found


def _children(value: Json, state: _State) -> str:
    return "".join(sorted(part for key, item in value.items() if key != "#text" for part in _generic(key, item, state)))


_QUANTITY: dict[str, Emit] = {"epcClass": _scalar, "quantity": _scalar, "uom": _scalar}
_DEVICE: dict[str, Emit] = {
    "deviceID": _scalar, "deviceMetadata": _scalar, "rawData": _scalar, "dataProcessingMethod": _scalar,
}  # fmt: skip
_METADATA: dict[str, Emit] = {"time": _time, "startTime": _time, "endTime": _time, **_DEVICE, "bizRules": _scalar}
_REPORT: dict[str, Emit] = {
    "type": _term(MEASUREMENT), "exception": _term(ALERT), **_DEVICE, "time": _time, "microorganism": _scalar,
    "chemicalSubstance": _scalar, "value": _scalar, "component": _term(COMPONENT), "stringValue": _scalar,
    "booleanValue": _scalar, "hexBinaryValue": _scalar, "uriValue": _scalar, "minValue": _scalar, "maxValue": _scalar,
    "meanValue": _scalar, "sDev": _scalar, "percRank": _scalar, "percValue": _scalar, "uom": _scalar,
    "coordinateReferenceSystem": _scalar,
}  # fmt: skip
_SENSOR: dict[str, Emit] = {"type": _nothing, "sensorMetadata": _object(_METADATA), "sensorReport": _objects(_REPORT)}
_PLACE: dict[str, Emit] = {"id": _scalar}
_STATES: dict[str, Emit] = {"set": _words(DISPOSITION), "unset": _words(DISPOSITION)}
_ORDER: dict[str, Emit] = {
    "eventTime": _time, "eventTimeZoneOffset": _scalar, "certificationInfo": _scalars, "parentID": _scalar,
    "epcList": _epcs, "inputEPCList": _epcs, "childEPCs": _epcs, "quantityList": _quantities,
    "childQuantityList": _quantities, "inputQuantityList": _quantities, "outputEPCList": _epcs,
    "outputQuantityList": _quantities, "action": _scalar, "transformationID": _scalar, "bizStep": _term(BIZ_STEP),
    "disposition": _term(DISPOSITION), "persistentDisposition": _object(_STATES), "readPoint": _object(_PLACE),
    "bizLocation": _object(_PLACE), "sensorElementList": _objects(_SENSOR, "sensorElement"),
}  # fmt: skip
_LATE: dict[str, Emit] = {
    "bizTransactionList": _typed_list(TRANSACTION_TYPE, "bizTransaction"),
    "sourceList": _typed_list(PARTY_TYPE, "source"),
    "destinationList": _typed_list(PARTY_TYPE, "destination"),
    "ilmd": _ilmd,
}
_LEFT_OUT = frozenset(("@context", "type", "eventID", "recordTime", "errorDeclaration"))
