"""EPCIS XML 2.0 and 1.2, all five event types, to the same events as JSON-LD (pure; defusedxml).

The order of elements is not judged (XSD sequences are), EPCIS 1.2 wrappers ``extension`` and ``baseExtension`` are looked through.
Standard terms become bare words, numbers become numbers; a value that is neither stays text, so that ``check`` can name it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from trace.event import shapes
from trace.event.context import EPCIS_CONTEXT, Parsed
from trace.event.errors import BadDocument, Fault, UnsupportedXml
from trace.event.vocabulary import (
    ALERT,
    BIZ_STEP,
    CBV,
    COMPONENT,
    DISPOSITION,
    ERROR_REASON,
    GS1,
    MEASUREMENT,
    PARTY_TYPE,
    STANDARD_PREFIXES,
    TRANSACTION_TYPE,
    Terms,
)

Json = dict[str, Any]
_OWN = tuple(
    f"{{urn:epcglobal:epcis{part}:xsd:{version}}}" for part in ("", "-query", "-masterdata") for version in (1, 2)
)
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_RESERVED = frozenset(("http", "https", "urn", "xml", "xmlns", "ni", "geo", "mailto", "tel", "epc"))
_WRAPPERS = ("extension", "baseExtension")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
EVENT_TYPES = ("ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent")


class _Names:
    """Prefixes for the namespaces that extensions use: those of the file where they can serve in JSON-LD."""

    def __init__(self, declared: Iterable[tuple[str, str]]) -> None:
        self.declared = list(declared)
        self.by_uri = {uri: prefix for prefix, uri in STANDARD_PREFIXES.items()}
        self.used: dict[str, str] = {}

    def key(self, tag: str) -> str:
        """The JSON key of an element or attribute: bare for the standard's, ``prefix:local`` for others."""
        if not tag.startswith("{"):
            return tag
        for own in _OWN:
            if tag.startswith(own):
                return tag[len(own) :]
        uri, _, local = tag[1:].partition("}")
        return f"{self._prefix(uri)}:{local}"

    def _prefix(self, uri: str) -> str:
        prefix = self.by_uri.get(uri)
        if prefix is None:
            taken = set(self.by_uri.values())
            wanted = [
                name for name, target in self.declared if target == uri and re.fullmatch(r"[A-Za-z][\w\-]*", name)
            ]
            free = [name for name in wanted if name not in taken and name.lower() not in _RESERVED]
            prefix = free[0] if free else f"ext{len(self.used) + 1}"
            while prefix in taken:
                prefix += "x"
            self.used[prefix] = uri
            self.by_uri[uri] = prefix
        return prefix

    def value(self, text: str) -> str:
        """``text`` as it is; where it is a CURIE of GS1's vocabularies, its prefix is declared for the reader."""
        prefix, colon, local = text.partition(":")
        if colon and not local.startswith("//") and prefix in ("gs1", "cbv"):
            self.used[prefix] = GS1 if prefix == "gs1" else CBV
        return text

    def term(self, text: str, terms: Terms) -> str:
        """The bare word of a standard term, else ``value``."""
        word = terms.to_word(text)
        return word if word in terms.words else self.value(text)


def parse(body: bytes, *, judge_frame: bool = True) -> Parsed:
    """The events of an EPCIS document, a query result, or one bare event; UnsupportedXml for any other XML."""
    root, names = _read(body)
    kind = names.key(root.tag)
    if kind in EVENT_TYPES:
        return Parsed([_event(root, names)], _context(names), "event")
    if kind not in ("EPCISDocument", "EPCISQueryDocument"):
        raise UnsupportedXml(f"只收 EPCIS 事件文件，这个文件的根元素是 {kind}。请改发 EPCISDocument，或用 JSON 发送。")
    ignore = frozenset(
        child.tag for element in root if element.tag.rpartition("}")[2] == "ignoreFields" for child in element
    )
    holder = _event_list(root, names)
    events = [_event(element, names) for element in _unwrapped(holder) if isinstance(element.tag, str)]
    faults = list(_frame_faults(root, kind)) if judge_frame else []
    if faults:
        raise BadDocument(faults[0].message, faults=faults)
    return Parsed(events, _context(names), kind, ignore)


