"""House steps as EPCIS events: one table, pure functions from frozen facts (domain/traceability.md 5.3).

Facts hold addresses, amounts, days and times only: no names, no free text, so no event can carry a person's data.  Words that
CBV lacks are addresses below our identity host (``…/bizstep/grading``); our extension fields have the prefix ``yd``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from trace.event.context import EPCIS_CONTEXT
from trace.event.eventhash import event_id

Json = dict[str, Any]
PREFIX = "yd"
_CHINA = timezone(timedelta(hours=8))
OWN = "own:"  # marks a word of ours in the table


# --- facts -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Amount:
    """So much of one class: grams for what is weighed, pieces for what is counted; neither where it is not known."""

    epc_class: str
    grams: int | None = None
    pieces: int | None = None

    def element(self) -> Json:
        if self.grams is not None:
            return {"epcClass": self.epc_class, "quantity": _kilograms(self.grams), "uom": "KGM"}
        if self.pieces is not None:
            return {"epcClass": self.epc_class, "quantity": self.pieces}
        return {"epcClass": self.epc_class}


def _kilograms(grams: int) -> int | float:
    return grams // 1000 if grams % 1000 == 0 else grams / 1000


@dataclass(frozen=True, slots=True)
class Document:
    """A business document: a CBV type word (or our own behind ``own:``) and the address of the document."""

    kind: str
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """When and where; ``host`` is our identity host without slash at the end, ``at`` an aware time."""

    host: str
    at: datetime
    read_point: str
    biz_location: str | None = None
    documents: tuple[Document, ...] = ()
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods(Scene):
    """Things with serials, amounts of lots, or both."""

    epcs: tuple[str, ...] = ()
    amounts: tuple[Amount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest(Goods):
    """A raw lot taken in, with its first and last day of harvest and the seasons it comes from."""

    lot_no: str
    first_day: date
    last_day: date
    country: str = "CN"
    seasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested(Goods):
    """Goods judged by a report; ``conformant`` is None where no limit allows a judgement."""

    report: str
    conformant: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled(Goods):
    """A print run: each serial, or (for a long run) the lot, the count, and the logged root of the series."""

    series: str
    root: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transformed(Scene):
    """Inputs that became outputs; ``loss_grams`` is what was weighed and thrown away in between."""

    inputs: tuple[Amount, ...]
    outputs: tuple[Amount, ...] = ()
    input_epcs: tuple[str, ...] = ()
    output_epcs: tuple[str, ...] = ()
    transformation: str | None = None
    loss_grams: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contained(Scene):
    """A parent (carton, pallet, crate) and what goes in or comes out."""

    parent: str
    epcs: tuple[str, ...] = ()
    amounts: tuple[Amount, ...] = ()
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Goods):
    """Goods on their way: addresses of owner, holder and place before and after."""

    owner: tuple[str, str] | None = None
    holder: tuple[str, str] | None = None
    place: tuple[str, str] | None = None
    short: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a logger: °C, % relative humidity, and whether it broke the set limit."""

    at: datetime
    device: str | None = None
    celsius: float | None = None
    humidity: float | None = None
    alarm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored(Goods):
    """Goods in the cold store with readings; without goods it is the logger that reports."""

    readings: tuple[Reading, ...]


# --- the table -------------------------------------------------------------------------------------------------------

Build = Callable[["Step", Any], Json]


@dataclass(frozen=True, slots=True)
class Step:
    """One row: the Chinese label, the event, its business step and disposition, the facts it takes, and the builder."""

    label: str
    event: str
    action: str | None
    biz_step: str
    disposition: str | None
    facts: type[Scene]
    make: Build


def build(step: str, facts: Scene) -> Json:
    """The event of a house step; KeyError for an unknown step, TypeError for facts of another step."""
    row = STEPS[step]
    if not isinstance(facts, row.facts):
        raise TypeError(f"step {step} takes {row.facts.__name__}, not {type(facts).__name__}")
    return row.make(row, facts)


def context_of(host: str) -> list[Any]:
    """The ``@context`` of our events: GS1's and the prefix of our extension fields."""
    return [EPCIS_CONTEXT, {PREFIX: f"{host}/voc/"}]


def identified(event: Json, host: str) -> Json:
    """The event with its hash id as ``eventID``, so that sending it twice stores it once."""
    return {**event, "eventID": event_id(event, context_of(host))}


