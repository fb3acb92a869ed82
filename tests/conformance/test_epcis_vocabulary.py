"""Our lists of CBV terms against GS1's JSON-LD contexts and JSON Schema: the same words, the same addresses."""

from __future__ import annotations

import json

import pytest

from tests.conformance.vectors import folder, reference
from trace.event import vocabulary
from trace.event.vocabulary import Terms

folder("epcis-gs1")
LISTS = {
    "cbv-context-bizstep": (vocabulary.BIZ_STEP, "bizStep"),
    "cbv-context-disposition": (vocabulary.DISPOSITION, "disposition"),
    "cbv-context-biztransaction-type": (vocabulary.TRANSACTION_TYPE, "bizTransaction-type"),
    "cbv-context-sourcedest-type": (vocabulary.PARTY_TYPE, "source-dest-type"),
    "cbv-context-error-reason": (vocabulary.ERROR_REASON, "error-reason"),
    "cbv-context-component": (vocabulary.COMPONENT, "component"),
    "gs1-context-measurement-type": (vocabulary.MEASUREMENT, "measurementType"),
    "gs1-context-sensor-alert-type": (vocabulary.ALERT, "sensorAlertType"),
}


@pytest.mark.parametrize("name", LISTS)
def test_each_list_has_the_words_and_addresses_of_gs1(name):
    terms, definition = LISTS[name]
    context = json.loads(reference("epcis-gs1", f"**/JSON-LD-Context/{name}.jsonld").read_text("utf-8"))["@context"]
    schema = json.loads(reference("epcis-gs1", "**/EPCIS-JSON-Schema.json").read_text("utf-8"))["definitions"][
        definition
    ]
    prefixes = {"cbv:": vocabulary.CBV, "gs1:": vocabulary.GS1}
    theirs = {word: curie for word, curie in context.items() if str(curie).startswith(tuple(prefixes))}

    assert {word: terms.to_curie(word) for word in terms.words} == theirs
    assert all(terms.to_uri(word) == prefixes[curie[:4]] + curie[4:] for word, curie in theirs.items())
    assert terms.words == set(next(part["enum"] for part in schema["anyOf"] if "enum" in part))


def test_the_prefixes_of_the_epcis_context_are_known():
    context = json.loads(reference("epcis-gs1", "**/epcis-context-root.jsonld").read_text("utf-8"))["@context"]
    theirs = {name: uri for name, uri in context.items() if isinstance(uri, str) and uri.endswith(("/", "#", ":"))}

    assert theirs == vocabulary.STANDARD_PREFIXES


@pytest.mark.parametrize("terms", [pair[0] for pair in LISTS.values()], ids=lambda terms: terms.name)
def test_every_spelling_of_a_word_leads_back_to_it(terms: Terms):
    for word in terms.words:
        spellings = {terms.to_uri(word), terms.to_curie(word), terms.to_urn(word), word}

        assert {terms.to_word(text) for text in spellings} == {word}
        assert terms.to_urn(terms.to_uri(word)) == (terms.urn + word if terms.urn else terms.to_uri(word))