def _read(body: bytes) -> tuple[Element, _Names]:
    declared: list[tuple[str, str]] = []
    root: Element | None = None
    try:
        for event, item in iterparse(BytesIO(body), events=("start", "start-ns"), forbid_dtd=False):
            if event == "start-ns":
                declared.append(item)
            elif root is None:
                root = item
    except DefusedXmlException:
        raise UnsupportedXml("XML 里不能有实体声明和外部引用，请去掉后再发。") from None
    except (ParseError, ValueError, LookupError):
        raise BadDocument("文件不是合格的 XML。请用工具检查后再发。", code="event.xml_syntax") from None
    if root is None:
        raise BadDocument("文件是空的。", code="event.xml_syntax")
    return root, _Names(declared)


def _frame_faults(root: Element, kind: str) -> Iterable[Fault]:
    version, created = root.get("schemaVersion"), root.get("creationDate")
    if version not in ("1.0", "1.1", "1.2") and not (version or "").startswith("2."):
        yield Fault("doc.version", "/@schemaVersion", "schemaVersion 要写 2.0（或 1.2）。")
    if (kind == "EPCISDocument" or created is not None) and shapes.time(created):
        yield Fault("doc.created", "/@creationDate", "要写明文件生成时间 creationDate，带时区。")


def _event_list(root: Element, names: _Names) -> Element:
    """The element that holds the events, down the known path only; another body is said by its name."""
    place = root
    for step in range(4):
        children = {names.key(child.tag): child for child in place if isinstance(child.tag, str)}
        for name in ("EventList", "resultsBody", "QueryResults", "EPCISBody"):
            if name in children:
                place = children[name]
                break
        else:
            found = next(iter(children), "空") if step else "没有 EPCISBody"
            raise UnsupportedXml(f"只收事件文件，这里面是 {found}。查询和主数据请用 JSON 接口。")
        if names.key(place.tag) == "EventList":
            return place
    raise UnsupportedXml("没有找到事件列表 EventList。")


def _context(names: _Names) -> list[Any]:
    return [EPCIS_CONTEXT, *([dict(names.used)] if names.used else [])]


# --- elements --------------------------------------------------------------------------------------------------------


def _unwrapped(element: Element) -> Iterable[Element]:
    for child in element:
        if child.tag in _WRAPPERS:
            yield from _unwrapped(child)
        elif isinstance(child.tag, str):
            yield child


def _text(element: Element) -> str:
    return (element.text or "").strip()


def _event(element: Element, names: _Names) -> Json:
    event: Json = {"type": names.key(element.tag)}
    for child in _unwrapped(element):
        _put(event, names.key(child.tag), child, names, _FIELDS)
    return event


def _put(target: Json, key: str, child: Element, names: _Names, fields: dict[str, Reader]) -> None:
    """``key`` with the value of ``child``; a repeated element becomes a list."""
    reader = fields.get(key)
    value = reader(child, names) if reader else _extension(child, names)
    if key not in target:
        target[key] = value
    elif isinstance(target[key], list):
        target[key].append(value)
    else:
        target[key] = [target[key], value]


def _extension(element: Element, names: _Names) -> Any:
    """An element the standard does not define: text, or an object of its attributes and children."""
    found: Json = {names.key(k): v for k, v in element.attrib.items() if not k.startswith(_XSI)}
    children = [child for child in element if isinstance(child.tag, str)]
    if not children and not found:
        return names.value(_text(element))
    if not children:
        found["#text"] = names.value(_text(element))
    for child in children:
        _put(found, names.key(child.tag), child, names, {})
    return found


Reader = Callable[[Element, _Names], Any]


def _plain(element: Element, names: _Names) -> str:
    return names.value(_text(element))


def _term(terms: Terms) -> Reader:
    return lambda element, names: names.term(_text(element), terms)


def _number(text: str) -> Any:
    """The number a text stands for, integers exact; the text where it is none."""
    if _NUMBER.fullmatch(text) is None or len(text) > 400:
        return text
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() and abs(value) < 10**30 else float(value)


