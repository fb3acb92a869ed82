"""The EPCIS query language: every parameter of the GS1 interface, fixed names and free ones, read into conditions (pure).

A name nobody defined, a value of the wrong shape, or two that exclude each other is a ``QueryParameterException``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from trace.event import facets
from trace.event.facets import (
    CHILD,
    CHILD_CLASS,
    EPC,
    INPUT,
    INPUT_CLASS,
    OUTPUT,
    OUTPUT_CLASS,
    PARENT,
    QUANTITY,
    bare,
    canonical,
    expand,
    instant,
    sortable,
)  # fmt: skip
from trace.event.problems import QueryParameterProblem

EVENT_TYPES = ("ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent")
MAX_VALUES = 200
LONGEST_NUMBER = 300


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold of an event; ``private`` ones are about what outsiders are not shown."""

    kind: str
    name: str
    op: str
    values: tuple[Any, ...] = ()
    private: bool = False
    uom: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """Conditions (all must hold), order and bounds."""

    conditions: tuple[Condition, ...] = ()
    order_by: str | None = None
    descending: bool = True
    event_count_limit: int | None = None
    max_event_count: int | None = None

    def also(self, *conditions: Condition) -> Query:
        return replace(self, conditions=(*self.conditions, *conditions))


@dataclass(slots=True)
class _Reading:
    prefixes: Mapping[str, str]
    conditions: list[Condition] = field(default_factory=list)
    order_by: str | None = None
    descending: bool | None = None
    limit: int | None = None
    most: int | None = None


def _wrong(name: str, why: str) -> QueryParameterProblem:
    return QueryParameterProblem(f"参数 {name[:80]} {why}", help="参数名和取值见 EPCIS 2.0 查询语言，大小写要一致。")