def declare_wrong(event: Json, at: datetime, reason: str, corrective_ids: tuple[str, ...] = ()) -> Json:
    """The same event withdrawn (EPCIS 7.4.1.2): ``reason`` is did_not_occur or incorrect_data; nothing else may change."""
    declaration: Json = {"declarationTime": _time(at), "reason": reason}
    if corrective_ids:
        declaration["correctiveEventIDs"] = list(corrective_ids)
    return {**event, "errorDeclaration": declaration}


# --- builders --------------------------------------------------------------------------------------------------------


def _time(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("an event time needs a zone")
    return at.astimezone(_CHINA).isoformat(timespec="milliseconds")


def _own(kind: str, word: str | None, host: str) -> str | None:
    return f"{host}/{kind}/{word[len(OWN) :]}" if word is not None and word.startswith(OWN) else word


def _scene(row: Step, facts: Scene, disposition: str | None) -> Json:
    event: Json = {"type": row.event, "eventTime": _time(facts.at), "eventTimeZoneOffset": "+08:00"}
    if facts.certificates:
        event["certificationInfo"] = list(facts.certificates)
    if row.action:
        event["action"] = row.action
    event["bizStep"] = _own("bizstep", row.biz_step, facts.host)
    if disposition:
        event["disposition"] = disposition
    event["readPoint"] = {"id": facts.read_point}
    if facts.biz_location:
        event["bizLocation"] = {"id": facts.biz_location}
    if facts.documents:
        event["bizTransactionList"] = [_transaction(one, facts.host) for one in facts.documents]
    return event


def _transaction(document: Document, host: str) -> Json:
    return {"type": _own("btt", document.kind, host), "bizTransaction": document.uri}


def _elements(amounts: tuple[Amount, ...]) -> list[Json]:
    return [amount.element() for amount in amounts]


def _goods(row: Step, facts: Goods, disposition: str | None = None) -> Json:
    event = _scene(row, facts, disposition or row.disposition)
    if facts.epcs:
        event["epcList"] = list(facts.epcs)
    if facts.amounts:
        event["quantityList"] = _elements(facts.amounts)
    return event


def _harvest(row: Step, facts: Harvest) -> Json:
    event = _goods(row, facts)
    event["ilmd"] = {
        "cbvmda:lotNumber": facts.lot_no,
        "cbvmda:countryOfOrigin": facts.country,
        f"{PREFIX}:harvestFirstDate": facts.first_day.isoformat(),
        f"{PREFIX}:harvestLastDate": facts.last_day.isoformat(),
    }
    if facts.seasons:
        event["ilmd"][f"{PREFIX}:season"] = list(facts.seasons)
    return event


def _tested(row: Step, facts: Tested) -> Json:
    verdict = {True: "conformant", False: "non_conformant", None: None}[facts.conformant]
    event = _goods(row, facts, verdict)
    event.setdefault("bizTransactionList", []).append({"type": "testres", "bizTransaction": facts.report})
    return event


def _labelled(row: Step, facts: Labelled) -> Json:
    event = _goods(row, facts)
    event[f"{PREFIX}:series"] = facts.series
    if facts.root:
        event[f"{PREFIX}:seriesRoot"] = facts.root
    return event


def _transformed(row: Step, facts: Transformed) -> Json:
    event = _scene(row, facts, row.disposition)
    for name, epcs in (("inputEPCList", facts.input_epcs), ("outputEPCList", facts.output_epcs)):
        if epcs:
            event[name] = list(epcs)
    for name, amounts in (("inputQuantityList", facts.inputs), ("outputQuantityList", facts.outputs)):
        if amounts:
            event[name] = _elements(amounts)
    if facts.transformation:
        event["transformationID"] = facts.transformation
    if facts.loss_grams:
        event[f"{PREFIX}:loss"] = {f"{PREFIX}:quantity": _kilograms(facts.loss_grams), f"{PREFIX}:uom": "KGM"}
    return event


def _contained(row: Step, facts: Contained) -> Json:
    closed = "container_closed" if facts.closed and row.action == "ADD" else row.disposition
    event = _scene(row, facts, closed)
    event["parentID"] = facts.parent
    if facts.epcs:
        event["childEPCs"] = list(facts.epcs)
    if facts.amounts:
        event["childQuantityList"] = _elements(facts.amounts)
    return event


def _moved(row: Step, facts: Moved) -> Json:
    event = _goods(row, facts, "mismatch_quantity" if facts.short else None)
    pairs = (("owning_party", facts.owner), ("possessing_party", facts.holder), ("location", facts.place))
    for name, key, side in (("sourceList", "source", 0), ("destinationList", "destination", 1)):
        ends = [{"type": kind, key: pair[side]} for kind, pair in pairs if pair is not None]
        if ends:
            event[name] = ends
    return event


def _stored(row: Step, facts: Stored) -> Json:
    goods = facts.epcs or facts.amounts
    event = _goods(row, facts) if goods else {**_scene(row, facts, None), "bizStep": "sensor_reporting"}
    event["sensorElementList"] = [_sensor(reading) for reading in facts.readings]
    return event


def _sensor(reading: Reading) -> Json:
    metadata: Json = {"time": reading.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    if reading.device:
        metadata["deviceID"] = reading.device
    reports: list[Json] = []
    for kind, value, unit in (("Temperature", reading.celsius, "CEL"), ("RelativeHumidity", reading.humidity, "P1")):
        if value is not None:
            reports.append({"type": kind, "value": value, "uom": unit})
            if reading.alarm:
                reports[-1]["exception"] = "ALARM_CONDITION"
    return {"sensorMetadata": metadata, "sensorReport": reports}


def _recalled(row: Step, facts: Goods) -> Json:
    return {**_goods(row, facts), "persistentDisposition": {"set": ["recalled"]}}


def _released(row: Step, facts: Goods) -> Json:
    return {**_goods(row, facts), "persistentDisposition": {"unset": ["recalled"]}}


STEPS: dict[str, Step] = {
    "harvest": Step("采收入库", "ObjectEvent", "ADD", "creating_class_instance", "active", Harvest, _harvest),
    "residue_test": Step("检测", "ObjectEvent", "OBSERVE", "inspecting", None, Tested, _tested),
    "sample": Step("取样（破坏性）", "ObjectEvent", "DELETE", "sampling", "disposed", Goods, _goods),
    "grade": Step("分级", "TransformationEvent", None, OWN + "grading", "in_progress", Transformed, _transformed),
    "pack": Step(
        "装箱（成包装批）", "TransformationEvent", None, "creating_class_instance", "active", Transformed, _transformed
    ),
    "split": Step("拆批", "TransformationEvent", None, OWN + "splitting", "in_progress", Transformed, _transformed),
    "merge": Step("并批", "TransformationEvent", None, OWN + "merging", "in_progress", Transformed, _transformed),
    "label": Step("赋码", "ObjectEvent", "ADD", "commissioning", "active", Labelled, _labelled),
    "label_series": Step("赋码（整批）", "ObjectEvent", "OBSERVE", "encoding", "encoded", Labelled, _labelled),
    "carton": Step("装外箱", "AggregationEvent", "ADD", "packing", "in_progress", Contained, _contained),
    "pallet": Step("码托盘", "AggregationEvent", "ADD", "packing", "in_progress", Contained, _contained),
    "unpack": Step("拆外箱", "AggregationEvent", "DELETE", "unpacking", "in_progress", Contained, _contained),
    "attach": Step("装周转箱、记录仪", "AssociationEvent", "ADD", "assembling", "in_progress", Contained, _contained),
    "detach": Step(
        "取下周转箱、记录仪", "AssociationEvent", "DELETE", "removing", "in_progress", Contained, _contained
    ),
    "cold_store": Step("冷藏", "ObjectEvent", "OBSERVE", "storing", "sellable_not_accessible", Stored, _stored),
    "ship": Step("发货", "ObjectEvent", "OBSERVE", "shipping", "in_transit", Moved, _moved),
    "void_ship": Step("撤销发货", "ObjectEvent", "OBSERVE", "void_shipping", "in_progress", Moved, _moved),
    "receive": Step("收货", "ObjectEvent", "OBSERVE", "receiving", "in_progress", Moved, _moved),
    "accept": Step("验收入账", "ObjectEvent", "OBSERVE", "accepting", "in_progress", Moved, _moved),
    "waste": Step("报损", "ObjectEvent", "DELETE", OWN + "wasting", "disposed", Goods, _goods),
    "retail_sale": Step("零售", "ObjectEvent", "OBSERVE", "retail_selling", "retail_sold", Goods, _goods),
    "recall": Step("召回", "ObjectEvent", "OBSERVE", "holding", "recalled", Goods, _recalled),
    "recall_end": Step("解除召回", "ObjectEvent", "OBSERVE", "inspecting", "in_progress", Goods, _released),
    "destroy": Step("销毁", "ObjectEvent", "DELETE", "destroying", "destroyed", Goods, _goods),
}
