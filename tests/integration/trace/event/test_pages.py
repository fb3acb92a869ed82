"""Order, pages, resources, forms of answers over HTTP."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.factories import event as make
from tests.support.applications import Client


def _minutes(answer: Any) -> list[int]:
    """The numbers of the events found: the minute of their time."""
    assert answer.status_code == 200, answer.get_json()
    events = answer.get_json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    return sorted(int(event["eventTime"][14:16]) for event in events)


def _times(answer: Any) -> list[str]:
    return [e["eventTime"] for e in answer.get_json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]]


def test_results_are_ordered_as_asked(client: Client, headers: dict[str, str]) -> None:
    down = _times(client.get("/epcis/events?orderBy=eventTime", headers=headers))
    up = _times(client.get("/epcis/events?orderBy=eventTime&orderDirection=ASC", headers=headers))

    assert down == sorted(down, reverse=True)
    assert up == sorted(up)


def test_event_count_limit_ends_the_list_whatever_the_page_size(client: Client, headers: dict[str, str]) -> None:
    first = client.get(
        "/epcis/events?orderBy=eventTime&orderDirection=ASC&eventCountLimit=3&perPage=2", headers=headers
    )
    second = client.get(_next(first), headers=headers)

    assert [len(_times(first)), len(_times(second))] == [2, 1]
    assert "Link" not in second.headers


def test_more_events_than_the_maximum_is_a_refusal(client: Client, headers: dict[str, str]) -> None:
    allowed = client.get("/epcis/events?maxEventCount=8", headers=headers)
    refused = client.get("/epcis/events?maxEventCount=7", headers=headers)

    assert allowed.status_code == 200
    assert (refused.status_code, refused.get_json()["type"]) == (413, "epcisException:QueryTooLargeException")


def _next(answer: Any) -> str:
    return str(answer.headers["Link"]).partition("8000")[2].partition(">")[0]


@pytest.mark.parametrize("order", ["", "&orderBy=recordTime", "&orderBy=eventTime&orderDirection=ASC"])
def test_pages_hold_every_event_once_while_others_arrive(
    client: Client, token: str, headers: dict[str, str], order: str
) -> None:
    seen: list[str] = []
    answer = client.get(f"/epcis/events?perPage=3{order}", headers=headers)
    for number in range(20, 23):
        seen += _times(answer)
        client.post(
            "/epcis/capture", data=make.document(make.make_event(number), make.make_event(-number)), headers=headers
        )
        if number < 22:
            answer = client.get(_next(answer), headers=headers)

    assert len(seen) == len(set(seen)) == 8
    assert {time[14:16] for time in seen} == {f"0{n}" for n in range(1, 9)}
    assert "GS1-Next-Page-Token-Expires" not in answer.headers


def test_a_page_token_fits_its_own_question_only(client: Client, headers: dict[str, str]) -> None:
    token = _next(client.get("/epcis/events?perPage=2", headers=headers)).partition("nextPageToken=")[2]

    assert client.get(f"/epcis/events?EQ_action=ADD&nextPageToken={token}", headers=headers).status_code == 400
    assert client.get(f"/epcis/events?perPage=4&nextPageToken={token}", headers=headers).status_code == 200


def test_a_page_token_given_back_opens_no_page(client: Client, headers: dict[str, str]) -> None:
    address = _next(client.get("/epcis/events?perPage=2", headers=headers))
    token = address.partition("nextPageToken=")[2]
    dropped = client.delete(f"/epcis/nextPageToken/{token}", headers=headers)

    assert dropped.status_code == 204
    assert client.get(address, headers=headers).status_code == 400


def test_a_page_token_ends_after_an_hour(client: Client, headers: dict[str, str], clock: Any) -> None:
    address = _next(client.get("/epcis/events?perPage=2", headers=headers))
    clock.advance(minutes=61)

    assert client.get(address, headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("collection", "value", "found"),
    [
        ("eventTypes", "AggregationEvent", [3]),
        ("epcs", "urn:epc:id:sgtin:0614141.107346.2017", [3]),
        ("epcs", "https://id.gs1.org/01/09506000134352/21/S2", [2]),
        ("epcs", make.LOT, [1, 2, 4, 5, 6, 7, 8]),
        ("bizSteps", "shipping", [2]),
        ("bizSteps", "https://yidun.example/bizstep/grading", [4]),
        ("bizLocations", "https://id.gs1.org/414/9521321000018", [2]),
        ("readPoints", "urn:epc:id:sgln:0614141.00777.0", [2]),
        ("dispositions", "in_transit", [2]),
    ],
)
def test_a_resource_leads_to_its_events(
    client: Client, headers: dict[str, str], collection: str, value: str, found: list[int]
) -> None:
    address = f"/epcis/{collection}/{quote(value, safe='')}"
    members = client.get(address, headers=headers).get_json()

    assert members["member"] == ["events"]
    assert _minutes(client.get(f"{address}/events", headers=headers)) == found
    assert _minutes(client.get(f"{address}/events?EQ_action=DELETE", headers=headers)) == []


@pytest.mark.parametrize("collection", ["eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions"])
def test_a_value_nobody_used_is_not_found(client: Client, headers: dict[str, str], collection: str) -> None:
    for tail in ("", "/events"):
        answer = client.get(f"/epcis/{collection}/urn:x:nothing{tail}", headers=headers)

        assert (answer.status_code, answer.get_json()["type"]) == (404, "epcisException:NoSuchResourceException")


def test_collections_list_what_the_events_hold(client: Client, headers: dict[str, str]) -> None:
    def members(name: str) -> list[str]:
        body = client.get(f"/epcis/{name}?perPage=100", headers=headers).get_json()
        assert body["type"] == "Collection"
        return list(body["member"])

    assert members("eventTypes") == [
        "AggregationEvent",
        "AssociationEvent",
        "ObjectEvent",
        "TransactionEvent",
        "TransformationEvent",
    ]
    assert members("dispositions") == ["in_progress", "in_transit", "sellable_not_accessible"]
    assert members("readPoints") == ["https://id.gs1.org/414/0614141007776"]
    assert members("bizLocations") == ["https://id.gs1.org/414/9521321000018"]
    assert "https://id.gs1.org/00/106141412345678908" in members("epcs")
    assert len(members("epcs")) == 8
    assert len(members("")) == 9


def test_collections_come_in_pages(client: Client, headers: dict[str, str]) -> None:
    first = client.get("/epcis/epcs?perPage=5", headers=headers)
    second = client.get(_next(first), headers=headers)

    assert len(set(first.get_json()["member"]) | set(second.get_json()["member"])) == 8
    assert "Link" not in second.headers


def test_identifiers_come_as_digital_links_unless_asked_for_as_captured(
    client: Client, headers: dict[str, str]
) -> None:
    def parent(form: str | None) -> str:
        more = {"GS1-EPC-Format": form} if form else {}
        body = client.get("/epcis/events?eventType=AggregationEvent", headers=headers | more).get_json()
        return str(body["epcisBody"]["queryResults"]["resultsBody"]["eventList"][0]["parentID"])

    assert parent(None) == parent("Always_GS1_Digital_Link") == "https://id.gs1.org/00/106141412345678908"
    assert parent("Never_Translates") == parent("No_Preference") == "urn:epc:id:sscc:0614141.1234567890"


@pytest.mark.parametrize(
    "more",
    [
        {"Accept": "application/xml"},
        {"Accept": "text/html"},
        {"GS1-EPC-Format": "Always_EPC_URN"},
        {"GS1-EPCIS-Min": "3.0.0"},
        {"GS1-EPCIS-Max": "1.2"},
        {"GS1-CBV-Min": "2.1"},
    ],
)
def test_what_cannot_be_answered_as_asked_is_not_acceptable(
    client: Client, headers: dict[str, str], more: dict[str, str]
) -> None:
    answer = client.get("/epcis/events", headers=headers | more)

    assert (answer.status_code, answer.get_json()["type"]) == (406, "epcisException:NotAcceptableException")


def test_json_ld_is_told_as_such_when_preferred(client: Client, headers: dict[str, str]) -> None:
    assert (
        client.get("/epcis/events", headers=headers | {"Accept": "application/ld+json"}).mimetype
        == "application/ld+json"
    )
    assert client.get("/epcis/events", headers=headers | {"Accept": "*/*"}).mimetype == "application/json"


def test_a_far_too_long_address_is_refused(client: Client, headers: dict[str, str]) -> None:
    assert client.get("/epcis/events?EQ_eventID=" + "x" * 9000, headers=headers).status_code == 414


def test_every_path_tells_its_methods_and_versions(client: Client) -> None:
    for path, methods in {
        "/": "OPTIONS, GET",
        "/capture": "OPTIONS, GET, POST",
        "/events": "OPTIONS, GET, POST",
        "/events/urn:uuid:1": "OPTIONS, GET",
        "/epcs/urn:x:1/events": "OPTIONS, GET",
        "/queries": "OPTIONS, GET, POST",
        "/queries/q": "OPTIONS, GET, DELETE",
        "/queries/q/subscriptions": "OPTIONS, GET, POST",
        "/queries/q/subscriptions/1": "OPTIONS, GET, DELETE",
        "/nextPageToken/x": "OPTIONS, DELETE",
    }.items():
        answer = client.options(f"/epcis{path}")

        assert (answer.status_code, answer.headers["Allow"]) == (204, methods), path
        assert {answer.headers[f"GS1-{n}"] for n in ("EPCIS-Version", "EPCIS-Min", "EPCIS-Max", "CBV-Version")} == {
            "2.0.0"
        }
        assert answer.headers["GS1-Vendor-Version"]
        assert "GS1-Extensions" in answer.headers
    assert int(client.options("/epcis/capture").headers["GS1-EPCIS-Capture-Limit"]) >= 1


def test_a_document_that_goes_out_comes_in_again_unchanged(client: Client, headers: dict[str, str]) -> None:
    out = client.get("/epcis/events", headers=headers).get_json()
    sent = client.post("/epcis/capture", data=json.dumps(out), headers=headers)
    job = client.get(sent.headers["Location"].partition("8000")[2], headers=headers).get_json()

    assert (job["success"], job["stored"], job["known"]) == (True, 0, 8)


def test_places_below_a_place_are_found_by_master_data(client: Client, token: str, headers: dict[str, str]) -> None:
    master = {
        "type": "urn:epcglobal:epcis:vtype:BusinessLocation",
        "vocabularyElementList": [
            {"id": "https://id.gs1.org/414/9521321000025", "children": ["https://id.gs1.org/414/9521321000018"]}
        ],
    }
    header = {"epcisMasterData": {"vocabularyList": [master]}}
    client.post("/epcis/capture", data=make.document(make.make_event(30), epcisHeader=header), headers=headers)

    assert _minutes(
        client.get("/epcis/events?WD_bizLocation=https://id.gs1.org/414/9521321000025", headers=headers)
    ) == [2]
    assert (
        _minutes(client.get("/epcis/events?EQ_bizLocation=https://id.gs1.org/414/9521321000025", headers=headers)) == []
    )