def _listed(name: str) -> Reader:
    """The values of a list, each once: JSON lists are sets, and XML has no rule against a repetition."""
    return lambda element, names: list(
        dict.fromkeys(_plain(child, names) for child in element if names.key(child.tag) == name)
    )


def _quantities(element: Element, names: _Names) -> list[Json]:
    found = []
    for item in element:
        one: Json = {}
        for child in _unwrapped(item):
            key, text = names.key(child.tag), _plain(child, names)
            if text:  # an empty element says that the quantity is not known
                one[key] = _number(text) if key == "quantity" else text
        found.append(one)
    return found


def _place(element: Element, names: _Names) -> Json:
    found: Json = {}
    for child in _unwrapped(element):
        _put(found, names.key(child.tag), child, names, {"id": _plain})
    return found


def _typed(name: str, terms: Terms) -> Reader:
    def read(element: Element, names: _Names) -> list[Json]:
        found = []
        for item in element:
            one: Json = {}
            if item.get("type") is not None:
                one["type"] = names.term(str(item.get("type")).strip(), terms)
            one[name] = _plain(item, names)
            found.append(one)
        return found

    return read


def _states(element: Element, names: _Names) -> Json:
    found: Json = {}
    for child in _unwrapped(element):
        found.setdefault(names.key(child.tag), []).append(_term(DISPOSITION)(child, names))
    return found


def _ilmd(element: Element, names: _Names) -> Any:
    found: Json = {}
    for child in _unwrapped(element):
        _put(found, names.key(child.tag), child, names, {})
    return found


def _error(element: Element, names: _Names) -> Json:
    found: Json = {}
    fields: dict[str, Reader] = {
        "declarationTime": _plain, "reason": _term(ERROR_REASON), "correctiveEventIDs": _listed("correctiveEventID"),
    }  # fmt: skip
    for child in _unwrapped(element):
        _put(found, names.key(child.tag), child, names, fields)
    return found


_NUMBERS = frozenset(("value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"))
_REPORT_TERMS = {"type": MEASUREMENT, "exception": ALERT, "component": COMPONENT}


def _attributes(element: Element, names: _Names, *, report: bool) -> Json:
    found: Json = {}
    for name, raw in element.attrib.items():
        if name.startswith(_XSI):
            continue
        key, text = names.key(name), raw.strip()
        if report and key in _REPORT_TERMS:
            found[key] = names.term(text, _REPORT_TERMS[key])
        elif report and key in _NUMBERS:
            found[key] = _number(text)
        elif report and key == "booleanValue":
            found[key] = {"true": True, "1": True, "false": False, "0": False}.get(text, text)
        else:
            found[key] = names.value(text)
    for child in _unwrapped(element):
        _put(found, names.key(child.tag), child, names, {})
    return found


def _sensors(element: Element, names: _Names) -> list[Json]:
    found = []
    for item in element:
        one: Json = {}
        for child in _unwrapped(item):
            key = names.key(child.tag)
            if key == "sensorMetadata":
                one[key] = _attributes(child, names, report=False)
            elif key == "sensorReport":
                one.setdefault(key, []).append(_attributes(child, names, report=True))
            else:
                _put(one, key, child, names, {})
        found.append(one)
    return found


_EPCS = _listed("epc")
_FIELDS: dict[str, Reader] = {
    "eventTime": _plain, "recordTime": _plain, "eventTimeZoneOffset": _plain, "eventID": _plain, "action": _plain,
    "certificationInfo": _plain, "parentID": _plain, "transformationID": _plain, "errorDeclaration": _error,
    "epcList": _EPCS, "childEPCs": _EPCS, "inputEPCList": _EPCS, "outputEPCList": _EPCS,
    "quantityList": _quantities, "childQuantityList": _quantities, "inputQuantityList": _quantities,
    "outputQuantityList": _quantities, "bizStep": _term(BIZ_STEP), "disposition": _term(DISPOSITION),
    "persistentDisposition": _states, "readPoint": _place, "bizLocation": _place,
    "bizTransactionList": _typed("bizTransaction", TRANSACTION_TYPE), "sourceList": _typed("source", PARTY_TYPE),
    "destinationList": _typed("destination", PARTY_TYPE), "sensorElementList": _sensors, "ilmd": _ilmd,
}  # fmt: skip
