"""Queries over HTTP: every kind of parameter, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import event as make
from tests.support.applications import Client


def _minutes(answer: Any) -> list[int]:
    """The numbers of the events found: the minute of their time."""
    assert answer.status_code == 200, answer.get_json()
    events = answer.get_json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    return sorted(int(event["eventTime"][14:16]) for event in events)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("eventType=AggregationEvent|TransformationEvent", [3, 4]),
        ("eventType=TransactionEvent", []),
        ("GE_eventTime=2026-10-12T08:07:00%2B08:00", [7, 8]),
        ("LT_eventTime=2026-10-12T00:03:00Z", [1, 2]),
        ("GE_recordTime=2020-01-01T00:00:00Z&LT_recordTime=2021-01-01T00:00:00Z", []),
        ("EQ_action=ADD", [3, 7]),
        ("EQ_bizStep=shipping|packing", [2, 3]),
        ("EQ_bizStep=https://ref.gs1.org/cbv/BizStep-shipping", [2]),
        ("EQ_bizStep=urn:epcglobal:cbv:bizstep:shipping", [2]),
        ("EQ_bizStep=https://yidun.example/bizstep/grading", [4]),
        ("EQ_disposition=in_transit", [2]),
        ("EQ_persistentDisposition_set=completeness_inferred", [7]),
        ("EQ_persistentDisposition_unset=completeness_inferred", []),
        ("EQ_persistentDisposition_unset=completeness_verified", [7]),
        ("EQ_readPoint=https://id.gs1.org/414/0614141007776", [2]),
        ("EQ_readPoint=urn:epc:id:sgln:0614141.00777.0", [2]),
        ("WD_bizLocation=https://id.gs1.org/414/9521321000018", [2]),
        ("EQ_bizLocation=https://id.gs1.org/414/9521321000025", []),
        ("EQ_transformationID=urn:uuid:t1", [4]),
        ("MATCH_epc=https://id.gs1.org/01/09506000134352/21/S2", [2]),
        ("MATCH_epc=https://shop.example.com/01/9506000134352/21/S2", [2]),
        ("MATCH_epc=https://shop.example.com/01/09506000134352/10/L/21/S2", [2]),
        ("MATCH_epc=https://id.gs1.org/01/10614141073464/21/2017", [3]),
        ("MATCH_epc=urn:epc:idpat:sgtin:0614141.107346.*", [3]),
        ("MATCH_epc=urn:epc:idpat:sgtin:0614141.*.*", [3]),
        ("MATCH_parentID=https://id.gs1.org/00/106141412345678908", [3]),
        ("MATCH_anyEPC=urn:epc:id:sscc:0614141.1234567890", [3]),
        ("MATCH_inputEPC=urn:epc:id:sscc:0614141.1234567890", []),
        (f"MATCH_epcClass={make.LOT}", [1, 2, 5, 6, 7, 8]),
        (f"MATCH_inputEPCClass={make.LOT}", [4]),
        ("MATCH_outputEPCClass=urn:epc:class:lgtin:4012345.012345.998877", [4]),
        (f"MATCH_anyEPCClass={make.LOT}&EQ_bizStep=shipping", [2]),
        ("EQ_quantity=95", [4]),
        ("GT_quantity=99", [4]),
        ("GE_quantity=100&LE_quantity=100", [4]),
        ("LT_quantity=5", []),
        ("LE_quantity=5", [1, 2, 5, 6, 7, 8]),
        ("EQ_eventID=urn:uuid:8|urn:uuid:77", [8]),
        ("EXISTS_errorDeclaration=true", [8]),
        ("EXISTS_errorDeclaration=false", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("GE_errorDeclarationTime=2026-10-13T00:00:00Z", [8]),
        ("LT_errorDeclarationTime=2026-10-13T00:00:00Z", []),
        ("EQ_errorReason=incorrect_data", [8]),
        ("EQ_correctiveEventID=urn:uuid:9", [8]),
        ("EQ_bizTransaction_po=https://po.example.com/7", [2]),
        ("EQ_bizTransaction_inv=https://po.example.com/7", []),
        ("EQ_source_owning_party=https://id.gs1.org/417/0614141007776", [2]),
        ("EQ_destination_owning_party=https://id.gs1.org/417/0614141007776", []),
        ("EXISTS_sensorElementList=true", [5]),
        ("EQ_type=Temperature", [5]),
        ("EQ_type=Pressure", []),
        ("EQ_deviceID=urn:epc:id:giai:4000001.111", [5]),
        ("GE_value_CEL=4.5", [5]),
        ("GT_value_CEL=4.5", []),
        ("EQ_value_P1=85", [5]),
        ("GE_maxValue_CEL=6", [5]),
        ("GE_value_FAH=1", []),
        ("GE_startTime=2026-10-12T00:00:00Z", [5]),
        ("LT_endTime=2026-10-12T01:00:00Z", []),
        ("GE_time=2026-10-12T01:00:00Z", [5]),
        ("EQ_ex:grower=甲", [6]),
        ("EQ_https://ns.example.com/epcis/grower=甲", [6]),
        ("EQ_ex:grower=丙", []),
        ("GE_ex:sugar=14.5", [6]),
        ("LT_ex:sugar=14.5", []),
        ("GE_ex:picked=2026-10-11T00:00:00Z", [6]),
        ("LT_ex:picked=2026-10-11T00:00:00Z", []),
        ("EXISTS_ex:sugar=", [6]),
        ("EQ_INNER_ex:colour=red", [6]),
        ("EQ_ex:colour=red", []),
        ("EQ_ILMD_ex:orchard=东坡", [7]),
        ("EQ_ILMD_cbvmda:lotNumber=26101701", [7]),
        ("EXISTS_ILMD_ex:orchard=true", [7]),
        ("EQ_ERROR_DECLARATION_ex:by=乙", [8]),
    ],
)
def test_a_query_finds_what_its_parameters_say(
    client: Client, headers: dict[str, str], query: str, found: list[int]
) -> None:
    assert _minutes(client.get(f"/epcis/events?{query}", headers=headers)) == found


@pytest.mark.parametrize(
    "query",
    [
        "colour=red",
        "eq_bizStep=shipping",
        "EQ_action=LOOK",
        "GE_eventTime=2026-10-12",
        "GE_eventTime=2026-10-12T08:00:00",
        "GE_quantity=many",
        "MATCH_epc=S1",
        "eventType=Party",
        "orderBy=price",
        "orderDirection=UP&orderBy=eventTime",
        "eventCountLimit=0",
        "eventCountLimit=2&maxEventCount=2",
        "EXISTS_errorDeclaration=perhaps",
        "GE_ex:sugar=sweet",
        "perPage=0",
        "perPage=x",
        "nextPageToken=forged",
        "EQ_bizStep=",
        "HASATTR_readPoint=x",
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(client: Client, headers: dict[str, str], query: str) -> None:
    answer = client.get(f"/epcis/events?{query}", headers=headers)

    assert (answer.status_code, answer.get_json()["type"]) == (400, "epcisException:QueryParameterException")
    assert answer.mimetype == "application/problem+json"
