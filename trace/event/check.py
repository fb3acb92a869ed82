"""The rules every event must keep: at least what GS1's JSON Schema of EPCIS 2.0 asks, and more (docs/conformance.md; pure).

``faults`` returns every fault of one event, not the first; pointers are relative to the event.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trace.event import shapes
from trace.event.context import Context, compile_context
from trace.event.errors import Fault
from trace.event.identifiers import canonical
from trace.event.shapes import Judgement
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

Json = dict[str, Any]
EVENT_TYPES = ("ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent")


class _Run:
    """The faults found so far in one event, and the prefixes it may use."""

    __slots__ = ("context", "faults")

    def __init__(self, context: Context) -> None:
        self.context = context
        self.faults: list[Fault] = []

    def add(self, rule: str, pointer: str, message: str) -> None:
        self.faults.append(Fault(rule, pointer, message))


Check = Callable[[Any, str, _Run], None]


def faults(event: Any, context: Any = None) -> list[Fault]:
    """Every rule this event breaks; empty when it may be stored.  ``context`` is that of the document around it."""
    if not isinstance(event, dict):
        return [Fault("event.object", "", "事件要写成一个 JSON 对象。")]
    own = event.get("@context")
    run = _Run(compile_context(context) if own is None else compile_context(context, own))
    kind = event.get("type")
    table = _EVENTS.get(kind) if isinstance(kind, str) else None
    for name, value in event.items():
        check = table.get(name) if table else _COMMON.get(name)
        if check is not None:
            check(value, "/" + name, run)
        else:
            _extension(name, "", run, strict=table is not None)
    _required(event, kind, run)
    if table is None:
        _extended_type(kind, run)
    else:
        _TOGETHER[str(kind)](event, run)
    return run.faults


def _required(event: Json, kind: Any, run: _Run) -> None:
    for name in _REQUIRED.get(kind, _ALWAYS) if isinstance(kind, str) else _ALWAYS:
        if name not in event:
            run.add("field.missing", f"/{name}", f"缺少 {name}。")


def _extended_type(kind: Any, run: _Run) -> None:
    if not isinstance(kind, str) or not shapes.is_uri(kind) or not _prefix_known(kind, run.context):
        run.add(
            "type", "/type", "type 要写五种事件之一（如 ObjectEvent），自定义事件要写成完整地址或已声明前缀的名称。"
        )


# --- building blocks -------------------------------------------------------------------------------------------------


def escape(name: str) -> str:
    """``name`` as one step of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def _is(judge: Callable[[Any], Judgement]) -> Check:
    def check(value: Any, pointer: str, run: _Run) -> None:
        found = judge(value)
        if found is not None:
            run.add(found[0], pointer, found[1])

    return check


def _one_of(terms: Terms) -> Check:
    words = terms.words

    def check(value: Any, pointer: str, run: _Run) -> None:
        if value.__class__ is str and value in words:
            return
        found = shapes.term(value, terms)
        if found is not None:
            run.add(found[0], pointer, found[1])

    return check


def _each(check: Check, least: int = 0, *, unique: bool = False) -> Check:
    def check_all(value: Any, pointer: str, run: _Run) -> None:
        if not isinstance(value, list):
            run.add("list", pointer, "这里要写成列表（用方括号）。")
            return
        if len(value) < least:
            run.add("list.empty", pointer, "这个列表至少要有一项。")
        for place, item in enumerate(value):
            check(item, f"{pointer}/{place}", run)
        if unique:
            _no_repeat(value, pointer, run)

    return check_all


def _no_repeat(value: list[Any], pointer: str, run: _Run) -> None:
    seen: set[str] = set()
    for place, item in enumerate(value):
        if isinstance(item, str):
            if item in seen:
                run.add("list.repeat", f"{pointer}/{place}", f"“{item}”写了两次。")
            seen.add(item)


def _identifiers(value: Any, pointer: str, run: _Run) -> None:
    """A list of distinct identifiers; the hot path makes no pointer for what is right."""
    if not isinstance(value, list):
        run.add("list", pointer, "这里要写成列表（用方括号）。")
        return
    judge = shapes.identifier
    for place, item in enumerate(value):
        found = judge(item)
        if found is not None:
            run.add(found[0], f"{pointer}/{place}", found[1])
    if len(value) > 1:
        _no_repeat(value, pointer, run)


def _object(fields: dict[str, Check], required: tuple[str, ...] = (), *, open_: bool = True) -> Check:
    def check(value: Any, pointer: str, run: _Run) -> None:
        if not isinstance(value, dict):
            run.add("object", pointer, "这里要写成对象（用花括号）。")
            return
        for name, item in value.items():
            inner = fields.get(name)
            if inner is not None:
                inner(item, f"{pointer}/{name}", run)
            elif open_:
                _extension(name, pointer, run)
            else:
                run.add("field.unknown", f"{pointer}/{escape(name)}", f"这里不能写 {name}。")
        for name in required:
            if name not in value:
                run.add("field.missing", f"{pointer}/{name}", f"缺少 {name}。")

    return check


