"""Reading bodies: one meaning only, every kind of body, one stored form."""

from __future__ import annotations

import json

import pytest

from trace.event import document
from trace.event.context import EPCIS_CONTEXT
from trace.event.errors import BadDocument, UnsupportedContent

EVENT = {
    "type": "ObjectEvent",
    "eventTime": "2026-10-08T09:30:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "action": "OBSERVE",
    "epcList": ["urn:epc:id:sscc:4012345.3111111111"],
}


def whole(**changes: object) -> dict:
    made = {
        "@context": [EPCIS_CONTEXT, {"yd": "https://id.example.cn/voc/"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-10-08T09:30:00+08:00",
        "epcisBody": {"eventList": [EVENT]},
        **changes,
    }
    return {name: value for name, value in made.items() if value is not ...}


def read(value: object) -> document.Parsed:
    return document.parse(json.dumps(value).encode(), "application/ld+json; charset=utf-8")


def refusal(body: bytes) -> BadDocument:
    with pytest.raises(BadDocument) as caught:
        document.parse(body, "application/json")
    return caught.value


def test_a_document_gives_its_events_and_its_context():
    parsed = read(whole())

    assert parsed.events == [EVENT]
    assert parsed.kind == "EPCISDocument"
    assert document.namespaces(parsed.context) == {"yd": "https://id.example.cn/voc/"}


def test_a_document_may_say_that_it_has_no_address():
    assert read(whole(id="_:document1")).events == [EVENT]


def test_a_query_result_a_bare_event_and_a_list_are_read():
    results = {"queryName": "SimpleEventQuery", "resultsBody": {"eventList": [EVENT]}}
    query = whole(type="EPCISQueryDocument", epcisBody={"queryResults": results})
    bare = {"@context": EPCIS_CONTEXT, **EVENT}

    assert (read(query).kind, read(query).events) == ("EPCISQueryDocument", [EVENT])
    assert (read(bare).kind, read(bare).events) == ("event", [bare])
    assert (read([bare, bare]).kind, len(read([bare, bare]).events)) == ("list", 2)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"type": "ObjectEvent", "a": {"b": 1, "b": 2}}', "event.duplicate_key"),
        (b'{"type": "ObjectEvent", "\\u0061": 1, "a": 2}', "event.duplicate_key"),
        (b'{"type": "ObjectEvent", "a": NaN}', "event.json"),
        (b'{"type": "ObjectEvent", "a": "\\ud800"}', "event.json"),
        (b'{"type": "ObjectEvent", "a": "\xff"}', "event.json"),
        (b'{"type": "ObjectEvent",}', "event.json"),
        (b"[" * 100_000, "event.json"),
        (b'{"type": "ObjectEvent", "a": "x\\u0000"}', "event.null_character"),
        (b"", "event.json"),
        (b'"text"', "event.document"),
        (b'{"type": "EPCISMasterDataDocument"}', "event.master_data"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_two_readers_could_read_differently_is_refused(body, code):
    assert refusal(body).code == code


def test_a_written_backslash_before_u0000_is_no_null_character():
    bare = json.dumps({"@context": EPCIS_CONTEXT, **EVENT, "yd:x": "\\u0000"}).encode()

    assert document.parse(bare, "application/json").events[0]["yd:x"] == "\\u0000"


@pytest.mark.parametrize(
    ("value", "pointers"),
    [
        (whole(**{"@context": ...}), ["/@context"]),
        (whole(**{"@context": "https://example.com/other"}), ["/@context"]),
        (whole(**{"@context": [EPCIS_CONTEXT, EPCIS_CONTEXT]}), ["/@context"]),
        (whole(**{"@context": [EPCIS_CONTEXT, "relative"]}), ["/@context"]),
        (whole(schemaVersion=2.0), ["/schemaVersion"]),
        (whole(schemaVersion="1.2"), ["/schemaVersion"]),
        (whole(creationDate="today", epcisBody=...), ["/creationDate", "/epcisBody"]),
        (whole(epcisBody={"eventList": EVENT}), ["/epcisBody/eventList"]),
        (whole(epcisBody={"eventList": [EVENT, 3]}), ["/epcisBody/eventList/1"]),
        (whole(weather="x", **{"no:x": 1}), ["/weather", "/no:x"]),
        (whole(id="7", sender=5), ["/id", "/sender"]),
        (whole(epcisHeader={"epcisMasterData": {"vocabularyList": [{"type": "x"}]}}), ["/epcisHeader/epcisMasterData/vocabularyList/0"]),
        (whole(type="EPCISQueryDocument"), ["/epcisBody/eventList", "/epcisBody/queryResults"]),
        ([], [""]),
        ([EVENT, 3], ["/1", "/0/@context"]),
        (EVENT, ["/@context"]),
    ],
)  # fmt: skip
def test_every_fault_of_the_frame_is_told_with_its_place(value, pointers):
    error = refusal(json.dumps(value).encode())

    assert [fault.pointer for fault in error.faults] == pointers


def test_another_media_type_is_415():
    with pytest.raises(UnsupportedContent) as caught:
        document.parse(b"", "text/csv")

    assert caught.value.status == 415


@pytest.mark.parametrize(
    "spelled",
    [
        "shipping",
        "cbv:BizStep-shipping",
        "https://ref.gs1.org/cbv/BizStep-shipping",
        "urn:epcglobal:cbv:bizstep:shipping",
    ],
)
def test_a_standard_term_is_stored_as_its_bare_word(spelled):
    assert document.normalise({**EVENT, "bizStep": spelled}, EPCIS_CONTEXT)["bizStep"] == "shipping"


def test_every_place_of_terms_is_brought_to_words_and_own_terms_stay():
    made = {
        **EVENT,
        "@context": [EPCIS_CONTEXT, {"voc": "https://gs1.org/voc/"}],
        "bizStep": "https://id.example.cn/bizstep/grading",
        "persistentDisposition": {"set": ["cbv:Disp-recalled"]},
        "bizTransactionList": [{"type": "cbv:BTT-po", "bizTransaction": "urn:x:1"}],
        "sourceList": [{"type": "cbv:SDT-location", "source": "urn:x:1"}],
        "errorDeclaration": {"declarationTime": "2026-10-08T09:30:00Z", "reason": "cbv:ER-incorrect_data"},
        "sensorElementList": [{"sensorReport": [{"type": "voc:Temperature", "exception": "gs1:ALARM_CONDITION"}]}],
    }

    stored = document.normalise(made)

    assert "@context" not in stored
    assert stored["bizStep"] == "https://id.example.cn/bizstep/grading"
    assert stored["persistentDisposition"] == {"set": ["recalled"]}
    assert stored["bizTransactionList"][0]["type"] == "po"
    assert stored["sourceList"][0]["type"] == "location"
    assert stored["errorDeclaration"]["reason"] == "incorrect_data"
    assert stored["sensorElementList"] == [{"sensorReport": [{"type": "Temperature", "exception": "ALARM_CONDITION"}]}]


def test_stored_events_come_back_as_a_document_that_is_read_again():
    parsed = read(whole())

    again = read(document.document_of(parsed.events, parsed.context, "2026-10-08T09:30:00Z"))

    assert again.events == parsed.events
    assert document.namespaces(again.context) == document.namespaces(parsed.context)


@pytest.mark.parametrize(
    "value",
    [
        whole(schemaVersion=..., creationDate=..., **{"@context": {"yd": "https://id.example.cn/voc/"}}),
        whole(epcisBody={"event": EVENT}),
        EVENT,
    ],
)
def test_an_incomplete_frame_can_be_read_for_hashing_only(value):
    body = json.dumps(value).encode()

    assert document.parse(body, "application/json", judge_frame=False).events == [EVENT]
    assert refusal(body).faults


@pytest.mark.parametrize(
    "fields", [["yd:a", "yd:b"], {"yd:a": None, "yd:b": {}}, "yd:a, yd:b", [{"yd:a": 1}, {"yd:b": 1, "@type": "x"}]]
)
def test_fields_to_leave_out_are_read_from_the_document(fields):
    assert read(whole(**{"yd:ignoreFields": fields})).ignore == {
        "{https://id.example.cn/voc/}a",
        "{https://id.example.cn/voc/}b",
    }
