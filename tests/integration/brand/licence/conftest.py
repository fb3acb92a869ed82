"""What the tests of licences share."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.factories import licence_course


@pytest.fixture
def cast(session: Any, as_user: Any, clock: Any) -> SimpleNamespace:
    """The people of a case, with the matrix laid out; ``second`` is another decider."""
    return licence_course.people(as_user, clock)
