"""A lot with everything sealing asks for."""

from __future__ import annotations

import pytest

from tests.factories import trace as grow
from trace.inspection import service as inspection
from trace.signing import identity


@pytest.fixture
def grown(session, clock) -> grow.Grown:
    """Not sealed yet; report, certificate and key are there."""
    made = grow.make_packed_lot()
    grow.make_report(made.actor, made.raw)
    inspection.issue_certificate(made.actor, lot=made.packed, bases=("control",))
    identity.create_key(made.organisation.id, made.actor)
    return made
