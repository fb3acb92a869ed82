"""Checking one event: each rule fires alone, at its pointer, and all faults are told together."""

from __future__ import annotations

import pytest

from trace.event import check
from trace.event.context import EPCIS_CONTEXT

CONTEXT = [EPCIS_CONTEXT, {"yd": "https://id.example.cn/voc/"}]
UNIT = "https://id.gs1.org/01/04012345111118/21/A"
LOT = {"epcClass": "https://id.gs1.org/01/04012345111118/10/L", "quantity": 4, "uom": "KGM"}
PLACE = {"id": "https://id.gs1.org/414/4012345000054"}
REPORT = {"type": "Temperature", "value": 1.5, "uom": "CEL"}
BASE = {"eventTime": "2026-10-08T09:30:00+08:00", "eventTimeZoneOffset": "+08:00"}
GOOD = {
    "ObjectEvent": {**BASE, "action": "ADD", "epcList": [UNIT], "quantityList": [LOT], "readPoint": PLACE},
    "AggregationEvent": {**BASE, "action": "ADD", "parentID": "https://id.gs1.org/00/340123451111111111", "childEPCs": [UNIT]},
    "AssociationEvent": {**BASE, "action": "ADD", "parentID": "urn:epc:id:grai:4012345.00022.3", "childQuantityList": [LOT]},
    "TransactionEvent": {**BASE, "action": "ADD", "epcList": [UNIT], "bizTransactionList": [{"bizTransaction": "urn:x:1"}]},
    "TransformationEvent": {**BASE, "inputQuantityList": [LOT], "outputEPCList": [UNIT]},
}  # fmt: skip


def event(kind: str = "ObjectEvent", **changes: object) -> dict:
    made = {"type": kind, **GOOD[kind], **changes}
    return {name: value for name, value in made.items() if value is not ...}


def found(made: dict, context: object = CONTEXT) -> list[tuple[str, str]]:
    return [(fault.rule, fault.pointer) for fault in check.faults(made, context)]


@pytest.mark.parametrize("kind", GOOD)
def test_a_sound_event_of_each_type_has_no_fault(kind):
    assert found(event(kind)) == []


CASES = [
    (event(eventTime=...), "field.missing", "/eventTime"),
    (event(eventTimeZoneOffset=...), "field.missing", "/eventTimeZoneOffset"),
    (event(action=...), "field.missing", "/action"),
    (event(eventTime="22-07-2026"), "time", "/eventTime"),
    (event(eventTime="2026-02-30T00:00:00Z"), "time", "/eventTime"),
    (event(eventTime="2026-10-08T09:30:00"), "time", "/eventTime"),
    (event(eventTime=1760000000), "time", "/eventTime"),
    (event(eventTimeZoneOffset="+15:00"), "time.offset", "/eventTimeZoneOffset"),
    (event(action="SHIPPED"), "action", "/action"),
    (event(action=["ADD"]), "action", "/action"),
    (event(bizStep="transforming"), "term.unknown", "/bizStep"),
    (event(bizStep="urn:epcglobal:cbv:bizstep:shipping"), "term.spelling", "/bizStep"),
    (event(disposition=5), "term.unknown", "/disposition"),
    (event(epcList="x"), "list", "/epcList"),
    (event(epcList=["no uri"]), "uri", "/epcList/0"),
    (event(epcList=[UNIT, UNIT]), "list.repeat", "/epcList/1"),
    (event(epcList=["https://example.com/" + "a" * 2000]), "uri", "/epcList/0"),
    (event(epcList=["https://example.com/%zz"]), "uri", "/epcList/0"),
    (event(epcList=["https://example.com/苹果"]), "uri", "/epcList/0"),
    (event(epcList=["https://x.cn/01/04012345111119/21/A"]), "epc.check_digit", "/epcList/0"),
    (event(epcList=["https://x.cn/01/04012345111118/21/A/10/L"]), "epc.link", "/epcList/0"),
    (event(epcList=["urn:epc:id:sgtin:4012345.01111.1"]), "epc.urn", "/epcList/0"),
    (event(quantityList=[{**LOT, "quantity": "twenty"}]), "number", "/quantityList/0/quantity"),
    (event(quantityList=[{**LOT, "quantity": True}]), "number", "/quantityList/0/quantity"),
    (event(quantityList=[{**LOT, "quantity": float("inf")}]), "number", "/quantityList/0/quantity"),
    (event(quantityList=[{**LOT, "quantity": -1}]), "quantity.negative", "/quantityList/0/quantity"),
    (event(quantityList=[{**LOT, "uom": "kilogram"}]), "uom", "/quantityList/0/uom"),
    (event(quantityList=[{"quantity": 1}]), "field.missing", "/quantityList/0/epcClass"),
    (event(quantityList=[{**LOT, "yd:x": 1}]), "field.unknown", "/quantityList/0/yd:x"),
    (event(quantityList=[3]), "object", "/quantityList/0"),
    (event(readPoint={}), "field.missing", "/readPoint/id"),
    (event(bizTransactionList=[{"type": "order", "bizTransaction": "urn:x:1"}]), "term.unknown", "/bizTransactionList/0/type"),
    (event(sourceList=[{"source": "urn:x:1"}]), "field.missing", "/sourceList/0/type"),
    (event(destinationList=[{"type": "place", "destination": "urn:x:1"}]), "term.unknown", "/destinationList/0/type"),
    (event(persistentDisposition={}), "field.missing", "/persistentDisposition/set"),
    (event(persistentDisposition={"set": []}), "list.empty", "/persistentDisposition/set"),
    (event(persistentDisposition={"set": ["recalled"], "unset": ["recalled"]}), "disposition.both", "/persistentDisposition"),
    (event(ilmd={"materialType": "soil"}), "field.unknown", "/ilmd/materialType"),
    (event(action="OBSERVE", ilmd={"cbvmda:lotNumber": "1"}), "ilmd.action", "/ilmd"),
    (event(epcList=[], quantityList=...), "what.missing", ""),
    (event(epcList=..., quantityList=...), "what.missing", ""),
    (event(certificationInfo=[{"x": 1}]), "uri", "/certificationInfo/0"),
    (event(eventID="7"), "uri", "/eventID"),
    (event(errorDeclaration={"declarationTime": "2026-10-08T09:30:00Z", "reason": "typo"}), "term.unknown", "/errorDeclaration/reason"),
    (event(weather="sunny"), "field.unknown", "/weather"),
    (event(**{"other:weather": "sunny"}), "extension.prefix", "/other:weather"),
    (event(**{"a/b~c": 1}), "field.unknown", "/a~1b~0c"),
    (event(parentID=UNIT), "field.unknown", "/parentID"),
    (event(**{"@context": 5}), "context", "/@context"),
    (event(sensorElementList=[{"sensorReport": []}]), "list.empty", "/sensorElementList/0/sensorReport"),
    (event(sensorElementList=[{"type": "x", "sensorReport": [REPORT]}]), "field.unknown", "/sensorElementList/0/type"),
    (event(sensorElementList=[{}]), "field.missing", "/sensorElementList/0/sensorReport"),
    (event(sensorElementList=[{"sensorReport": [{**REPORT, "value": "1"}]}]), "number", "/sensorElementList/0/sensorReport/0/value"),
    (event(sensorElementList=[{"sensorReport": [{**REPORT, "type": "Warmth"}]}]), "term.unknown", "/sensorElementList/0/sensorReport/0/type"),
    (event(sensorElementList=[{"sensorReport": [{**REPORT, "booleanValue": "true"}]}]), "boolean", "/sensorElementList/0/sensorReport/0/booleanValue"),
    (event(sensorElementList=[{"sensorReport": [{**REPORT, "hexBinaryValue": "xyz"}]}]), "hex", "/sensorElementList/0/sensorReport/0/hexBinaryValue"),
    (event(sensorElementList=[{"sensorReport": [{**REPORT, "stringValue": 5}]}]), "text", "/sensorElementList/0/sensorReport/0/stringValue"),
    (
        event(sensorElementList=[{"sensorMetadata": {"startTime": "2026-10-08T02:00:00Z", "endTime": "2026-10-08T09:59:59+08:00"}, "sensorReport": [REPORT]}]),
        "time.order", "/sensorElementList/0/sensorMetadata/endTime",
    ),
    (event("AggregationEvent", parentID=...), "parent.missing", "/parentID"),
    (event("AggregationEvent", childEPCs=[]), "what.missing", ""),
    (event("AggregationEvent", childEPCs=["urn:epc:id:sscc:4012345.3111111111"]), "parent.child", "/parentID"),
    (event("AssociationEvent", parentID=...), "field.missing", "/parentID"),
    (event("TransactionEvent", bizTransactionList=[]), "list.empty", "/bizTransactionList"),
    (event("TransactionEvent", epcList=...), "what.missing", ""),
    (event("TransformationEvent", outputEPCList=...), "what.missing", ""),
    (event("TransformationEvent", action="ADD"), "field.unknown", "/action"),
    ({**BASE, "type": "MovingEvent"}, "type", "/type"),
    ({**BASE, "type": ["ObjectEvent"]}, "type", "/type"),
    ({**BASE, "type": "other:MovingEvent"}, "type", "/type"),
]  # fmt: skip


