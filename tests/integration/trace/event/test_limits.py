"""Callers without a token are counted; those with one are not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from core import config
from core.db import db, unit_of_work
from core.web.security import limiter
from tests.conftest import ClonedDatabase
from tests.factories import event as make
from tests.support import applications
from trace.event import rest


@pytest.fixture
def counting(cloned_db: ClonedDatabase) -> Iterator[Flask]:
    """An application with the limits that tests otherwise run without."""
    app = applications.build(config.settings(), RATELIMIT_ENABLED=True)
    yield app
    limiter.reset()
    limiter.enabled = False
    with app.app_context():
        db.engine.dispose()


def test_without_a_token_only_so_many_requests_a_minute_are_answered(
    counting: Flask, cloned_db: ClonedDatabase
) -> None:
    organisation = cloned_db.as_user.organisation()
    with counting.app_context(), unit_of_work():
        token = make.make_token(organisation)
    client = counting.test_client()
    allowed = int(rest.ANONYMOUS_LIMIT.split(" ")[0])
    statuses = [client.get("/epcis/eventTypes").status_code for _ in range(allowed + 1)]
    wrong = client.get("/epcis/eventTypes", headers={"Authorization": "Bearer ydt_wrong"})

    assert set(statuses[:-1]) == {200}
    assert statuses[-1] == 429
    assert wrong.status_code == 429
    assert client.get("/epcis/eventTypes", headers=make.bearer(token)).status_code == 200
