"""Bodies sent to capture: EPCIS documents, query documents, bare events and lists, as JSON-LD or XML (pure).

Duplicate keys, NaN, lone surrogates and U+0000 are refused, so that what is checked, hashed and stored is one thing.
"""

from __future__ import annotations

import json
from typing import Any

import orjson

from trace.event import frame, xml
from trace.event.context import EPCIS_CONTEXT, Context, Parsed, compile_context, namespaces
from trace.event.errors import BadDocument, Fault, UnsupportedContent
from trace.event.vocabulary import (
    ALERT,
    BIZ_STEP,
    COMPONENT,
    DISPOSITION,
    ERROR_REASON,
    MEASUREMENT,
    PARTY_TYPE,
    TRANSACTION_TYPE,
    Terms,
)

__all__ = ["EPCIS_CONTEXT", "Parsed", "document_of", "namespaces", "normalise", "parse", "parse_json"]

Json = dict[str, Any]
JSON_TYPES = ("application/json", "application/ld+json")
XML_TYPES = ("application/xml", "text/xml")


def parse(body: bytes, content_type: str, *, judge_frame: bool = True) -> Parsed:
    """The events of a body; BadDocument with every fault of its frame, UnsupportedContent for another media type.

    Without ``judge_frame`` only what hinders reading is refused: for hashing documents of others as they are.
    """
    media = content_type.partition(";")[0].strip().lower()
    if media in JSON_TYPES:
        return parse_json(body, judge_frame=judge_frame)
    if media in XML_TYPES:
        return xml.parse(body, judge_frame=judge_frame)
    raise UnsupportedContent("只收 JSON（application/json、application/ld+json）和 XML（application/xml）的事件文件。")


def parse_json(body: bytes, *, judge_frame: bool = True) -> Parsed:
    """The events of a JSON body as they were written; ``check.faults`` judges them one by one."""
    value = load(body)
    if isinstance(value, list):
        return _list(value)
    if not isinstance(value, dict):
        raise BadDocument("事件文件要写成一个 JSON 对象，或事件的列表。")
    kind = value.get("type")
    if isinstance(kind, str) and kind in frame.KINDS:
        events, faults = frame.judge(value, kind)
        if judge_frame or not events:
            _refuse(faults)
        return Parsed(events, value.get("@context"), kind, _ignored(value))
    if kind == "EPCISMasterDataDocument":
        raise BadDocument("主数据文件不在这里登记，请发送事件文件（EPCISDocument）。", code="event.master_data")
    if judge_frame:
        _refuse(list(frame.context_faults(value.get("@context"), "/@context")))
    return Parsed([value], value.get("@context"), "event")


def load(body: bytes) -> Any:
    """The JSON value of ``body``; BadDocument for what two readers could understand differently."""
    try:
        orjson.loads(body)  # the strict reader: UTF-8, no NaN, no lone surrogates, bounded depth
        value = json.loads(body, object_pairs_hook=_no_duplicates)
    except _Duplicate as error:
        raise BadDocument(f"同一个对象里“{error.args[0]}”写了两次，请删去一个。", code="event.duplicate_key") from None
    except (ValueError, RecursionError):
        raise BadDocument("文件不是合格的 JSON（UTF-8）。请用工具检查后再发。", code="event.json") from None
    if b"\\u0000" in body and "\\u0000" in json.dumps(value).replace("\\\\", ""):
        raise BadDocument("文字里有空字符（U+0000），请删去后再发。", code="event.null_character")
    return value


class _Duplicate(Exception):
    pass


