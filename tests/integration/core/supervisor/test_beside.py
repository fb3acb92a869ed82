"""Tests, command lines and a running platform do not get in each other's way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from core.embedded import cluster
from tests.support import databases
from tests.support.platform import environment, forget, running
from tests.support.source import ROOT

pytestmark = pytest.mark.slow


def test_the_test_cluster_is_another_than_the_running_one(tmp_path: Path) -> None:
    with running(tmp_path) as platform:
        ours, theirs = databases.server(), platform.database()

        assert ours.port != theirs.port
        assert ours.folder != theirs.folder
        assert platform.status("/healthz") == 200


def test_a_command_beside_a_running_platform_uses_its_database_and_leaves_it_running(tmp_path: Path) -> None:
    with running(tmp_path) as platform:
        done = _command(tmp_path, platform.port)

        assert done.stdout.strip() == platform.database().dsn
        assert platform.status("/healthz") == 200


def test_a_command_alone_starts_a_database_and_stops_it_again(tmp_path: Path) -> None:
    done = _command(tmp_path, 8000)
    after = cluster.adopt("dev", tmp_path)
    forget(tmp_path)

    assert done.stdout.startswith("postgresql://")
    assert after is None
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(done.stdout.strip(), connect_timeout=2)


def _command(var: Path, port: int) -> subprocess.CompletedProcess[str]:
    program = "import os; print(os.environ['DATABASE_URL'])"
    done = subprocess.run(
        [sys.executable, "-m", "core.embedded", sys.executable, "-c", program],
        cwd=ROOT, env=environment(var, port), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done
