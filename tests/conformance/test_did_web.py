"""did:web identifiers to addresses, the worked examples of the method."""

from __future__ import annotations

import pytest

from tests.conformance import vectors
from trace.verify.did import did_web_url

CASES = [tuple(case) for case in vectors.cases("did-web", lambda case: isinstance(case, list) and len(case) == 2)]


@pytest.mark.parametrize(("did", "url"), CASES)
def test_identifier_leads_to_the_published_address(did: str, url: str) -> None:
    assert did_web_url(did) == url


def test_no_file_is_left_unread() -> None:
    vectors.nothing_left_unread("did-web")
