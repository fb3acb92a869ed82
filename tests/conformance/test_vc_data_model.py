"""Structure checks against the VC Data Model 2.0 test suite inputs (unsigned, issuer injected as the suite does)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import vectors
from trace.verify import credential

FILES = vectors.files("vc-data-model-2.0", "**/*.json")


def load(path: Path) -> dict[str, Any]:
    text = path.read_text().replace("FUTURE DATE", "2099-01-01T00:00:00Z").replace("PAST DATE", "2001-01-01T00:00:00Z")
    document: dict[str, Any] = json.loads(text)
    if "presentation" in path.name:
        return document
    if "no-issuer" not in path.name:
        document.setdefault("issuer", "did:example:issuer")
        if isinstance(document["issuer"], dict):
            document["issuer"].setdefault("id", "did:example:issuer")
    return document


def faults(path: Path) -> list[str]:
    document = load(path)
    return credential.presentation_faults(document) if "presentation" in path.name else credential.faults(document)


@pytest.mark.parametrize("path", [p for p in FILES if p.stem.endswith("-ok")], ids=lambda p: p.stem)
def test_a_well_formed_document_is_accepted(path: Path) -> None:
    assert faults(path) == []


@pytest.mark.parametrize(
    "path", [p for p in FILES if p.stem.endswith(("-fail", "-fail-or-inject"))], ids=lambda p: p.stem
)
def test_a_malformed_document_is_refused(path: Path) -> None:
    assert faults(path) != []


@pytest.mark.parametrize(
    "path", [p for p in FILES if not p.stem.endswith(("-ok", "-fail", "-fail-or-inject"))], ids=lambda p: p.stem
)
def test_who_may_present_is_not_a_question_of_structure(path: Path) -> None:
    assert faults(path) == []


def test_no_file_is_left_unread() -> None:
    vectors.nothing_left_unread("vc-data-model-2.0")