def _no_duplicates(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Duplicate(key)
            seen.add(key)
    return found


def _list(value: list[Any]) -> Parsed:
    faults = [
        Fault("event.object", f"/{i}", "事件要写成一个 JSON 对象。")
        for i, e in enumerate(value)
        if not isinstance(e, dict)
    ]
    for place, event in enumerate(value):
        if isinstance(event, dict):
            faults += frame.context_faults(event.get("@context"), f"/{place}/@context")
    if not value:
        faults.append(Fault("doc.empty", "", "列表里没有事件。"))
    _refuse(faults)
    return Parsed(value, None, "list")


def _refuse(faults: list[Fault]) -> None:
    if faults:
        more = f"（共 {len(faults)} 处）" if len(faults) > 1 else ""
        raise BadDocument(f"{faults[0].message}{more}", faults=faults)


def _ignored(value: Json) -> frozenset[str]:
    """Fields named by an ``…:ignoreFields`` extension of the document: names in a list or text, or keys of an object."""
    context = compile_context(value.get("@context"))
    places = [value, *(part for part in (value.get("epcisHeader"), value.get("epcisBody")) if isinstance(part, dict))]
    found = [fields for place in places for name, fields in place.items() if name.rpartition(":")[2] == "ignoreFields"]
    return frozenset(context.expand(name) for fields in found for name in _names_in(fields))


def _names_in(fields: Any) -> list[str]:
    if isinstance(fields, str):
        return fields.replace(",", " ").split()
    if isinstance(fields, list):
        return [name for item in fields for name in _names_in(item)]
    return [name for name in fields if not name.startswith("@")] if isinstance(fields, dict) else []


# --- one form --------------------------------------------------------------------------------------------------------


def normalise(event: Json, context: Any = None) -> Json:
    """The event with standard terms as bare words, a single certificate as it is, and without its own ``@context``.

    What is stored and answered; syntax (JSON, XML) and spelling (URN, CURIE, URI) no longer show.
    """
    own = event.get("@context")
    compiled = compile_context(context) if own is None else compile_context(context, own)
    return {
        name: _NORMAL[name](value, compiled) if name in _NORMAL else value
        for name, value in event.items()
        if name != "@context"
    }


def document_of(events: list[Json], context: Any, created: str) -> Json:
    """An EPCISDocument around stored events; ``context`` adds the prefixes that their extensions use."""
    own = compile_context(context).declared
    contexts: list[Any] = [EPCIS_CONTEXT, *([dict(own)] if own else [])]
    return {
        "@context": contexts,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": created,
        "epcisBody": {"eventList": events},
    }


def _word(terms: Terms) -> Any:
    def normal(value: Any, context: Context) -> Any:
        if not isinstance(value, str) or value in terms.words:
            return value
        prefix, colon, local = value.partition(":")
        full = (
            context.known[prefix] + local if colon and prefix in context.known and not local.startswith("//") else value
        )
        return terms.to_word(full)

    return normal


def _inside(fields: dict[str, Any]) -> Any:
    def normal(value: Any, context: Context) -> Any:
        if isinstance(value, list):
            return [normal(item, context) for item in value]
        if not isinstance(value, dict):
            return value
        return {name: fields[name](item, context) if name in fields else item for name, item in value.items()}

    return normal


def _words(terms: Terms) -> Any:
    one = _word(terms)
    return lambda value, context: [one(item, context) for item in value] if isinstance(value, list) else value


_NORMAL: dict[str, Any] = {
    "bizStep": _word(BIZ_STEP),
    "disposition": _word(DISPOSITION),
    "persistentDisposition": _inside({"set": _words(DISPOSITION), "unset": _words(DISPOSITION)}),
    "bizTransactionList": _inside({"type": _word(TRANSACTION_TYPE)}),
    "sourceList": _inside({"type": _word(PARTY_TYPE)}),
    "destinationList": _inside({"type": _word(PARTY_TYPE)}),
    "errorDeclaration": _inside({"reason": _word(ERROR_REASON)}),
    "sensorElementList": _inside(
        {
            "sensorReport": _inside(
                {"type": _word(MEASUREMENT), "exception": _word(ALERT), "component": _word(COMPONENT)}
            )
        }
    ),
}
