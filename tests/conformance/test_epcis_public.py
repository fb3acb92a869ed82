"""The public part of an event of any kind is a valid EPCIS 2.0 event, by the schema GS1 publishes."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from tests.conformance import vectors
from trace.event.public import WITHHELD, public_part

LOT, OTHER = "https://id.gs1.org/01/09521234000010/10/A", "https://id.gs1.org/01/09521234000010/10/B"
UNIT, BOX = "https://id.gs1.org/01/09521234000010/21/X1", "https://id.gs1.org/00/095212345678901231"
ID = f"ni:///sha-256;{'0' * 64}?ver=CBV2.0"
ORDER = [{"type": "po", "bizTransaction": "urn:example:po:1"}]


def some(uri: str) -> list[dict[str, Any]]:
    return [{"epcClass": uri, "quantity": 5}]


KINDS: dict[str, dict[str, Any]] = {
    "lot": {"type": "ObjectEvent", "action": "OBSERVE", "quantityList": some(LOT)},
    "units": {"type": "ObjectEvent", "action": "ADD", "epcList": [UNIT]},
    "packed lot": {"type": "AggregationEvent", "action": "ADD", "parentID": BOX, "childQuantityList": some(LOT)},
    "packed units": {"type": "AggregationEvent", "action": "ADD", "parentID": BOX, "childEPCs": [UNIT]},
    "seen box": {"type": "AggregationEvent", "action": "OBSERVE", "parentID": BOX, "childEPCs": [UNIT]},
    "logger": {"type": "AssociationEvent", "action": "ADD", "parentID": BOX, "childQuantityList": some(LOT)},
    "made from": {"type": "TransformationEvent", "inputQuantityList": some(OTHER), "outputQuantityList": some(LOT)},
    "made into": {"type": "TransformationEvent", "inputQuantityList": some(LOT), "outputEPCList": [UNIT]},
    "ordered": {"type": "TransactionEvent", "action": "ADD", "quantityList": some(LOT), "bizTransactionList": ORDER},
    "ordered units": {"type": "TransactionEvent", "action": "ADD", "epcList": [UNIT], "bizTransactionList": ORDER},
}


@pytest.fixture(scope="module")
def schema() -> Any:
    found = vectors.reference("epcis-gs1", "**/EPCIS-JSON-Schema.json")
    read = json.loads(found.read_text("utf-8"))
    return jsonschema.validators.validator_for(read)(read)


def document(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "EPCISDocument",
        "schemaVersion": "2.0", "creationDate": "2026-10-17T12:00:00.000Z", "epcisBody": {"eventList": [event]},
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_the_public_part_of_a_valid_event_is_a_valid_event(kind: str, schema: Any) -> None:
    whole = {"eventTime": "2026-10-17T12:00:00.000+08:00", "eventTimeZoneOffset": "+08:00", "eventID": ID} | KINDS[kind]

    shown = public_part(whole, {LOT}, ID)

    assert schema.is_valid(document(whole))
    assert [error.message for error in schema.iter_errors(document(shown))] == []
    hidden = json.dumps(shown)
    assert not [uri for uri in (OTHER, UNIT, BOX, "urn:example:po:1") if uri in hidden]


def test_what_is_demanded_and_not_told_is_said_to_be_withheld() -> None:
    shown = public_part(KINDS["ordered"], {LOT}, ID)

    assert shown["bizTransactionList"] == [{"bizTransaction": WITHHELD}]
    assert public_part(KINDS["made from"], {LOT}, ID)["transformationID"] == ID
