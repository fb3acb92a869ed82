"""A lot with everything sealing asks for."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from core.account.models import User
from core.db import db
from tests.factories import trace as grow


@pytest.fixture
def grown(ready_lot) -> grow.Grown:
    return ready_lot


@pytest.fixture
def owner(as_user, grown):
    made = as_user("owner", organisation=grown.organisation.id)
    made.password = "correct horse battery"
    user = db.session.get_one(User, made.actor.user_id)
    user.password_hash = PasswordHasher(time_cost=1, memory_cost=64).hash(made.password)
    db.session.flush()
    return made
