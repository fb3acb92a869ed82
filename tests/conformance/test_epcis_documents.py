"""EPCIS documents of GS1 and OpenEPCIS: our verdict against the folder's and against GS1's JSON Schema as an oracle."""

from __future__ import annotations

import copy
import json
import random
import re
from functools import lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring, tostring

import jsonschema
import pytest

from tests.conformance.vectors import files, folder, nothing_left_unread, reference
from tests.support.epcis import every_step
from trace.event import check, document, shapes, steps
from trace.event.context import Parsed
from trace.event.errors import BadDocument, UnsupportedXml

folder("epcis-gs1")
# Rules of ours that GS1's schema does not have; docs/conformance.md says why we have each.
STRICTER = {
    "doc.context", "doc.version", "doc.empty", "doc.query", "epc.check_digit", "epc.urn", "epc.link", "quantity.negative",
    "parent.missing", "parent.child", "what.missing", "extension.prefix", "time.order", "disposition.both", "list.repeat",
    "event.duplicate_key",
}  # fmt: skip
# Where we allow more than the schema with its formats asserted, as GS1's own examples need it (docs/conformance.md).
LAXER = re.compile(
    r"^\$\.id: '_:\w+' is not a 'uri'"
    r"|: 'persistentDisposition' is not valid under any"
)
SENSOR_CLASS = "epcis:SensorElement"
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]*")
FORMATS = jsonschema.FormatChecker(formats=())


@FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or URI.fullmatch(value) is not None


@FORMATS.checks("date-time")
def _is_time(value: object) -> bool:
    return not isinstance(value, str) or shapes.is_time(value)


@lru_cache(maxsize=1)
def schema() -> jsonschema.Draft7Validator:
    path = reference("epcis-gs1", "**/EPCIS-JSON-Schema.json")
    return jsonschema.Draft7Validator(json.loads(path.read_text("utf-8")), format_checker=FORMATS)


def errors_of(value: dict) -> list[str]:
    """What GS1's schema refuses, formats asserted, without the three places where we allow more."""
    found = [f"{error.json_path}: {error.message}" for error in schema().iter_errors(without_classes(value))]
    return [text for text in found if not LAXER.search(text)]


def without_classes(value: object, *, sensor: bool = False) -> object:
    """The value without the class of its sensor elements: where the schema misses it there, it blames the whole event."""
    if isinstance(value, list):
        return [without_classes(item, sensor=sensor) for item in value]
    if isinstance(value, dict):
        return {
            key: without_classes(item, sensor=key == "sensorElementList")
            for key, item in value.items()
            if not (sensor and key == "type" and item == SENSOR_CLASS)
        }
    return value


def verdict(path: Path) -> tuple[Parsed | None, list[str]]:
    """What was read, and the ids of the rules that refuse it."""
    media = "application/xml" if path.suffix == ".xml" else "application/json"
    return judge(path.read_bytes(), media)


def judge(body: bytes, media: str) -> tuple[Parsed | None, list[str]]:
    try:
        parsed = document.parse(body, media)
    except UnsupportedXml as error:
        return None, [error.code]
    except BadDocument as error:
        return None, [fault.rule for fault in error.faults] or [error.code]
    return parsed, [fault.rule for event in parsed.events for fault in check.faults(event, parsed.context)]


def as_json(parsed: Parsed) -> dict:
    return document.document_of(parsed.events, parsed.context, "2026-10-08T00:00:00Z")


GS1_JSON = [
    path
    for path in files("epcis-gs1", "examples/**/*.json", "examples/**/*.jsonld")
    if "$schema" not in path.read_text("utf-8")
]


@pytest.mark.parametrize("path", GS1_JSON, ids=lambda path: "/".join(path.parts[-2:]))
def test_examples_of_gs1_are_judged_as_by_its_schema_or_by_a_listed_stricter_rule(path):
    value = json.loads(path.read_text("utf-8"))

    _, rules = verdict(path)

    if errors_of(value):
        assert rules
    else:
        assert set(rules) <= STRICTER


GS1_XML = files("epcis-gs1", "examples/**/*.xml")


@pytest.mark.parametrize("path", GS1_XML, ids=lambda path: "/".join(path.parts[-2:]))
def test_xml_examples_of_gs1_are_read_or_refused_by_kind(path):
    parsed, rules = verdict(path)

    if parsed is None:
        assert rules == ["event.xml"]
        assert "MasterData" in path.read_text("utf-8") or "CaptureJob" in path.read_text("utf-8")
    elif rules:
        assert set(rules) <= STRICTER or errors_of(as_json(parsed))


OPEN = files("epcis-openepcis", "**/*.json", "**/*.jsonld", "**/*.xml")
INVALID = [path for path in OPEN if "Invalid" in path.parts]
VALID = [path for path in OPEN if not {"Invalid", "Queries"} & set(path.parts)]  # a sound query is still no event


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.name)
def test_invalid_documents_of_openepcis_are_refused(path):
    _, rules = verdict(path)

    assert rules


