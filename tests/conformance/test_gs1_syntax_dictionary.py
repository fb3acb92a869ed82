"""The content rules of the GS1 Barcode Syntax Dictionary against the shared pass and fail values."""

from __future__ import annotations

from collections import defaultdict

import pytest

from core.gs1.content import RULES
from core.gs1.table import identifiers
from tests.conformance import vectors

# The README of the vectors: these two outcomes assume the test table of company prefixes of the reference.
NEEDS_PREFIX_TABLE = {"INVALID_GCP_PREFIX", "GCP_DATASOURCE_OFFLINE"}


def by_rule() -> dict[str, list[dict]]:
    groups: dict[str, list[dict]] = defaultdict(list)
    for case in vectors.cases("gs1-syntax-dictionary", vectors.has("linter", "value", "pass")):
        if case.get("error") not in NEEDS_PREFIX_TABLE:
            groups[case["linter"]].append(case)
    return groups


@pytest.mark.parametrize("rule", sorted(by_rule()))
def test_a_content_rule_passes_and_refuses_what_the_reference_does(rule):
    wrong = [case for case in by_rule()[rule] if RULES[rule](case["value"]) != case["pass"]]

    assert wrong == []


def test_every_identifier_of_the_dictionary_is_known_with_its_content_rules():
    dictionary = vectors.reference("gs1-syntax-dictionary", "**/*dictionary*.txt")
    for line in dictionary.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        span, *rest = line.split("#")[0].split()
        first, _, last = span.partition("-")
        for number in range(int(first), int(last or first) + 1):
            known = identifiers()[str(number).zfill(len(first))]
            rules = [
                rule
                for token in rest
                if token[:1] in "[NXYZ"
                for rule in token.rstrip("]").replace("]", "").split(",")[1:]
            ]
            assert [rule for part in known.parts for rule in part.rules] == rules
            assert known.primary == any(token.startswith("dlpkey") for token in rest)


def test_no_file_is_left_unread():
    vectors.nothing_left_unread("gs1-syntax-dictionary", "**/*dictionary*.txt")
