"""One told story for all generated tests of a worker, with the rows its chapters leave out; whatever is sent is rolled back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from core.db import db
from tests.support import harvest, more_rows, people, told
from tests.support.asking import counts
from tests.support.harvest import Harvest


@pytest.fixture(scope="package")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with told.application(tmp_path_factory.mktemp("generated")) as app, pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "_numbers", itertools.count(7000))  # the story's mobiles come first
        more_rows.add(app)
        yield app


@pytest.fixture(scope="package")
def reaped(story: Flask) -> Harvest:
    return harvest.reap(story)


@pytest.fixture(scope="package")
def standing(story: Flask) -> dict[str, int]:
    """The counts of the told story; every request of these tests is rolled back, so they stay."""
    with story.app_context():
        names = list(db.session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))
    return counts(story, names)
