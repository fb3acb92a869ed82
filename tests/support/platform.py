"""The real thing for fault tests: supervisor, database, web and worker, as ``make run`` starts them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.embedded import account, cluster, postmaster
from tests.support.browser import free_port
from tests.support.source import ROOT


def wait_until(condition: Callable[[], Any], seconds: float, what: str | Callable[[], str]) -> Any:
    """The first true answer of ``condition``; fails the test when the time is over, saying ``what`` as it is then."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = condition()
        if found:
            return found
        time.sleep(0.03)
    raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")


def lives(pid: int) -> bool:
    """Whether the process runs; what only waits to be reaped by somebody does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (OSError, IndexError):
        return False


@dataclass
class Platform:
    """A running ``python -m core.supervisor``."""

    process: subprocess.Popen[bytes]
    var: Path
    port: int
    log: Path

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def status(self, path: str) -> int:
        """The status of a GET; 0 where nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except OSError:
            return 0

    def checks(self) -> dict[str, bool]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=10) as response:
                body = json.load(response)
        except urllib.error.HTTPError as error:
            body = json.load(error)
        except OSError:
            return {}
        return {check["name"]: check["ok"] for check in body["checks"]}

    def children(self) -> dict[int, str]:
        """Pid and command line of every process below the supervisor."""
        parents: dict[int, int] = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, IndexError, ValueError):
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        found, frontier = {}, {self.process.pid}
        while frontier:
            frontier = {pid for pid, parent in parents.items() if parent in frontier}
            for pid in frontier:
                with suppress(OSError):
                    found[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return found

    def child(self, word: str) -> int:
        """The pid of the child whose command holds ``word``; one that is just being replaced is waited for."""
        return int(wait_until(lambda: self.pid_of(word), 60, word))

    def pid_of(self, word: str) -> int | None:
        """Like :meth:`child`, or None where there is none at this moment."""
        return next((pid for pid, command in sorted(self.children().items()) if word in command), None)

    def database(self) -> cluster.Server:
        server = cluster.adopt("dev", self.var)
        assert server is not None
        return server

    def stop(self, signum: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signum)
        return self.process.wait(40)


def environment(var: Path, port: int, **more: str) -> dict[str, str]:
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith("YIDUN_") and k not in ("DATABASE_URL", "HOST", "PORT")
    }
    return {
        **kept,
        "YIDUN_VAR": str(var),
        "PORT": str(port),
        "YIDUN_SEED": "0",
        "YIDUN_WEB_WORKERS": "1",
        "PYTHONPATH": str(ROOT),
        **more,
    }


@contextmanager
def running(var: Path, seconds: float = 60, **more: str) -> Iterator[Platform]:
    """A platform on a free port with a database of its own, all gone afterwards."""
    port, log = free_port(), var / "supervisor.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "core.supervisor"],
            cwd=ROOT, env=environment(var, port, **more), stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    platform = Platform(process, var, port, log)
    try:
        wait_until(lambda: "READY " in platform.said() or process.poll() is not None, seconds, "READY")
        assert process.poll() is None, platform.said()
        yield platform
    finally:
        platform.stop()
        forget(var)


def forget(var: Path) -> None:
    """Stop and remove the clusters of a var folder that lie outside of it."""
    for profile in ("dev", "test"):
        data = cluster.cluster_folder(profile, var) / "data"
        if postmaster.running(data) is not None:
            server = cluster.adopt(profile, var)
            if server is not None:
                server.stop()
    base = account.base_for(var)
    if base != var / "pg":
        subprocess.run(["rm", "-rf", str(base)], check=True)