@pytest.mark.parametrize(("made", "rule", "pointer"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_each_rule_names_itself_and_its_place(made, rule, pointer):
    assert found(made) == [(rule, pointer)]


def test_every_fault_is_told_at_once():
    made = event(
        action="CREATE", bizStep="x", eventTime="soon", epcList=["bad", UNIT], quantityList=[{"quantity": "q"}]
    )

    assert found(made) == [
        ("time", "/eventTime"),
        ("action", "/action"),
        ("uri", "/epcList/0"),
        ("number", "/quantityList/0/quantity"),
        ("field.missing", "/quantityList/0/epcClass"),
        ("term.unknown", "/bizStep"),
    ]


def test_what_is_no_object_is_one_fault():
    assert found(["x"]) == [("event.object", "")]


@pytest.mark.parametrize(
    "made",
    [
        event(bizStep="https://id.example.cn/bizstep/grading"),
        event(disposition="yd:drying"),
        event(action="OBSERVE", epcList=..., quantityList=..., sensorElementList=[{"sensorReport": [REPORT]}]),
        event("AggregationEvent", action="DELETE", childEPCs=..., persistentDisposition={"set": ["recalled"]}),
        event(sensorElementList=[{"type": "epcis:SensorElement", "sensorReport": [REPORT]}]),
        event("AggregationEvent", action="OBSERVE", parentID=...),
        event("TransformationEvent", outputEPCList=..., transformationID="urn:x:1"),
        event(epcList=["urn:epc:id:gid:95100000.12345.400"]),
        event(**{"https://example.com/voc/note": "x", "yd:note": {"any": ["thing"]}, "rdfs:comment": "x"}),
        event(**{"@context": {"other": "https://other.example.com/"}, "other:x": 1}),
        {**BASE, "type": "yd:MovingEvent", "yd:x": 1, "anything": 1},
    ],
)
def test_what_the_standard_allows_passes(made):
    assert found(made) == []


def test_every_rule_speaks_chinese_with_a_full_stop():
    for made, _, _ in CASES:
        for fault in check.faults(made, CONTEXT):
            assert fault.message.endswith("。")
            assert any("\u4e00" <= char <= "\u9fff" for char in fault.message)
