"""The people of a misuse case."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from core.db import db
from core.organisation.queries import get_organisation
from tests.factories.brand import make_licence, make_matrix


@pytest.fixture
def cast(session: Any, as_user: Any, clock: Any) -> SimpleNamespace:
    """Clerk, decider, a firm with a licence and a stranger, on 2026-11-20."""
    people = SimpleNamespace(
        clerk=as_user("brand_clerk"),
        decider=as_user("brand_decider"),
        owner=as_user("owner"),
        stranger=as_user("owner"),
    )
    make_matrix(people.clerk.actor)
    people.licence = make_licence(people.owner.actor, people.clerk.actor, people.decider.actor)
    people.code = get_organisation(people.owner.actor.organisation_id).code
    db.session.flush()
    return people