def _texts(name: str, value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    texts: list[str] = []
    for one in values:
        if isinstance(one, bool) or not isinstance(one, str | int | float):
            raise _wrong(name, "的取值要写成文字。")
        texts += str(one).split("|") if isinstance(one, str) else [str(one)]
    texts = [t.strip() for t in texts if t.strip()]
    if not texts or len(texts) > MAX_VALUES:
        raise _wrong(name, f"要有 1 到 {MAX_VALUES} 个取值。")
    return texts


def _one(name: str, value: Any) -> str:
    if isinstance(value, list | tuple):
        if len(value) != 1:
            raise _wrong(name, "只能有一个取值。")
        value = value[0]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()


def _moment(name: str, value: Any) -> datetime:
    text = _one(name, value)
    try:
        return instant(text.replace(" ", "+"))
    except ValueError:
        raise _wrong(name, "要写成带时区的时间，例如 2026-10-18T08:00:00+08:00。") from None


def _number(name: str, value: Any) -> Decimal:
    try:
        number = Decimal(_one(name, value))
    except InvalidOperation:
        raise _wrong(name, "要写成数字。") from None
    if (
        not number.is_finite()
        or abs(number.adjusted()) > LONGEST_NUMBER
        or len(number.as_tuple().digits) > LONGEST_NUMBER
    ):
        raise _wrong(name, "要写成数字。")
    return number


def _count(name: str, value: Any) -> int:
    text = _one(name, value)
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise _wrong(name, "要写成大于 0 的整数。")
    return int(text)


def _truth(name: str, value: Any, *, empty: bool = True) -> bool:
    text = "" if value is None else _one(name, value).lower()
    if text in ("", "null"):
        return empty
    if text in ("true", "1"):
        return True
    if text in ("false", "0"):
        return False
    raise _wrong(name, "要写成 true 或 false。")


_COLUMNS = {
    "EQ_bizStep": ("biz_step", bare, False),
    "EQ_disposition": ("disposition", bare, False),
    "EQ_readPoint": ("read_point", canonical, True),
    "EQ_bizLocation": ("biz_location", canonical, True),
    "EQ_transformationID": ("transformation_id", str, True),
    "EQ_eventID": ("event_id", str, False),
}
_TIMES = {
    "GE_eventTime": ("event_time", "ge"),
    "LT_eventTime": ("event_time", "lt"),
    "GE_recordTime": ("record_time", "ge"),
    "LT_recordTime": ("record_time", "lt"),
    "GE_errorDeclarationTime": ("declared_at", "ge"),
    "LT_errorDeclarationTime": ("declared_at", "lt"),
    "GE_errorDeclaration_Time": ("declared_at", "ge"),
    "LT_errorDeclaration_Time": ("declared_at", "lt"),
}
_MATCHES = {
    "MATCH_epc": (EPC, CHILD),
    "MATCH_parentID": (PARENT,),
    "MATCH_inputEPC": (INPUT,),
    "MATCH_outputEPC": (OUTPUT,),
    "MATCH_anyEPC": (EPC, CHILD, PARENT, INPUT, OUTPUT),
    "MATCH_epcClass": (QUANTITY, CHILD_CLASS),
    "MATCH_inputEPCClass": (INPUT_CLASS,),
    "MATCH_outputEPCClass": (OUTPUT_CLASS,),
    "MATCH_anyEPCClass": (QUANTITY, CHILD_CLASS, INPUT_CLASS, OUTPUT_CLASS),
}
_WITHIN = {"WD_readPoint": "read_point", "WD_bizLocation": "biz_location"}
_FIELDS = {
    "EQ_persistentDisposition_set": ("set", bare, False),
    "EQ_persistentDisposition_unset": ("unset", bare, False),
    "EQ_errorReason": ("reason", bare, False),
    "EQ_correctiveEventID": ("corrective", str, False),
}
_SENSOR_WORDS = [
    "type",
    "deviceID",
    "dataProcessingMethod",
    "microorganism",
    "chemicalSubstance",
    "bizRules",
    "stringValue",
    "hexBinaryValue",
    "uriValue",
    "deviceMetadata",
    "rawData",
    "component",
    "exception",
    "coordinateReferenceSystem",
]
_SENSOR_NUMBERS = "value|minValue|maxValue|meanValue|sDev|percValue"
_OPS = {"EQ": "eq", "GT": "gt", "GE": "ge", "LT": "lt", "LE": "le"}
_UOM = re.compile(rf"^(EQ|GT|GE|LT|LE)_({_SENSOR_NUMBERS})_([A-Z0-9]{{2,4}})$")
_PERC_RANK = re.compile(r"^(EQ|GT|GE|LT|LE)_percRank$")
_SENSOR_TIME = re.compile(r"^(GE|LT)_(time|startTime|endTime)$")
_QUANTITY = re.compile(r"^(EQ|GT|GE|LT|LE)_quantity$")
_PARTY = re.compile(r"^EQ_(bizTransaction|source|destination)_(.+)$")
_EXTENSION = re.compile(r"^(EQ|GT|GE|LT|LE|EXISTS)_(INNER_)?(ILMD_|ERROR_DECLARATION_)?([^\s]*:[^\s]+)$")
_PARTY_SCOPE = {"bizTransaction": "bt", "source": "src", "destination": "dst"}


def read(given: Iterable[tuple[str, Any]], prefixes: Mapping[str, str] | None = None) -> Query:
    """The query in ``given`` parameters; ``prefixes`` name extension fields.  QueryParameterProblem where it cannot be read."""
    reading = _Reading(dict(prefixes or {}))
    merged: dict[str, Any] = {}
    for name, value in given:
        if name in merged:
            before = merged[name]
            merged[name] = [
                *(before if isinstance(before, list) else [before]),
                *(value if isinstance(value, list) else [value]),
            ]
        else:
            merged[name] = value
    for name, value in merged.items():
        if not (_bound(reading, name, value) or _fixed(reading, name, value) or _free(reading, name, value)):
            raise _wrong(name, "不是 EPCIS 2.0 的查询参数。")
    if reading.limit is not None and reading.most is not None:
        raise QueryParameterProblem("eventCountLimit 和 maxEventCount 只能给一个。", help="去掉其中一个。")
    if reading.limit is not None and reading.order_by is None:
        reading.order_by, reading.descending = (
            "recordTime",
            reading.descending if reading.descending is not None else True,
        )
    return Query(
        tuple(reading.conditions), reading.order_by,
        True if reading.descending is None else reading.descending, reading.limit, reading.most,
    )  # fmt: skip


def _bound(reading: _Reading, name: str, value: Any) -> bool:
    if name == "orderBy":
        wanted = _one(name, value)
        if wanted not in ("eventTime", "recordTime"):
            raise _wrong(name, "只能是 eventTime 或 recordTime。")
        reading.order_by = wanted
    elif name == "orderDirection":
        wanted = _one(name, value)
        if wanted not in ("ASC", "DESC"):
            raise _wrong(name, "只能是 ASC 或 DESC。")
        reading.descending = wanted == "DESC"
    elif name == "eventCountLimit":
        reading.limit = _count(name, value)
    elif name == "maxEventCount":
        reading.most = _count(name, value)
    else:
        return False
    return True


def _fixed(reading: _Reading, name: str, value: Any) -> bool:
    return _particular(reading, name, value) or _listed(reading, name, value)


def _particular(reading: _Reading, name: str, value: Any) -> bool:
    add = reading.conditions.append
    if name == "eventType":
        add(Condition("column", "type", "in", tuple(_event_type(name, t, reading) for t in _texts(name, value))))
    elif name == "EQ_action":
        actions = tuple(_texts(name, value))
        if set(actions) - {"ADD", "OBSERVE", "DELETE"}:
            raise _wrong(name, "只能是 ADD、OBSERVE、DELETE。")
        add(Condition("column", "action", "in", actions))
    elif name == "EXISTS_errorDeclaration":
        if _truth(name, value):
            add(Condition("exists", "declared_at", "exists"))
    elif name == "EXISTS_sensorElementList":
        if _truth(name, value):
            add(Condition("exists", "sensors", "exists", (), True))
    else:
        return False
    return True


def _listed(reading: _Reading, name: str, value: Any) -> bool:
    add = reading.conditions.append
    if name in _COLUMNS:
        column, form, private = _COLUMNS[name]
        add(Condition("column", column, "in", tuple(_form(form, reading, t) for t in _texts(name, value)), private))
    elif name in _TIMES:
        column, op = _TIMES[name]
        add(Condition("time", column, op, (_moment(name, value),)))
    elif name in _MATCHES:
        add(Condition("match", name, "in", (_MATCHES[name], tuple(_uris(name, value)))))
    elif name in _WITHIN:
        add(Condition("within", _WITHIN[name], "in", tuple(canonical(t) for t in _texts(name, value)), True))
    elif name in _FIELDS:
        place, form, private = _FIELDS[name]
        add(Condition("list", place, "in", tuple(_form(form, reading, t) for t in _texts(name, value)), private))
    else:
        return False
    return True


def _form(form: Any, reading: _Reading, text: str) -> str:
    made = str(form(text))
    return expand(made, reading.prefixes) if form is bare and ":" in made else made


def _event_type(name: str, text: str, reading: _Reading) -> str:
    if text in EVENT_TYPES or ":" in text:
        return expand(text, reading.prefixes) if ":" in text else text
    raise _wrong(name, f"里没有 {text[:40]} 这种事件。")


def _uris(name: str, value: Any) -> list[str]:
    uris = _texts(name, value)
    for uri in uris:
        if ":" not in uri:
            raise _wrong(name, "要写成 URI，例如 https://id.gs1.org/01/…/21/… 或 urn:epc:id:sgtin:…。")
    return uris


def _free(reading: _Reading, name: str, value: Any) -> bool:
    add = reading.conditions.append
    if found := _QUANTITY.match(name):
        add(Condition("quantity", "quantity", _OPS[found[1]], _numbers(name, value, found[1]), True))
    elif found := _UOM.match(name):
        add(Condition("sensor", found[2], _OPS[found[1]], _numbers(name, value, found[1]), True, found[3]))
    elif found := _PERC_RANK.match(name):
        add(Condition("sensor", "percRank", _OPS[found[1]], _numbers(name, value, found[1]), True))
    elif found := _SENSOR_TIME.match(name):
        moment = sortable(_moment(name, value).isoformat())
        add(Condition("sensor", found[2], _OPS[found[1]], (moment,), True))
    elif name.startswith("EQ_") and name[3:] in _SENSOR_WORDS:
        form = bare if name == "EQ_type" else str
        add(Condition("sensor", name[3:], "eq", tuple(form(t) for t in _texts(name, value)), True))
    elif name == "EQ_booleanValue":
        add(Condition("sensor", "booleanValue", "eq", (_truth(name, value, empty=False),), True))
    elif found := _PARTY.match(name):
        values = tuple(canonical(t) for t in _texts(name, value))
        add(Condition("party", bare(found[2]), "in", (_PARTY_SCOPE[found[1]], values), True))
    elif found := _EXTENSION.match(name):
        _extension(reading, found, value)
    else:
        return False
    return True


def _numbers(name: str, value: Any, op: str) -> tuple[Decimal, ...]:
    if op == "EQ":
        return tuple(_number(name, text) for text in _texts(name, value))
    return (_number(name, value),)


def _extension(reading: _Reading, found: re.Match[str], value: Any) -> None:
    op, inner, part, written = found.groups()
    scope = {None: "top", "ILMD_": "ilmd", "ERROR_DECLARATION_": "error"}[part]
    scope = f"inner_{scope}" if inner else scope
    name = expand(
        written.replace("#", "", 1) if written.startswith("http") and "#" in written else written, reading.prefixes
    )
    whole = found.string
    if op == "EXISTS":
        if _truth(whole, value):
            reading.conditions.append(Condition("extension", name, "exists", (scope,), True))
        return
    texts = _texts(whole, value) if op == "EQ" else [_one(whole, value)]
    forms = tuple(form for text in texts for form in _forms(text))
    if op != "EQ" and not (isinstance(forms[-1], float) or str(forms[-1]).startswith("t:")):
        raise _wrong(whole, "要写成数字或带时区的时间。")
    if op != "EQ":
        forms = forms[-1:]
    reading.conditions.append(Condition("extension", name, _OPS[op], (scope, forms), True))


def _forms(text: str) -> list[Any]:
    forms = facets.comparable(text)
    if re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,15})?", text):
        forms.append(float(text))
    return forms
