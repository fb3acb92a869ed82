"""An organisation with a token, and eight events of every kind captured for it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.factories import event as make
from tests.support.applications import Client
from tests.support.people import People


@pytest.fixture
def organisation(as_user: People) -> int:
    return as_user.organisation()


@pytest.fixture
def token(session: Session, organisation: int) -> str:
    return make.make_token(organisation)


@pytest.fixture
def headers(client: Client, token: str) -> dict[str, str]:
    """The token's headers, after the eight events were captured."""
    sent = client.post(
        "/epcis/capture", data=make.document(*make.STORED, context=make.EXAMPLE), headers=make.bearer(token)
    )
    assert sent.status_code == 202, sent.get_json()["errors"]
    return make.bearer(token)
