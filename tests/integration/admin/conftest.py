"""The town with its people, at a fixed day before the National Day."""

from __future__ import annotations

import pytest

from tests.factories.town import Town


@pytest.fixture
def town(session, as_user, clock):
    clock.set("2026-09-18 10:00:00")
    return Town(as_user, clock)