@pytest.mark.parametrize("path", VALID, ids=lambda path: "/".join(path.parts[-4:]))
def test_valid_documents_of_openepcis_are_accepted_unless_the_schema_or_a_listed_rule_refuses(path):
    parsed, rules = verdict(path)

    if not rules:
        return
    value = json.loads(path.read_text("utf-8")) if path.suffix == ".json" else as_json(parsed)
    assert set(rules) <= STRICTER or errors_of(value)


def test_most_valid_documents_are_simply_accepted():
    accepted = [path for path in VALID if not verdict(path)[1]]

    assert len(accepted) >= 0.85 * len(VALID)


def test_no_file_is_left_unread():
    nothing_left_unread("epcis-openepcis")
    nothing_left_unread("epcis-gs1", "spec/**/*")


@pytest.mark.parametrize(
    "path", [path for path in VALID if path.suffix == ".xml"], ids=lambda path: "/".join(path.parts[-4:])
)
def test_what_is_read_from_xml_is_valid_json_where_we_accept_it(path):
    parsed, rules = verdict(path)

    if not rules:
        assert errors_of(as_json(parsed)) == []


@pytest.mark.parametrize("name", list(steps.STEPS))
def test_events_of_house_steps_are_valid_by_the_schema_of_gs1(name):
    event = every_step()[name]
    context = steps.context_of("https://id.example.cn")

    schema().validate(document.document_of([event], context, "2026-10-08T00:00:00Z"))
    schema().validate({"@context": context, **event})
    assert check.faults(event, context) == []


# --- nothing the schema refuses gets past us ------------------------------------------------------------------------------

ODD = (None, True, 3, -1.5, "", "word", "urn:epcglobal:cbv:bizstep:shipping", "https://example.com/a b", [], {}, ["x"],
       {"id": 4}, "22-07-2026", "2026-02-30T00:00:00Z", "+15:00", "SHIP", [{"type": "place"}])  # fmt: skip


def nodes(value: object, trail: tuple = ()) -> list[tuple]:
    found = [trail]
    if isinstance(value, dict):
        for key, item in value.items():
            found += nodes(item, (*trail, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            found += nodes(item, (*trail, place))
    return found


def mutate(value: dict, chance: random.Random) -> dict:
    made = copy.deepcopy(value)
    trail = chance.choice([t for t in nodes(made) if t])
    holder = made
    for step in trail[:-1]:
        holder = holder[step]
    deed = chance.randrange(4)
    if deed == 0:
        del holder[trail[-1]]
    elif deed == 1 and isinstance(holder, dict):
        holder[chance.choice(("odd", "example:odd", "action", "ilmd", "parentID"))] = chance.choice(ODD)
    elif deed == 2 and isinstance(holder, list):
        holder.append(copy.deepcopy(chance.choice((holder[trail[-1]], *ODD))))
    else:
        holder[trail[-1]] = chance.choice(ODD)
    return made


SOUND = [path for path in [*GS1_JSON, *VALID] if path.suffix != ".xml" and not verdict(path)[1]]


@pytest.mark.parametrize("path", SOUND, ids=lambda path: "/".join(path.parts[-3:]))
def test_no_mutation_that_the_schema_refuses_is_accepted(path):
    value = json.loads(path.read_text("utf-8"))
    chance = random.Random(path.name)
    for _ in range(40):
        mutant = mutate(value, chance)

        _, rules = judge(json.dumps(mutant).encode(), "application/json")

        if rules == []:
            assert errors_of(mutant) == []


def damaged(root: Element, chance: random.Random) -> bytes:
    """The document with one element emptied, renamed, doubled, given an odd attribute or child."""
    victim = chance.choice(list(root.iter()))
    deed = chance.randrange(5)
    if deed == 0:
        victim.text = chance.choice(("", "1e400", "urn:epcglobal:cbv:bizstep:x", "gs1:", "https://a b"))
    elif deed == 1:
        victim.tag = chance.choice(("odd", "{https://odd.example.com/}x", "EventList", "extension", "epc", "type"))
    elif deed == 2:
        victim.set(chance.choice(("type", "value", "{https://odd.example.com/}a")), chance.choice(("", "NaN", "true")))
    elif deed == 3:
        victim.append(fromstring(chance.choice(("<a/>", "<epc>x</epc>", '<b xmlns="urn:q"><c/></b>', "<id/>"))))
    elif len(victim):
        victim.append(victim[0])
    return tostring(root)


READABLE = [path for path in [*VALID, *GS1_XML] if path.suffix == ".xml" and verdict(path)[0] is not None]


@pytest.mark.parametrize("path", READABLE, ids=lambda path: "/".join(path.parts[-3:]))
def test_damaged_xml_is_read_or_refused_and_what_is_accepted_is_valid_json(path):
    chance = random.Random(path.name)
    for _ in range(20):
        body = damaged(fromstring(path.read_bytes()), chance)

        parsed, rules = judge(body, "application/xml")

        if not rules:
            assert errors_of(as_json(parsed)) == []
