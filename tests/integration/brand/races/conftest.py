"""An arena the races of the brand floor share: committed rows, the matrix laid out, people of one test each."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from core.db import unit_of_work
from tests.factories import brand as make
from tests.support.races import Arena, arena


@pytest.fixture(scope="module")
def _arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    with arena(tmp_path_factory.mktemp("races")) as made:
        clerk = made.as_user("brand_clerk").actor
        with made.app.app_context(), unit_of_work():
            make.make_matrix(clerk)
        yield made


@pytest.fixture
def place(_arena: Arena, clock: Any) -> Arena:
    """The shared database on 2026-11-20, the matrix laid out; each test brings its own people."""
    return _arena


@pytest.fixture
def cast(place: Arena) -> SimpleNamespace:
    """An enterprise of its own, a clerk and two deciders."""
    people = SimpleNamespace(
        owner=place.as_user("owner"), clerk=place.as_user("brand_clerk"), decider=place.as_user("brand_decider"),
        second=place.as_user("brand_decider"),
    )  # fmt: skip
    people.org = people.owner.actor.organisation_id
    return people