def _extension(name: str, pointer: str, run: _Run, *, strict: bool = True) -> None:
    """A key the standard does not define: it must be a URI, or carry a prefix that the document declares."""
    if ":" not in name or not shapes.is_uri(name):
        if strict or name.startswith("@") or ":" in name:
            run.add(
                "field.unknown", f"{pointer}/{escape(name)}", f"不认识 {name}；扩展字段要带前缀，如 example:{name}。"
            )
    elif not _prefix_known(name, run.context):
        prefix = name.partition(":")[0]
        run.add("extension.prefix", f"{pointer}/{escape(name)}", f"前缀 {prefix} 没有在 @context 里声明。")


def _prefix_known(name: str, context: Context) -> bool:
    prefix, _, rest = name.partition(":")
    return rest.startswith("//") or prefix == "urn" or prefix in context.known


def _own_context(value: Any, pointer: str, run: _Run) -> None:
    for place, item in enumerate(value if isinstance(value, list) else [value]):
        if not isinstance(item, dict) and not (isinstance(item, str) and shapes.is_uri(item)):
            at = f"{pointer}/{place}" if isinstance(value, list) else pointer
            run.add("context", at, '@context 里只能写地址，或 {"前缀": "地址"}。')


def _certification(value: Any, pointer: str, run: _Run) -> None:
    (_URIS if isinstance(value, list) else _URI)(value, pointer, run)


def _states(value: Any, pointer: str, run: _Run) -> None:
    _STATE_FIELDS(value, pointer, run)
    if not isinstance(value, dict):
        return
    if "set" not in value and "unset" not in value:
        run.add("field.missing", f"{pointer}/set", "persistentDisposition 里要有 set 或 unset。")
    both = _strings(value.get("set")) & _strings(value.get("unset"))
    if both:
        run.add("disposition.both", pointer, f"“{min(both)}”不能同时设定和解除。")


def _strings(value: Any) -> set[str]:
    return {item for item in value if isinstance(item, str)} if isinstance(value, list) else set()


def _metadata(value: Any, pointer: str, run: _Run) -> None:
    _METADATA_FIELDS(value, pointer, run)
    if not isinstance(value, dict) or "startTime" not in value or "endTime" not in value:
        return
    start, end = value["startTime"], value["endTime"]
    if shapes.time(start) is None and shapes.time(end) is None and shapes.instant(end) < shapes.instant(start):
        run.add("time.order", f"{pointer}/endTime", "结束时间早于开始时间。")


def _sensor_type(value: Any, pointer: str, run: _Run) -> None:
    """JSON-LD may name the class of a sensor element; examples of GS1 do."""
    if value not in ("epcis:SensorElement", "https://ref.gs1.org/epcis/SensorElement"):
        run.add("field.unknown", pointer, "这里不写 type，或写 epcis:SensorElement。")


def _judged_elsewhere(_value: Any, _pointer: str, _run: _Run) -> None:
    """``type`` chooses the table, so it was judged before."""


