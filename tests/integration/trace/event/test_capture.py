"""Capture over HTTP: jobs, single events, limits, media, refusals."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories import event as make
from tests.support.applications import Client
from trace.event import capture


def _stored(session: Session) -> int:
    return int(session.scalar(text("select count(*) from trace_event_event")) or 0)


def test_a_document_is_captured_and_its_job_says_so(client: Client, session: Session, token: str) -> None:
    sent = client.post(
        "/epcis/capture", data=make.document(make.make_event(1), make.make_event(2)), headers=make.bearer(token)
    )
    job = client.get(sent.headers["Location"].partition("8000")[2], headers=make.bearer(token)).get_json()

    assert sent.status_code == 202
    assert (job["running"], job["success"], job["stored"], job["known"], job["errors"]) == (False, True, 2, 0, [])
    assert _stored(session) == 2


def test_sending_the_same_document_again_changes_nothing(client: Client, session: Session, token: str) -> None:
    body = make.document(make.make_event(1), make.make_event(1), make.make_event(2))
    client.post("/epcis/capture", data=body, headers=make.bearer(token))
    again = client.post("/epcis/capture", data=body, headers=make.bearer(token))
    job = client.get(again.headers["Location"].partition("8000")[2], headers=make.bearer(token)).get_json()

    assert (job["success"], job["stored"], job["known"]) == (True, 0, 3)
    assert _stored(session) == 2


def test_one_faulty_event_refuses_the_whole_document_with_every_fault(
    client: Client, session: Session, token: str
) -> None:
    body = make.document(make.make_event(1), make.make_event(2, action="LOOK", eventTime="yesterday"))
    sent = client.post("/epcis/capture", data=body, headers=make.bearer(token))
    problem = sent.get_json()

    assert (sent.status_code, sent.mimetype) == (400, "application/problem+json")
    assert problem["type"] == "epcisException:ValidationException"
    assert {error["pointer"] for error in problem["errors"]} == {"/1/action", "/1/eventTime"}
    assert _stored(session) == 0


def test_proceed_keeps_the_good_events_and_lists_the_faulty_ones(client: Client, session: Session, token: str) -> None:
    body = make.document(make.make_event(1), make.make_event(2, action="LOOK"), make.make_event(3))
    headers = make.bearer(token, **{"GS1-Capture-Error-Behaviour": "proceed"})
    sent = client.post("/epcis/capture", data=body, headers=headers)
    job = client.get(sent.headers["Location"].partition("8000")[2], headers=headers).get_json()

    assert (sent.status_code, job["success"], job["stored"]) == (202, False, 2)
    assert [error["pointer"] for error in job["errors"]] == ["/1/action"]
    assert _stored(session) == 2


def test_an_id_that_belongs_to_another_event_rolls_the_document_back(
    client: Client, session: Session, token: str
) -> None:
    client.post(
        "/epcis/capture", data=make.document(make.make_event(1, eventID="urn:uuid:1")), headers=make.bearer(token)
    )
    body = make.document(make.make_event(2), make.make_event(3, eventID="urn:uuid:1"))
    sent = client.post("/epcis/capture", data=body, headers=make.bearer(token))
    job = client.get(sent.headers["Location"].partition("8000")[2], headers=make.bearer(token)).get_json()

    assert (job["success"], job["stored"]) == (False, 0)
    assert job["errors"][0]["pointer"] == "/1/eventID"
    assert _stored(session) == 1


def test_a_single_event_is_created_and_found_at_its_location(client: Client, session: Session, token: str) -> None:
    event = {"@context": make.CONTEXT, **make.make_event(1)}
    sent = client.post("/epcis/events", data=json.dumps(event), headers=make.bearer(token))
    found = client.get(sent.headers["Location"].partition("8000")[2], headers=make.bearer(token))
    (back,) = found.get_json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]

    assert sent.status_code == 201
    assert sent.get_json()["eventID"].startswith("ni:///sha-256;")
    assert back["eventID"] == sent.get_json()["eventID"]


def test_the_same_single_event_again_is_a_conflict(client: Client, session: Session, token: str) -> None:
    event = json.dumps({"@context": make.CONTEXT, **make.make_event(1)})
    client.post("/epcis/events", data=event, headers=make.bearer(token))
    again = client.post("/epcis/events", data=event, headers=make.bearer(token))

    assert (again.status_code, again.get_json()["type"]) == (409, "epcisException:ResourceAlreadyExistsException")


def test_an_error_declaration_is_the_same_event_again(client: Client, session: Session, token: str) -> None:
    event = make.make_event(1)
    declared = {
        **event,
        "errorDeclaration": {"declarationTime": "2026-10-13T08:00:00+08:00", "reason": "did_not_occur"},
    }
    first = client.post(
        "/epcis/events", data=json.dumps({"@context": make.CONTEXT, **event}), headers=make.bearer(token)
    )
    second = client.post(
        "/epcis/events", data=json.dumps({"@context": make.CONTEXT, **declared}), headers=make.bearer(token)
    )
    both = client.get(first.headers["Location"].partition("8000")[2], headers=make.bearer(token)).get_json()

    assert second.status_code == 201
    assert first.get_json()["eventID"] == second.get_json()["eventID"]
    assert ["errorDeclaration" in e for e in both["epcisBody"]["queryResults"]["resultsBody"]["eventList"]] == [
        False,
        True,
    ]


@pytest.mark.parametrize("path", ["/epcis/capture", "/epcis/events"])
def test_another_media_type_is_refused(client: Client, token: str, path: str) -> None:
    sent = client.post(path, data="x", headers=make.bearer(token) | {"Content-Type": "text/csv"})

    assert (sent.status_code, sent.get_json()["type"]) == (415, "epcisException:UnsupportedMediaTypeException")


@pytest.mark.parametrize("path", ["/epcis/capture", "/epcis/events"])
def test_a_body_above_the_size_limit_is_refused_and_told_the_limits(
    client: Client, token: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture, "FILE_SIZE_LIMIT", 100)
    sent = client.post(path, data=make.document(make.make_event()), headers=make.bearer(token))

    assert (sent.status_code, sent.get_json()["type"]) == (413, "epcisException:CaptureLimitExceededException")
    assert int(sent.headers["GS1-EPCIS-Capture-Limit"]) > 0
    assert int(sent.headers["GS1-EPCIS-Capture-File-Size-Limit"]) > 0


def test_more_events_than_the_limit_are_refused(
    client: Client, session: Session, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture, "CAPTURE_LIMIT", 2)
    sent = client.post(
        "/epcis/capture", data=make.document(*map(make.make_event, range(3))), headers=make.bearer(token)
    )

    assert sent.status_code == 413
    assert _stored(session) == 0


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"type": "EPCISDocument"}', '{"a": 1, "a": 2}', "\x00"])
def test_an_unreadable_body_is_a_validation_problem(client: Client, token: str, body: str) -> None:
    sent = client.post("/epcis/capture", data=body, headers=make.bearer(token))

    assert (sent.status_code, sent.get_json()["type"]) == (400, "epcisException:ValidationException")


def test_an_unknown_error_behaviour_is_refused(client: Client, token: str) -> None:
    headers = make.bearer(token, **{"GS1-Capture-Error-Behaviour": "maybe"})

    assert client.post("/epcis/capture", data=make.document(make.make_event()), headers=headers).status_code == 400


def test_capture_jobs_are_listed_newest_first_in_pages(client: Client, session: Session, token: str) -> None:
    for number in range(3):
        client.post("/epcis/capture", data=make.document(make.make_event(number)), headers=make.bearer(token))
    first = client.get("/epcis/capture?perPage=2", headers=make.bearer(token))
    link = first.headers["Link"]
    second = client.get(link.partition("8000")[2].partition(">")[0], headers=make.bearer(token))

    assert [len(first.get_json()), len(second.get_json())] == [2, 1]
    assert 'rel="next"' in link
    assert "Link" not in second.headers


def test_a_stored_event_can_be_neither_changed_nor_deleted(client: Client, session: Session, token: str) -> None:
    client.post("/epcis/capture", data=make.document(make.make_event(1)), headers=make.bearer(token))
    for statement in (
        "update trace_event_event set payload = '{}'",
        "update trace_event_event set is_public = false, source = 'platform'",
        "delete from trace_event_event",
        "update trace_event_link set side = 0",
        "delete from trace_event_link",
    ):
        with pytest.raises(Exception, match="never"), session.begin_nested():
            session.execute(text(statement))

    assert _stored(session) == 1
