"""A lot with everything sealing asks for."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from core.account.models import User
from core.db import db
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


@pytest.fixture
def owner(as_user, grown):
    made = as_user("owner", organisation=grown.organisation.id)
    made.password = "correct horse battery"
    user = db.session.get_one(User, made.actor.user_id)
    user.password_hash = PasswordHasher(time_cost=1, memory_cost=64).hash(made.password)
    db.session.flush()
    return made
