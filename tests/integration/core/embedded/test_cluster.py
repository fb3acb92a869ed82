"""The embedded PostgreSQL: started once, shared, restarted on its port, stopped by the last user."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from core.embedded import account, cluster, postmaster
from core.embedded.binaries import locate
from tests.support.source import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "var"
    folder.mkdir()
    yield folder
    for profile in ("test", "dev"):
        found = cluster.adopt(profile, folder)
        if found is not None:
            found.stop()
    base = account.base_for(folder)
    if base != folder / "pg":
        subprocess.run(["rm", "-rf", str(base)], check=True)


def _answers(server: cluster.Server) -> bool:
    with psycopg.connect(server.dsn, connect_timeout=5) as connection:
        return connection.execute("select 1").fetchone() == (1,)


def test_a_started_server_is_adopted_by_the_next_and_stopped_by_the_last(var: Path) -> None:
    first = cluster.ensure("test", var)
    second = cluster.ensure("test", var)

    assert (first.started_here, second.started_here) == (True, False)
    assert first.dsn == second.dsn

    first.release()
    assert _answers(second)

    second.release()
    assert not second.alive()
    assert cluster.adopt("test", var) is None


def test_four_starters_at_once_make_one_server(var: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from core.embedded import cluster; "
        "s = cluster.ensure('test', Path(sys.argv[1])); print(s.started_here, s.pid, flush=True); sys.stdin.read(); s.release()"
    )
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(var)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip

    lines = [p.stdout.readline().split() for p in starters if p.stdout]
    for process in starters:
        process.communicate("")

    assert sorted(line[0] for line in lines) == ["False", "False", "False", "True"]
    assert len({line[1] for line in lines}) == 1
    assert cluster.adopt("test", var) is None


def test_a_killed_server_comes_back_on_the_same_port_with_its_data(var: Path) -> None:
    server = cluster.ensure("dev", var)
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("create table kept as select 7 as n")

    os.kill(server.pid, signal.SIGKILL)
    until = time.monotonic() + 10
    while server.alive() and time.monotonic() < until:
        time.sleep(0.01)
    again = cluster.ensure("dev", var)

    assert again.started_here
    assert again.port == server.port
    with psycopg.connect(again.dsn) as connection:
        assert connection.execute("select n from kept").fetchone() == (7,)
    server.let_go()
    again.release()


def test_a_dead_server_that_nobody_reaps_does_not_keep_its_successor_away(var: Path) -> None:
    server = cluster.ensure("dev", var)
    os.kill(server.pid, signal.SIGKILL)  # our own child, and we do not reap it: it stays a zombie
    program = (
        "import sys; from pathlib import Path; from core.embedded import cluster; "
        "s = cluster.ensure('dev', Path(sys.argv[1])); print(s.started_here); s.stop()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(var)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    server.let_go()

    assert done.stdout.strip() == "True", done.stderr


def test_the_server_is_utf8_checks_pages_and_listens_on_loopback_only(var: Path) -> None:
    server = cluster.ensure("dev", var)
    try:
        with psycopg.connect(server.dsn) as connection:
            shown = {
                name: connection.execute(f"show {name}").fetchone()[0]  # type: ignore[index, arg-type]
                for name in (
                    "server_encoding",
                    "data_checksums",
                    "listen_addresses",
                    "fsync",
                    "timezone",
                    "unix_socket_directories",
                )
            }
        assert shown == {
            "server_encoding": "UTF8",
            "data_checksums": "on",
            "listen_addresses": "127.0.0.1",
            "fsync": "on",
            "timezone": "UTC",
            "unix_socket_directories": "",
        }
    finally:
        server.release()


def test_a_password_is_needed_and_kept_from_others(var: Path) -> None:
    server = cluster.ensure("test", var)
    try:
        secret = server.folder / "server.secret"
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.dsn.replace(server.password, "wrong"), connect_timeout=5)
    finally:
        server.release()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to drop its rights")
def test_as_root_the_server_runs_as_somebody_else_and_loosens_nothing(var: Path) -> None:
    var.parent.chmod(0o700)
    server = cluster.ensure("test", var)
    try:
        owner = Path(f"/proc/{server.pid}").stat().st_uid
        data = server.folder / "data"
        assert owner != 0
        assert data.stat().st_uid == owner
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        assert stat.S_IMODE(var.parent.stat().st_mode) == 0o700
    finally:
        server.release()


def test_client_programs_are_found() -> None:
    for name in ("pg_dump", "pg_restore", "psql"):
        assert locate().tool(name).is_file()


def test_a_pid_file_of_a_dead_or_foreign_process_counts_as_no_server(tmp_path: Path) -> None:
    lines = [str(os.getpid()), str(tmp_path), "0", "5432", "", "127.0.0.1", "", "ready"]
    (tmp_path / "postmaster.pid").write_text("\n".join(lines))

    assert postmaster.running(tmp_path) is None
