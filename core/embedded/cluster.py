"""Starts, adopts and stops a cluster.

One cluster per profile and ``var`` folder.  Everybody who uses it holds a shared lock on ``users``; the last to let
go stops the server, so that a test run, a command line and ``make run`` never take it from under each other.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from core.embedded import postmaster
from core.embedded.account import Account, account_for, base_for
from core.embedded.binaries import Binaries, locate, readable_copy
from core.embedded.errors import EmbeddedError
from core.embedded.process import die_with_parent

SUPERUSER = "yidun"
DATABASE = "yidun"
START_SECONDS = 60.0
STOP_SECONDS = 30.0
PORT_TRIES = 20
_COMMON = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "wal_retrieve_retry_interval": "500ms",
}
PROFILES = {
    "dev": {"max_connections": "150", "shared_buffers": "128MB", "fsync": "on"},
    "test": {
        "max_connections": "300",
        "shared_buffers": "128MB",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
    },
}


@dataclass(slots=True)
class Server:
    """A running cluster we hold a share in.  ``url`` is for SQLAlchemy, ``dsn`` for libpq."""

    folder: Path
    port: int
    pid: int
    password: str
    started_here: bool
    _users: int | None = None
    _child: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def dsn_of(self, database: str) -> str:
        """The libpq address of another database of this cluster."""
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/{database}"

    @property
    def dsn(self) -> str:
        return self.dsn_of(DATABASE)

    def url_of(self, database: str) -> str:
        """The SQLAlchemy address of another database of this cluster."""
        return self.dsn_of(database).replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    def alive(self) -> bool:
        """Whether the server still runs (reaps it where it was our child: a zombie blocks its successor)."""
        if self._child is not None and self._child.poll() is not None:
            return False
        return postmaster.is_postgres(self.pid)

    def stop(self) -> None:
        """Stop the server fast (SIGINT), whoever started it; returns when its pid file is gone."""
        with _locked(self.folder):
            self._stop()

    def release(self) -> None:
        """Let go; where nobody else uses the cluster, it is stopped."""
        with _locked(self.folder):
            if self._users is None:
                return
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                last = False
            else:
                last = True
            if last:
                self._stop()
            os.close(self._users)
            self._users = None

    def let_go(self) -> None:
        """Give up the share without stopping anything (the server died and has a successor)."""
        if self._users is not None:
            os.close(self._users)
            self._users = None

    def _stop(self) -> None:
        if self.alive():
            os.kill(self.pid, signal.SIGINT)
        until = time.monotonic() + STOP_SECONDS
        while self.alive() or (self.folder / "data" / "postmaster.pid").exists():
            if time.monotonic() > until:
                raise EmbeddedError("数据库没有按时停下。/ The database did not stop in time.")
            if not self.alive() and postmaster.running(self.folder / "data") is None:
                break
            time.sleep(0.01)


_children: list[subprocess.Popen[bytes]] = []  # held until reaped: a zombie's pid would block its successor (TRAPS 1)


def _reap() -> None:
    _children[:] = [child for child in _children if child.poll() is None]


def cluster_folder(profile: str, var: Path) -> Path:
    """Where the cluster of ``profile`` that belongs to ``var`` lives."""
    return base_for(var) / profile


def ensure(profile: str, var: Path, *, child: bool = False) -> Server:
    """A ready server of ``profile`` with an existing database: adopted where one runs, else made and started.

    With ``child`` the server gets SIGINT when this process dies (the supervisor); call from the main thread then.
    Raises ``EmbeddedError`` with a sentence for the terminal.
    """
    folder = cluster_folder(profile, var)
    _reap()
    try:
        _make_folder(folder)
        with _locked(folder):
            server = _adopt(folder) or _start(folder, profile, child=child)
            server._users = os.open(folder / "users", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(server._users, fcntl.LOCK_SH)
            _make_database(server)
    except PermissionError as error:
        raise EmbeddedError(
            f"没有权限写入文件夹 {error.filename}。/ Folder is not writable: {error.filename}."
        ) from error
    return server


def adopt(profile: str, var: Path) -> Server | None:
    """The server of ``profile`` where one runs already, else None; nothing is started and no share is taken."""
    folder = cluster_folder(profile, var)
    return _adopt(folder) if folder.is_dir() else None


_of_process: dict[tuple[str, Path], Server] = {}


def for_process(profile: str, var: Path) -> Server:
    """Like :func:`ensure`, once per process, let go when the process ends (command lines, tests)."""
    key = (profile, var)
    if key not in _of_process or not _of_process[key].alive():
        server = ensure(profile, var)
        _of_process[key] = server
        owner = os.getpid()
        atexit.register(lambda: server.release() if os.getpid() == owner else None)
    return _of_process[key]


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        for path in (folder.parent, folder):
            path.chmod(0o755)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _adopt(folder: Path) -> Server | None:
    found = postmaster.running(folder / "data")
    if found is None:
        return None
    ready = _wait_ready(folder, found.pid, None)
    return Server(folder, ready.port, ready.pid, _password(folder), started_here=False)


def _password(folder: Path) -> str:
    path = folder / "server.secret"
    if path.exists():
        return path.read_text("ascii").strip()
    value = secrets.token_urlsafe(24)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w") as out:
        out.write(value)
    return value


def _start(folder: Path, profile: str, *, child: bool) -> Server:
    data = folder / "data"
    account = account_for(data)
    programs = locate() if account.uid is None else readable_copy(folder.parent)
    password = _password(folder)
    if not data.is_dir():
        _initialise(folder, programs, account, password)
    _check_version(data, programs)
    postmaster.bury(data)
    for attempt in range(PORT_TRIES):
        port = _port(folder, fresh=attempt > 0)
        process = _spawn(folder, profile, programs, account, port, child=child)
        _children.append(process)
        try:
            found = _wait_ready(folder, process.pid, process)
        except _DiedError:
            if _bind(port) is not None:
                break  # the port is free: something else is wrong, and trying another port would not help
            continue
        (folder / "port").write_text(str(found.port))
        return Server(folder, found.port, found.pid, password, started_here=True, _child=process)
    raise EmbeddedError(
        f"数据库没有启动起来，原因见 {folder / 'server.log'}。/ The database did not start; see {folder / 'server.log'}."
    )


class _DiedError(Exception):
    pass


def _wait_ready(folder: Path, pid: int, process: subprocess.Popen[bytes] | None) -> postmaster.Postmaster:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process is not None and process.poll() is not None:
            raise _DiedError
        found = postmaster.running(folder / "data")
        if found is None and process is None:
            raise EmbeddedError("数据库在启动途中停下了，请再试一次。/ The database stopped while starting; try again.")
        if found is not None and found.ready and (process is None or found.pid == pid):
            return found
        time.sleep(0.01)
    raise EmbeddedError("数据库没有按时就绪。/ The database was not ready in time.")


def _initialise(folder: Path, programs: Binaries, account: Account, password: str) -> None:
    fresh = folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    read, write = os.pipe()
    if account.uid is not None and account.gid is not None:
        os.chown(fresh, account.uid, account.gid)
        os.fchown(read, account.uid, account.gid)
    os.write(write, password.encode() + b"\n")
    os.close(write)
    command: list[str | Path] = [
        programs.tool("initdb"), "-D", fresh, "-U", SUPERUSER, f"--pwfile=/dev/fd/{read}", "--auth=scram-sha-256",
        "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions",
    ]  # fmt: skip
    if programs.major >= 17:  # the builtin locale provider came with 17
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    done = subprocess.run(
        command, pass_fds=(read,), cwd="/", env=_environment(), capture_output=True, text=True, check=False,
        user=account.uid, group=account.gid, extra_groups=None if account.uid is None else [],
    )  # fmt: skip
    os.close(read)
    if done.returncode != 0:
        raise EmbeddedError(f"数据库初始化失败。/ initdb failed: {done.stderr.strip()}")
    fresh.rename(folder / "data")


def _check_version(data: Path, programs: Binaries) -> None:
    made_by = int((data / "PG_VERSION").read_text().strip())
    if made_by != programs.major:
        raise EmbeddedError(
            f"数据是 PostgreSQL {made_by} 写的，现在的程序是 {programs.major}；请先用旧版本 make backup，再 make restore。"
            f" / Data was written by PostgreSQL {made_by}, programs are {programs.major}: make backup with the old one first."
        )


def _spawn(
    folder: Path, profile: str, programs: Binaries, account: Account, port: int, *, child: bool
) -> subprocess.Popen[bytes]:
    options = {**_COMMON, **PROFILES[profile], "port": str(port)}
    command = [str(programs.tool("postgres")), "-D", str(folder / "data")]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    log = folder / "server.log"
    if log.exists() and log.stat().st_size > 10_000_000:
        log.replace(folder / "server.log.1")
    with log.open("ab") as out:
        return subprocess.Popen(
            command, cwd="/", env=_environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            start_new_session=True, preexec_fn=die_with_parent(signal.SIGINT) if child else None,  # noqa: PLW1509  (single thread by contract)
            user=account.uid, group=account.gid, extra_groups=None if account.uid is None else [],
        )  # fmt: skip


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _bind(port: int) -> int | None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return None
        return int(probe.getsockname()[1])


def _port(folder: Path, *, fresh: bool) -> int:
    """The kept port (children hold an address with it) unless it is taken by others, else a free one."""
    kept = folder / "port"
    if not fresh and kept.exists():
        number = int(kept.read_text())
        if _bind(number) is not None:
            return number
    chosen = _bind(0)
    if chosen is None:
        raise EmbeddedError("本机没有可用端口。/ No free port on this machine.")
    return chosen


def _make_database(server: Server) -> None:
    with psycopg.connect(server.dsn_of("postgres"), autocommit=True, connect_timeout=10) as conn:
        there = conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if there is None:
            conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
