"""Events and bearer tokens for tests."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from core.account.actor import Actor
from core.account.permissions import permissions_of
from core.db import db
from trace.event import tokens

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
LOT = "https://id.gs1.org/01/09506000134352/10/26101701"
JSON = {"Content-Type": "application/json"}


def actor_of(organisation_id: int) -> Actor:
    return Actor(None, organisation_id, "enterprise", "owner", permissions_of("owner"))


def make_token(organisation_id: int, *scopes: str, days: int = 30) -> str:
    """The text of a new token; all scopes where none is given."""
    _, text = tokens.make_token(
        actor_of(organisation_id), name="示例系统", scopes=scopes or tuple(tokens.SCOPES), days=days
    )
    db.session.flush()
    return text


def bearer(text: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}", **JSON, **more}


def make_event(number: int = 1, **fields: Any) -> dict[str, Any]:
    """An ObjectEvent of one serial and one lot; ``number`` makes it differ."""
    moment = datetime.fromisoformat("2026-10-12T08:00:00+08:00") + timedelta(minutes=number)
    event: dict[str, Any] = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": moment.isoformat(),
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"https://id.gs1.org/01/09506000134352/21/S{number}"],
        "quantityList": [{"epcClass": LOT, "quantity": 5, "uom": "KGM"}],
        "bizStep": "storing",
        "disposition": "sellable_not_accessible",
    } | fields
    return {name: value for name, value in event.items() if value is not None}


def document(*events: dict[str, Any], **fields: Any) -> str:
    """An EPCISDocument as text."""
    return json.dumps(
        {
            "@context": fields.pop("context", CONTEXT),
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-10-12T08:00:00Z",
            "epcisBody": {"eventList": list(events)},
            **fields,
        }
    )


EXAMPLE = [CONTEXT, {"ex": "https://ns.example.com/epcis/"}]
SENSOR = {
    "sensorMetadata": {"time": "2026-10-12T09:00:00+08:00", "deviceID": "urn:epc:id:giai:4000001.111", "startTime": "2026-10-12T08:00:00+08:00", "endTime": "2026-10-12T09:00:00+08:00"},
    "sensorReport": [{"type": "Temperature", "value": 4.5, "uom": "CEL", "maxValue": 6.1}, {"type": "RelativeHumidity", "value": 85, "uom": "P1"}],
}  # fmt: skip
STORED = (
    make_event(1),
    make_event(2, bizStep="shipping", disposition="in_transit", readPoint={"id": "urn:epc:id:sgln:0614141.00777.0"},
                    bizLocation={"id": "https://id.gs1.org/414/9521321000018"},
                    bizTransactionList=[{"type": "po", "bizTransaction": "https://po.example.com/7"}],
                    sourceList=[{"type": "owning_party", "source": "urn:epc:id:pgln:0614141.00777"}]),
    make_event(3, type="AggregationEvent", action="ADD", epcList=None, quantityList=None, bizStep="packing",
                    parentID="urn:epc:id:sscc:0614141.1234567890", childEPCs=["urn:epc:id:sgtin:0614141.107346.2017"]),
    make_event(4, type="TransformationEvent", action=None, epcList=None, quantityList=None, bizStep="https://yidun.example/bizstep/grading",
                    disposition="in_progress", transformationID="urn:uuid:t1",
                    inputQuantityList=[{"epcClass": LOT, "quantity": 100, "uom": "KGM"}],
                    outputQuantityList=[{"epcClass": "urn:epc:class:lgtin:4012345.012345.998877", "quantity": 95, "uom": "KGM"}]),
    make_event(5, sensorElementList=[SENSOR], bizStep="sensor_reporting"),
    make_event(6, **{"ex:grower": "甲", "ex:sugar": 14.5, "ex:picked": "2026-10-11T08:00:00+08:00", "ex:box": {"ex:colour": "red"}}),
    make_event(7, action="ADD", bizStep="commissioning", ilmd={"ex:orchard": "东坡", "cbvmda:lotNumber": "26101701"},
                    persistentDisposition={"set": ["completeness_inferred"], "unset": ["completeness_verified"]}),
    make_event(8, eventID="urn:uuid:8", errorDeclaration={"declarationTime": "2026-10-13T08:00:00+08:00", "reason": "incorrect_data", "correctiveEventIDs": ["urn:uuid:9"], "ex:by": "乙"}),
)  # fmt: skip
