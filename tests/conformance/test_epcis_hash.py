"""Event hash ids against the shared vectors: every document's hashes and pre-hash strings, equal events, GS1 keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conformance import vectors
from tests.conformance.vectors import files
from trace.event import document, eventhash, identifiers
from trace.event.context import Parsed

HERE = "epcis-event-hash"
EQUAL = files(HERE, "**/expected_equal/**/*.json", "**/expected_equal/**/*.jsonld", "**/expected_equal/**/*.xml")
KEYS = vectors.cases(HERE, vectors.has("input", "canonical_gs1_dl_uri"))
DOCUMENTS = [
    path
    for path in files(HERE, "**/examples/**/*.json", "**/examples/**/*.jsonld", "**/examples/**/*.xml")
    if path not in EQUAL
]
files(HERE, "**/*.hashes", "**/*.prehashes")
# docs/conformance.md: these strings stand beside documents they were not made from; the hashes beside them are right.
STALE_STRINGS = {"epcisDocWithCustomSchemaInContext"}


def read(path: Path) -> Parsed:
    """The events as they are; whether the document around them is complete is no matter of hashing."""
    media = "application/xml" if path.suffix == ".xml" else "application/ld+json"
    return document.parse(path.read_bytes(), media, judge_frame=False)


def beside(path: Path, suffix: str) -> list[str] | None:
    found = vectors.beside(path, suffix, HERE)
    return found.read_text("utf-8").strip().splitlines() if found else None


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_document_gives_the_published_hashes_and_strings(path):
    parsed = read(path)

    strings = [eventhash.prehash(event, parsed.context, parsed.ignore) for event in parsed.events]

    hashes = beside(path, ".hashes")
    expected = beside(path, ".prehashes")
    if hashes is None and expected is None:
        pytest.skip("nothing published beside this document")
    if hashes is not None:
        assert [eventhash.hash_id(text) for text in strings] == hashes
    if expected is not None and path.stem not in STALE_STRINGS:
        assert strings == expected


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_stored_form_has_the_hash_of_the_sent_form(path):
    parsed = read(path)

    for event in parsed.events:
        stored = document.normalise(event, parsed.context)
        again = document.normalise(stored, parsed.context)

        assert eventhash.event_id(stored, parsed.context) == eventhash.event_id(again, parsed.context)
        if not has_undeclared_curie(event, parsed):
            assert eventhash.event_id(stored, parsed.context) == eventhash.event_id(event, parsed.context)


def has_undeclared_curie(event: dict, parsed: Parsed) -> bool:
    """docs/conformance.md: GS1 CURIEs that the document relies on GS1's context for stay as they are in the vectors."""
    declared = document.namespaces(parsed.context)
    text = json.dumps(event)
    return any(f'"{prefix}:' in text and prefix not in declared for prefix in ("gs1", "cbv"))


PAIRS = [path for path in DOCUMENTS if path.suffix == ".xml" and path.with_suffix(".jsonld").exists()]


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_both_syntaxes_of_a_document_give_one_string(path):
    xml, plain = read(path), read(path.with_suffix(".jsonld"))

    assert [eventhash.prehash(e, xml.context) for e in xml.events] == [
        eventhash.prehash(e, plain.context) for e in plain.events
    ]


@pytest.mark.parametrize("path", EQUAL, ids=lambda path: path.name)
def test_events_said_to_be_equal_have_one_id(path):
    parsed = read(path)

    assert len(parsed.events) > 1
    assert len({eventhash.event_id(event, parsed.context) for event in parsed.events}) == 1


@pytest.mark.parametrize("case", KEYS, ids=lambda case: str(case["input"])[:60])
def test_gs1_keys_in_any_spelling_become_one_link(case):
    expected = case["canonical_gs1_dl_uri"]

    assert identifiers.canonical(case["input"]) == (case["input"] if expected is None else expected)


def test_no_file_is_left_unread():
    vectors.nothing_left_unread(HERE)
