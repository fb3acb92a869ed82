"""Nothing a stranger sends ends in a 500: odd values for every parameter, path and header."""

from __future__ import annotations

import json

import pytest

from tests.factories import event as make
from tests.support.applications import Client

NAMES = (
    "eventType", "GE_eventTime", "LT_recordTime", "EQ_action", "EQ_bizStep", "EQ_readPoint", "WD_bizLocation", "MATCH_epc", "MATCH_anyEPCClass",
    "EQ_quantity", "GE_quantity", "EQ_eventID", "EXISTS_errorDeclaration", "GE_errorDeclarationTime", "orderBy", "eventCountLimit", "maxEventCount",
    "perPage", "nextPageToken", "EQ_type", "GE_value_CEL", "EQ_booleanValue", "GE_startTime", "EQ_bizTransaction_po", "EQ_a:b", "GE_a:b",
    "EXISTS_ILMD_a:b", "EQ_INNER_ILMD_https://x.example/a", "EQ_", "GE_value_", "MATCH_", "EQ_:", "GT_percRank",
)  # fmt: skip
VALUES = (
    "", "|", "x", "'", '"', "\\", "%", "9" * 400, "1e999999", "-1e-999999", "NaN", "Infinity", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "2026-02-30T00:00:00Z", "urn:epc:idpat:sgtin:*.*.*", "urn:epc:idpat:sgtin:0614141.*.*", "urn:epc:id:sgtin:..", "https://", "长" * 300, "true", "null",
    "{}", "$[*]", "a|b|c", "\u202e", "t:2026",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_a_parameter_breaks_the_query(client: Client, headers: dict[str, str], name: str) -> None:
    wrong = []
    for value in VALUES:
        answer = client.get("/epcis/events", query_string={name: value}, headers=headers)
        if answer.status_code >= 500:
            wrong.append((value, answer.status_code))

    assert wrong == []


@pytest.mark.parametrize(
    "path",
    [
        "events",
        "epcs",
        "bizSteps",
        "eventTypes",
        "queries",
        "capture",
        "readPoints",
        "nothing",
        "queries/x/subscriptions",
    ],
)
def test_no_odd_path_breaks_a_resource(client: Client, headers: dict[str, str], path: str) -> None:
    for tail in (
        "%00",
        "%00/events",
        "'",
        "%ff",
        "..%2f",
        "a//b",
        "%20",
        "x" * 3000,
        "https:%2F%2Fid.gs1.org%2F01%2F1",
    ):
        answer = client.get(f"/epcis/{path}/{tail}", headers=headers)

        assert answer.status_code in (400, 404, 405), (tail, answer.status_code)


@pytest.mark.parametrize(
    "body",
    [
        {"name": "q", "query": {"EQ_bizStep": "\u0000"}}, {"name": "q\u0000", "query": {}}, {"name": "q", "query": {"EQ_bizStep": [None]}},
        {"name": "q", "query": {"GE_quantity": 1e308}}, {"name": "q", "query": {"GE_quantity": True}}, {"name": "q", "query": {"@context": 5}},
        {"name": "q", "query": {"@context": {"a": 5}, "EQ_a:b": ["c"]}}, {"name": "q", "query": {"": ""}}, {"name": ["q"], "query": {}},
    ],
)  # fmt: skip
def test_no_odd_named_query_breaks_the_interface(client: Client, headers: dict[str, str], body: dict) -> None:
    made = client.post("/epcis/queries", data=json.dumps(body), headers=headers)
    found = client.get("/epcis/queries/q/events", headers=headers)

    assert made.status_code < 500
    assert found.status_code < 500


@pytest.mark.parametrize(
    "fields",
    [
        {"quantityList": [{"epcClass": make.LOT, "quantity": 1e308}]}, {"quantityList": [{"epcClass": make.LOT, "quantity": 10**30}]},
        {"eventTime": "0001-01-01T00:00:00+14:00"}, {"eventTime": "9999-12-31T23:59:59-14:00"}, {"eventID": "urn:x:" + "y" * 3000},
        {"bizStep": "https://x.example/" + "y" * 3000}, {"readPoint": {"id": "urn:x:" + "y" * 3000}}, {"epcList": [f"urn:x:{n}" for n in range(25_000)]},
        {"errorDeclaration": {"declarationTime": "9999-12-31T23:59:59-14:00"}}, {"ex:deep": json.loads("[" * 60 + "]" * 60)},
    ],
)  # fmt: skip
def test_no_extreme_event_breaks_capture(client: Client, token: str, fields: dict) -> None:
    body = make.document(make.make_event(1, **fields), context=make.EXAMPLE)
    sent = client.post("/epcis/capture", data=body, headers=make.bearer(token))

    assert sent.status_code in (202, 400), sent.get_json()


@pytest.mark.parametrize(
    "headers",
    [
        {"GS1-EPCIS-Min": "x"},
        {"GS1-EPCIS-Max": ""},
        {"Accept": ";;"},
        {"GS1-Extensions": "=,=,a="},
        {"GS1-EPC-Format": "x"},
    ],
)
def test_no_odd_header_breaks_an_answer(client: Client, headers: dict[str, str]) -> None:
    assert client.get("/epcis/events", headers=headers).status_code < 500
