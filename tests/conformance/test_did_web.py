"""did:web identifiers to addresses, the worked examples of the method."""

from __future__ import annotations

import json

import pytest

from tests.conformance import vectors
from trace.verify.did import did_web_url

CASES = [tuple(case) for path in vectors.files("did-web", "*.json") for case in json.loads(path.read_bytes())["cases"]]


@pytest.mark.parametrize(("did", "url"), CASES)
def test_identifier_leads_to_the_published_address(did: str, url: str) -> None:
    assert did_web_url(did) == url
