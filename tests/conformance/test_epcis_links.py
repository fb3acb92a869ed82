"""Digital Link vectors against the lenient reader that events use: it agrees with the strict one wherever that accepts."""

from __future__ import annotations

import pytest

from core.errors import DomainError
from core.gs1 import digital_link
from core.gs1.digital_link import DigitalLink
from tests.conformance.vectors import cases, files, has
from trace.event import identifiers, shapes

CASES = cases("gs1-digital-link", has("uri", "valid", "options"))
# Keys that CBV 2.0 8.9 (rule 18) knows; others (8013 GMN …) are left as they are.
KEYS = {"00", "01", "253", "255", "401", "402", "414", "417", "8003", "8004", "8006", "8010", "8017", "8018"}
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for path in files("gs1-digital-link", "**/*.md")
    for line in path.read_text("utf-8").splitlines()
    if line.startswith("|") and line.strip("|").split("|")[0].strip().isdigit()
]


def strictly(uri: str) -> DigitalLink | None:
    try:
        return digital_link.parse(uri)
    except DomainError:
        return None


ACCEPTED = [case["uri"] for case in CASES if strictly(case["uri"]) is not None]


@pytest.mark.parametrize("uri", ACCEPTED, ids=lambda uri: uri[:60])
def test_what_the_strict_reader_accepts_has_the_same_canonical_form(uri):
    link = strictly(uri)
    assert link is not None

    expected = digital_link.canonical(link) if link.path[0].ai in KEYS else uri

    assert identifiers.canonical(uri) == expected


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]} {row[3]} {row[4]} {row[5]}")
def test_keys_of_the_sample_table_are_links_without_fault(row):
    key, value, path = row[0], row[1], row[3].rstrip("/")
    uri = f"https://example.cn/{key}/{value}{path}"

    form = identifiers.canonical(uri)

    assert strictly(uri) is not None
    assert shapes.identifier(uri) is None
    assert form.startswith(f"https://id.gs1.org/{key}/{value}")
    assert identifiers.canonical(form) == form


def test_most_cases_of_the_strict_reader_are_links_of_our_keys():
    assert len(ACCEPTED) >= 30
    assert len(ROWS) >= 20
