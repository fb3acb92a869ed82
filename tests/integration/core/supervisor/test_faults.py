"""What breaks comes back by itself, and what was promised is kept.  The real processes, as ``make run`` starts them."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.platform import Platform, lives, running, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with running(tmp_path_factory.mktemp("platform")) as made:
        yield made


def _ready(platform: Platform) -> bool:
    found = platform.checks()
    return bool(found) and all(found.values())


def test_everything_is_ready_after_the_start(platform: Platform) -> None:
    wait_until(lambda: _ready(platform), 90, f"ready: {platform.checks()}")

    assert {"database", "worker", "queue"} <= set(platform.checks())
    assert platform.status("/healthz") == 200


class Load:
    """Readers that ask without pause and count the answers."""

    def __init__(self, platform: Platform, path: str) -> None:
        self.answers: Counter[int] = Counter()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(platform, path)) for _ in range(3)]

    def _ask(self, platform: Platform, path: str) -> None:
        while not self._stop.is_set():
            self.answers[platform.status(path)] += 1
            time.sleep(0.02)

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(15)


def test_a_database_that_dies_under_load_gives_503_and_everything_recovers_by_itself(platform: Platform) -> None:
    wait_until(lambda: _ready(platform), 90, "ready before")
    before = platform.database()

    with Load(platform, "/readyz") as load:
        wait_until(lambda: load.answers[200] > 5, 60, "answers before")
        os.kill(before.pid, signal.SIGKILL)
        wait_until(lambda: load.answers[503] > 0, 60, f"503: {load.answers}")
        wait_until(lambda: _ready(platform), 90, f"ready again: {platform.checks()}")

    after = platform.database()
    assert after.pid != before.pid
    assert after.port == before.port
    assert set(load.answers) <= {200, 503}, load.answers


def test_a_killed_worker_is_replaced_and_its_job_runs_again(platform: Platform) -> None:
    """The job is claimed by a worker that is dead: it must be found and put back, not lost."""
    wait_until(lambda: _ready(platform), 90, "ready before")
    worker = platform.child("core.job.worker")
    with psycopg.connect(platform.database().dsn, autocommit=True) as connection:
        os.kill(worker, signal.SIGSTOP)  # it can no longer take anything
        job = connection.execute(
            "select procrastinate_defer_jobs_v1(array[row('default', 'licence.expire', 0, null, null, '{}'::jsonb, null)"
            "::procrastinate_job_to_defer_v1])"
        ).fetchone()
        assert job is not None
        number = job[0][0]
        connection.execute(
            "update procrastinate_jobs set status = 'doing', worker_id = (select max(id) from procrastinate_workers) where id = %s",
            (number,),
        )  # as if it had just been taken
        connection.execute("update procrastinate_workers set last_heartbeat = last_heartbeat - interval '2 minutes'")
        os.kill(worker, signal.SIGKILL)

        wait_until(lambda: _other_worker(platform, worker), 90, "a new worker")
        wait_until(lambda: _status(connection, number) == "succeeded", 90, "the job run again")
        attempts = connection.execute("select attempts from procrastinate_jobs where id = %s", (number,)).fetchone()

    assert attempts is not None
    assert attempts[0] >= 1


def _other_worker(platform: Platform, old: int) -> bool:
    return platform.pid_of("core.job.worker") not in (None, old)


def _status(connection: psycopg.Connection, number: int) -> str:
    row = connection.execute("select status from procrastinate_jobs where id = %s", (number,)).fetchone()
    assert row is not None
    return str(row[0])


def test_a_killed_web_server_is_replaced(platform: Platform) -> None:
    wait_until(lambda: platform.status("/healthz") == 200, 90, "web before")
    os.killpg(platform.child("granian"), signal.SIGKILL)

    wait_until(lambda: platform.status("/healthz") == 0, 60, "web gone")
    wait_until(lambda: platform.status("/healthz") == 200, 90, "web back")


def test_sigterm_stops_web_worker_and_database_and_leaves_nothing(tmp_path: Path) -> None:
    with running(tmp_path) as platform:
        family = platform.children()
        assert len(family) >= 3
        code = platform.stop(signal.SIGTERM)
        left = [pid for pid in family if lives(pid)]

    assert code == 0
    assert left == []
    assert "Traceback" not in platform.said()


def test_a_killed_supervisor_takes_its_children_with_it(tmp_path: Path) -> None:
    with running(tmp_path) as platform:
        family = platform.children()
        os.kill(platform.process.pid, signal.SIGKILL)
        platform.process.wait(5)

        wait_until(lambda: not _left(family), 40, lambda: f"children gone, left: {_left(family)}")


def _left(family: dict[int, str]) -> dict[int, str]:
    return {pid: command.strip() for pid, command in family.items() if lives(pid)}