_URI = _is(shapes.uri)
_URIS = _each(_URI)
_KEY = _is(shapes.identifier)
_TIME = _is(shapes.time)
_NUMBER = _is(shapes.decimal)
_TEXT = _is(shapes.text)
_STATE_LIST = _each(_one_of(DISPOSITION), 1, unique=True)
_STATE_FIELDS = _object({"set": _STATE_LIST, "unset": _STATE_LIST}, open_=False)
_QUANTITIES = _each(
    _object({"epcClass": _KEY, "quantity": _is(shapes.quantity), "uom": _is(shapes.uom)}, ("epcClass",), open_=False)
)
_PLACE = _object({"id": _KEY}, ("id",))
_DEVICE: dict[str, Check] = {
    "deviceID": _URI, "deviceMetadata": _URI, "rawData": _URI, "dataProcessingMethod": _URI, "bizRules": _URI,
}  # fmt: skip
_METADATA_FIELDS = _object({"time": _TIME, "startTime": _TIME, "endTime": _TIME, **_DEVICE})
_REPORT = _object(
    {
        "type": _one_of(MEASUREMENT), "exception": _one_of(ALERT), "component": _one_of(COMPONENT), **_DEVICE,
        "time": _TIME, "microorganism": _URI, "chemicalSubstance": _URI, "coordinateReferenceSystem": _URI,
        "value": _NUMBER, "stringValue": _TEXT, "booleanValue": _is(shapes.boolean),
        "hexBinaryValue": _is(shapes.hexadecimal), "uriValue": _URI, "minValue": _NUMBER, "maxValue": _NUMBER,
        "meanValue": _NUMBER, "sDev": _NUMBER, "percRank": _NUMBER, "percValue": _NUMBER, "uom": _TEXT,
    },
    ("type",),
)  # fmt: skip
_SENSORS = _each(
    _object({"type": _sensor_type, "sensorMetadata": _metadata, "sensorReport": _each(_REPORT, 1)}, ("sensorReport",))
)
_COMMON: dict[str, Check] = {
    "@context": _own_context,
    "type": _judged_elsewhere,
    "eventTime": _TIME,
    "recordTime": _TIME,
    "eventTimeZoneOffset": _is(shapes.offset),
    "eventID": _URI,
    "certificationInfo": _certification,
    "errorDeclaration": _object(
        {"declarationTime": _TIME, "reason": _one_of(ERROR_REASON), "correctiveEventIDs": _URIS}, ("declarationTime",)
    ),
}
_SHARED: dict[str, Check] = {
    **_COMMON,
    "bizStep": _one_of(BIZ_STEP),
    "disposition": _one_of(DISPOSITION),
    "persistentDisposition": _states,
    "readPoint": _PLACE,
    "bizLocation": _PLACE,
    "bizTransactionList": _each(
        _object({"type": _one_of(TRANSACTION_TYPE), "bizTransaction": _URI}, ("bizTransaction",), open_=False)
    ),
    "sourceList": _each(_object({"type": _one_of(PARTY_TYPE), "source": _KEY}, ("type", "source"), open_=False)),
    "destinationList": _each(
        _object({"type": _one_of(PARTY_TYPE), "destination": _KEY}, ("type", "destination"), open_=False)
    ),
    "sensorElementList": _SENSORS,
}
_ACTION = _is(shapes.action)
_EVENTS: dict[str, dict[str, Check]] = {
    "ObjectEvent": {
        **_SHARED, "action": _ACTION, "epcList": _identifiers, "quantityList": _QUANTITIES,
        "ilmd": _object({}),
    },
    "AggregationEvent": {
        **_SHARED, "action": _ACTION, "parentID": _KEY, "childEPCs": _identifiers, "childQuantityList": _QUANTITIES,
    },
    "AssociationEvent": {
        **_SHARED, "action": _ACTION, "parentID": _KEY, "childEPCs": _identifiers, "childQuantityList": _QUANTITIES,
    },
    "TransactionEvent": {
        **_SHARED, "action": _ACTION, "parentID": _KEY, "epcList": _identifiers, "quantityList": _QUANTITIES,
    },
    "TransformationEvent": {
        **_SHARED, "inputEPCList": _identifiers, "inputQuantityList": _QUANTITIES, "outputEPCList": _identifiers,
        "outputQuantityList": _QUANTITIES, "transformationID": _URI, "ilmd": _object({}),
    },
}  # fmt: skip
_ALWAYS = ("eventTime", "eventTimeZoneOffset")
_REQUIRED = {
    "ObjectEvent": (*_ALWAYS, "action"),
    "AggregationEvent": (*_ALWAYS, "action"),
    "AssociationEvent": (*_ALWAYS, "action", "parentID"),
    "TransactionEvent": (*_ALWAYS, "action", "bizTransactionList"),
    "TransformationEvent": _ALWAYS,
}


# --- rules between fields ----------------------------------------------------------------------------------------------


def _any(event: Json, *names: str) -> bool:
    return any(event.get(name) for name in names)


def _object_event(event: Json, run: _Run) -> None:
    if not _any(event, "epcList", "quantityList") and not (_any(event, "sensorElementList") and "readPoint" in event):
        run.add("what.missing", "", "要写明对象：epcList、quantityList，或传感数据加 readPoint。")
    if "ilmd" in event and event.get("action") != "ADD":
        run.add("ilmd.action", "/ilmd", "只有 action 为 ADD 的事件可以带 ilmd。")


def _family(event: Json, run: _Run) -> None:
    if event.get("action") != "DELETE" and not _any(event, "childEPCs", "childQuantityList"):
        run.add("what.missing", "", "要写明内装物：childEPCs 或 childQuantityList。")
    if event.get("action") in ("ADD", "DELETE") and event["type"] == "AggregationEvent" and "parentID" not in event:
        run.add("parent.missing", "/parentID", "装入或拆出时要写明外包装 parentID。")
    parent = event.get("parentID")
    children = event.get("childEPCs")
    if isinstance(parent, str) and isinstance(children, list):
        form = canonical(parent)
        if any(isinstance(child, str) and canonical(child) == form for child in children):
            run.add("parent.child", "/parentID", "外包装不能装在自己里面。")


def _transaction(event: Json, run: _Run) -> None:
    if event.get("action") != "DELETE" and not _any(event, "epcList", "quantityList"):
        run.add("what.missing", "", "要写明对象：epcList 或 quantityList。")
    if event.get("bizTransactionList") == []:
        run.add("list.empty", "/bizTransactionList", "这个列表至少要有一项。")


def _transformation(event: Json, run: _Run) -> None:
    inputs, outputs = (
        _any(event, "inputEPCList", "inputQuantityList"),
        _any(event, "outputEPCList", "outputQuantityList"),
    )
    if inputs and outputs:
        return
    if "transformationID" not in event:
        run.add("what.missing", "", "没有 transformationID 时，投入和产出都要写。")
    elif not inputs and not outputs:
        run.add("what.missing", "", "投入和产出至少要写一样。")


_TOGETHER: dict[str, Callable[[Json, _Run], None]] = {
    "ObjectEvent": _object_event,
    "AggregationEvent": _family,
    "AssociationEvent": _family,
    "TransactionEvent": _transaction,
    "TransformationEvent": _transformation,
}
