"""Fixtures of all tests.  What they are made of stands in ``tests/support``.

* ``tests/unit``: no database, no sockets.  ``tests/integration``: real PostgreSQL, one clone per worker, a savepoint
  per test.  Code with connections or threads of its own does not see the savepoint: use ``cloned_db`` there.
* ``session`` pushes an application context: call services, queries and factories inside it.  ``client`` and the clients
  of ``as_user`` may be used beside it: each request gets a context of its own.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from sqlalchemy.orm import Session

from core import clock as core_clock
from core.db import db
from tests.support import applications, browser, databases, guards
from tests.support.applications import Client
from tests.support.people import People
from tests.support.worlds import Worlds

ROOT = Path(__file__).resolve().parent.parent
# A shared machine is slow at times: neither a slow example nor slow making of examples is a fault of ours.
settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")


JOURNEYS = "tests/e2e"
SHARED = (JOURNEYS, "tests/integration/generated")
FIRST = (JOURNEYS, "tests/integration/generated", "tests/integration/tools", "tests/integration/core/supervisor")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file stays with one worker, so that its fixtures are made once; what walks one told story shares it."""
    from xdist.scheduler.loadscope import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((shared for shared in SHARED if nodeid.startswith(shared)), nodeid.partition("::")[0])

    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the collector need not walk it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files go first, so that no worker is left with one at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))
    if browser.executable() is None:
        skip = pytest.mark.skip(reason=browser.MISSING)
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(skip)


@pytest.fixture(autouse=True)
def _guards(request: pytest.FixtureRequest) -> Iterator[None]:
    is_unit = (ROOT / "tests" / "unit") in request.node.path.parents
    with ExitStack() as stack:
        stack.enter_context(guards.no_outside_sockets())
        if is_unit:
            stack.enter_context(guards.no_database())
        yield


@pytest.fixture(scope="session")
def var_folder() -> Iterator[Path]:
    """A ``var`` folder of this run's own, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="yidun-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _application(var_folder: Path) -> Iterator[Flask]:
    with databases.clone() as url, applications.settings_of(applications.environment(url, var_folder)) as settings:
        app = applications.build(settings)
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def _worlds(_application: Flask) -> Iterator[Worlds]:
    made = Worlds(_application)
    yield made
    made.leave()


@pytest.fixture
def app(_application: Flask, _worlds: Worlds, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The whole application on this worker's database; what the test writes is rolled back."""
    if (ROOT / "tests" / "unit") in request.node.path.parents:
        pytest.fail("a unit test uses no application and no database; move it to tests/integration")
    named = next((name for name in request.fixturenames if name in WORLDS), "")
    if named:
        with _worlds.inside(named, WORLDS[named]):
            yield _application
        return
    _worlds.leave()
    with applications.savepoint(_application):
        yield _application


def _ready_lot() -> Any:
    from tests.factories import code

    return code.make_ready_lot()


def _sealed_lot() -> Any:
    from tests.factories import code

    return code.make_sealed_lot()


def _packed_lot() -> Any:
    from tests.factories import trace

    return trace.make_packed_lot()


# Grown once for all tests in a row that ask for the fixture of this name.
WORLDS = {"packed_lot": _packed_lot, "ready_lot": _ready_lot, "sealed_lot": _sealed_lot}


@pytest.fixture
def packed_lot(session: Session, clock: Any, _worlds: Worlds) -> Any:
    """``Grown``: plot to packed lot, not sealed."""
    return _worlds.again()


@pytest.fixture
def ready_lot(session: Session, clock: Any, _worlds: Worlds) -> Any:
    """``Grown``: not sealed yet; report, certificate and key are there."""
    return _worlds.again()


@pytest.fixture
def sealed_lot(session: Session, clock: Any, _worlds: Worlds) -> Any:
    """``Grown``: sealed under a licence, with test, certificate and key; not yet in the log."""
    return _worlds.again()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """``db.session`` inside an application context; flush what requests are to see."""
    with applications.context_of(app):
        yield db.session


@pytest.fixture
def client(app: Flask) -> Client:
    """A guest's client."""
    made = app.test_client()
    assert isinstance(made, Client)
    return made


@pytest.fixture
def as_user(app: Flask) -> People:
    """``as_user(role, organisation=None)`` gives a signed-in client; ``client.actor`` is its actor."""
    return People(app)


class Clock:
    """The frozen clock of a test."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def set(self, moment: datetime | str) -> datetime:
        """Freeze the clock; a text without a zone is Shanghai time ("2026-10-01 08:00:00")."""
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=core_clock.SHANGHAI)
        self.close()
        self._stack.enter_context(core_clock.frozen(moment))
        return core_clock.now()

    def advance(self, **delta: float) -> datetime:
        """Move the clock: ``advance(days=1, seconds=1)``."""
        return self.set(self.now() + timedelta(**delta))

    def now(self) -> datetime:
        return core_clock.now().astimezone(UTC)

    def close(self) -> None:
        self._stack.close()


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The only clock, frozen at 2026-11-20 10:00 in Shanghai until the test sets it."""
    held = Clock()
    held.set("2026-11-20 10:00:00")
    yield held
    held.close()


@dataclass
class ClonedDatabase:
    """An application on a database of its own, where commits are real and threads see them."""

    app: Flask
    url: str
    var: Path

    @property
    def as_user(self) -> People:
        return People(self.app)

    def client(self) -> Client:
        made = self.app.test_client()
        assert isinstance(made, Client)
        return made


@contextmanager
def _cloned(var: Path) -> Iterator[ClonedDatabase]:
    with databases.clone() as url, applications.settings_of(applications.environment(url, var)) as settings:
        app = applications.build(settings)
        yield ClonedDatabase(app, url, var)
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def cloned_db(tmp_path: Path) -> Iterator[ClonedDatabase]:
    """For tests with threads, own connections or a worker: ``cloned_db.app``, ``.url``, ``.client()``, ``.as_user``."""
    with _cloned(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def _chromium() -> Iterator[Any]:
    """One browser a module: its event loop must be gone before tests of other modules run in this process."""
    with browser.launched() as chromium:
        yield chromium


@pytest.fixture
def page(_chromium: Any) -> Iterator[Any]:
    """A phone-sized page (390 x 844); errors of scripts and of the content security policy fail the test."""
    with browser.phone(_chromium) as (made, complaints):
        yield made
    assert not complaints, "the browser complained:\n" + "\n".join(complaints)


@pytest.fixture
def recovered_environment() -> Iterator[None]:
    """The environment as it was, whatever the test sets."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
