"""Every valid document of the vectors goes in by capture and comes back by query with the same content and hash."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy.orm import Session

from tests.conformance.vectors import files, folder
from tests.factories import event as make
from tests.support.applications import Client
from tests.support.people import People
from trace.event import check, document, eventhash
from trace.event.context import Parsed
from trace.event.errors import BadDocument, UnsupportedXml

folder("epcis-gs1")
KINDS = ("**/*.json", "**/*.jsonld", "**/*.xml")
PATHS = [
    *files("epcis-gs1", *(f"examples/{kind}" for kind in KINDS)), *files("epcis-openepcis", *KINDS),
    *files("epcis-event-hash", *(f"**/examples/{kind}" for kind in KINDS)),
]  # fmt: skip


def _media(path: Path) -> str:
    return "application/xml" if path.suffix == ".xml" else "application/json"


def _valid(path: Path) -> Parsed | None:
    """What was read of a document without fault; None otherwise."""
    try:
        parsed = document.parse(path.read_bytes(), _media(path))
    except (BadDocument, UnsupportedXml):
        return None
    faulty = any(check.faults(event, parsed.context) for event in parsed.events)
    return None if faulty or not parsed.events else parsed


VALID = [(path, parsed) for path in PATHS if (parsed := _valid(path)) is not None]


def test_two_in_three_files_are_valid_documents() -> None:
    assert 3 * len(VALID) > 2 * len(PATHS)


@pytest.mark.parametrize(("path", "parsed"), VALID, ids=lambda value: value.name if isinstance(value, Path) else "")
def test_a_valid_document_comes_back_as_it_was_sent(
    client: Client, session: Session, as_user: People, path: Path, parsed: Parsed
) -> None:
    token = make.make_token(as_user.organisation())
    sent = client.post(
        "/epcis/capture", data=path.read_bytes(), headers=make.bearer(token) | {"Content-Type": _media(path)}
    )
    job = client.get(sent.headers["Location"].partition("8000")[2], headers=make.bearer(token)).get_json()

    assert (sent.status_code, job["success"]) == (202, True), job
    assert job["stored"] + job["known"] == len(parsed.events)
    for event in parsed.events:
        expected = eventhash.event_id(event, parsed.context)
        name = quote(str(event.get("eventID") or expected), safe="")
        for form in ("Never_Translates", "Always_GS1_Digital_Link"):
            found = client.get(
                f"/epcis/events/{name}", headers=make.bearer(token, **{"GS1-EPC-Format": form})
            ).get_json()
            events = found["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
            hashes = {eventhash.event_id(back, found["@context"]) for back in events}

            assert hashes == {expected}
            if form == "Never_Translates":
                forms = (event, document.normalise(event, parsed.context))
                assert any(_content(one) == _content(back) for one in forms for back in events)


def _content(event: dict) -> dict:
    """The event without what the repository gives it."""
    return {k: v for k, v in event.items() if k not in ("eventID", "recordTime", "@context")}
