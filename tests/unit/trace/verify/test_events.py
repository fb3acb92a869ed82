"""A signed list of a lot's events: what is unchanged passes; a changed, dropped, added or moved event is named."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.support import trust
from trace.verify import cli
from trace.verify.events import digest_of, event_digest, verify_events
from trace.verify.reasons import Reason, VerificationError

LOT = "https://id.gs1.org/01/09521234000010/10/26101701"


def event(number: int, **more: Any) -> dict[str, Any]:
    made = {
        "type": "ObjectEvent", "eventID": f"ni:///sha-256;{number:064x}?ver=CBV2.0", "action": "OBSERVE",
        "eventTime": f"2026-10-{number:02}T02:00:00.000Z", "eventTimeZoneOffset": "+08:00", "bizStep": "storing",
        "quantityList": [{"epcClass": LOT}],
    }  # fmt: skip
    return made | more


def document(events: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "EPCISDocument",
        "schemaVersion": "2.0", "creationDate": "2026-10-18T02:00:00.000Z", "epcisBody": {"eventList": events},
    }  # fmt: skip


EVENTS = [event(number) for number in (11, 12, 13, 14)]
WHOLE = document(EVENTS)


def statement(events: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    listed = [
        {"id": one["eventID"], "digest": event_digest(one), "publicHash": one["eventID"]} for one in events or EVENTS
    ]
    made = trust.unsigned(
        9,
        type=["VerifiableCredential", "LotEventList"],
        credentialSubject={"id": LOT, "type": "Lot", "events": listed},
        relatedResource=[{"id": "https://demo.yidun.example/trace/x/events.jsonld", "digestSRI": digest_of(WHOLE)}],
    )
    return trust.signed(made | changes)


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    world = trust.World()
    world.add_document(trust.did_document())
    world.add_record(statement())
    return {
        "log_proof": str(world.proof(1)).encode(),
        "did_document": trust.dump(trust.did_document()),
        "log_key": world.log_key,
    }


def refused(given: Any, files: dict[str, Any], signed: dict[str, Any] | None = None) -> VerificationError:
    with pytest.raises(VerificationError) as caught:
        verify_events(trust.dump(given), trust.dump(signed or statement()), **files)
    return caught.value


def test_the_whole_document_passes_with_every_event(files: dict[str, Any]) -> None:
    found = verify_events(trust.dump(WHOLE), trust.dump(statement()), **files)

    assert (found.lot, found.shown, found.count, found.whole, found.statement.index) == (LOT, 4, 4, True, 1)


def test_a_single_event_and_a_query_answer_pass_where_they_stand_in_the_list(files: dict[str, Any]) -> None:
    fetched = {"@context": "https://x.example", **EVENTS[2], "recordTime": "2026-11-01T00:00:00.000Z"}
    answer = {
        "type": "EPCISQueryDocument",
        "epcisBody": {"queryResults": {"resultsBody": {"eventList": [EVENTS[3], fetched]}}},
    }

    one = verify_events(trust.dump(fetched), trust.dump(statement()), **files)
    two = verify_events(trust.dump(answer), trust.dump(statement()), **files)

    assert (one.shown, one.whole, two.shown, two.whole) == (1, False, 2, False)


Edit = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda e: [e[0], e[1] | {"bizStep": "shipping"}, e[2], e[3]], "event 2 (ni:///sha-256;"),
        (lambda e: [e[0], e[1] | {"bizStep": "shipping"}, e[2], e[3]], "was changed"),
        (lambda e: [e[0] | {"eventID": event(30)["eventID"]}, *e[1:]], "another one"),
        (lambda e: [e[0], e[2], e[3]], "is missing"), (lambda e: e[:3], "1 events at the end are missing"),
        (lambda e: [event(9), *e], "was added"), (lambda e: [*e, event(20)], "1 events were added at the end"),
        (lambda e: [*e, e[3]], "added at the end"), (lambda e: [e[1], e[0], e[2], e[3]], "stands in another place"),
        (lambda e: [], "are missing"),
    ],
)  # fmt: skip
def test_a_changed_dropped_added_or_moved_event_is_named(edit: Edit, words: str, files: dict[str, Any]) -> None:
    error = refused(document(edit(copy.deepcopy(EVENTS))), files)

    assert error.reason is Reason.EVENTS_DIFFER
    assert words in error.detail


def test_a_head_that_gives_the_words_another_meaning_is_found(files: dict[str, Any]) -> None:
    assert refused({**WHOLE, "@context": ["https://evil.example/context"]}, files).reason is Reason.EVENTS_DIFFER


@pytest.mark.parametrize("foreign", [event(11, action="ADD"), event(40), {"type": "ObjectEvent"}])
def test_a_single_event_that_is_not_in_the_list_does_not_pass(foreign: Any, files: dict[str, Any]) -> None:
    assert refused(foreign, files).reason is Reason.EVENTS_DIFFER


@pytest.mark.parametrize(
    "changes",
    [
        {"type": ["VerifiableCredential", "LotRecord"]}, {"relatedResource": []}, {"credentialSubject": {"id": LOT, "events": []}},
        {"relatedResource": [{"id": "https://x.example/a", "digestSRI": "sha256-x"}]},
        {"credentialSubject": {"id": LOT, "events": [{"id": "urn:x", "digest": "sha256-x"}]}},
    ],
)  # fmt: skip
def test_a_signed_statement_that_lists_no_events_is_bad_json(changes: dict[str, Any]) -> None:
    signed, world = statement(**changes), trust.World()
    world.add_record(signed)
    files = {"log_proof": str(world.proof(0)).encode(), "did_document": trust.dump(trust.did_document()), "log_key": world.log_key}  # fmt: skip

    assert refused(WHOLE, files, signed).reason is Reason.BAD_JSON


def test_a_list_altered_after_signing_does_not_reach_the_events(files: dict[str, Any]) -> None:
    signed = statement()
    signed["credentialSubject"]["events"].pop()

    assert refused(document(EVENTS[:3]), files, signed).reason is Reason.SIGNATURE_INVALID


def test_the_command_says_what_was_compared_and_names_what_differs(tmp_path, files, capsys) -> None:
    names = {"events": WHOLE, "short": document(EVENTS[:3]), "statement": statement(), "did": trust.did_document()}
    for name, value in names.items():
        (tmp_path / name).write_bytes(trust.dump(value))
    (tmp_path / "proof").write_bytes(files["log_proof"])
    rest = [
        "--statement",
        str(tmp_path / "statement"),
        "--proof",
        str(tmp_path / "proof"),
        "--did",
        str(tmp_path / "did"),
    ]
    rest += ["--log-key", files["log_key"]]

    assert cli.main(["events", str(tmp_path / "events"), *rest]) == 0
    assert "清单里的 4 个事件一个不差" in capsys.readouterr().out
    assert cli.main(["events", str(tmp_path / "short"), *rest]) == 1
    assert capsys.readouterr().out == "events_differ\n"
    with pytest.raises(SystemExit):
        cli.main(["events", str(tmp_path / "nowhere"), *rest])
