"""The loop: start in order, restart on any exit, stop in reverse order, the database last.

One thread only (children are tied to the thread that made them).  Signals only wake the loop.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from core import config
from core.embedded import cluster
from core.embedded.errors import EmbeddedError
from core.supervisor import prepare
from core.supervisor.child import Child
from core.supervisor.prepare import StartError
from core.supervisor.terminal import announce, complain, read_demo, say

READY_SECONDS = 60.0
SCAN_SECONDS = 20.0
TICK, EAGER_TICK = 0.5, 0.05


class Stopped(Exception):
    """Somebody asked us to stop."""


class Supervisor:
    """Runs database, web server and worker until it is told to stop."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env
        self.settings: config.Settings
        self.server: cluster.Server | None = None
        self.children: list[Child] = []
        self._signals: list[int] = []
        self._wake, self._waker = os.pipe()
        self._database_due = 0.0

    def run(self) -> int:
        """Exit code 0 after a wished stop; else the code of what could not be started."""
        self._listen()
        try:
            self._start()
            while True:
                self._wait(TICK)
                self._watch()
        except Stopped:
            return 0
        except (StartError, EmbeddedError) as error:
            complain(f"\n{error}")
            return getattr(error, "code", prepare.NO_DATABASE)
        finally:
            self._stop()

    # -- signals

    def _listen(self) -> None:
        os.set_blocking(self._waker, False)
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._note)

    def _note(self, signum: int, _frame: FrameType | None) -> None:
        self._signals.append(signum)

    def _wait(self, seconds: float) -> None:
        """Sleep until a signal or the time is over; raises ``Stopped`` when asked to stop."""
        ready, _, _ = select.select([self._wake], [], [], seconds)
        if ready:
            os.read(self._wake, 1024)
        while self._signals:
            signum = self._signals.pop(0)
            if signum == signal.SIGHUP:
                self._reload()
            else:
                raise Stopped

    def _reload(self) -> None:
        for child in self.children:
            if child.name == "web" and child.running() and child.process is not None:
                child.process.send_signal(signal.SIGHUP)

    # -- up

    def _start(self) -> None:
        settings = self.settings = prepare.settings_of(self.env)
        prepare.claim_port(settings.host, settings.port)
        dsn = self._database()
        self._wait(0)
        self.env |= {
            "DATABASE_URL": dsn,
            "PYTHONPATH": str(config.ROOT),
            "PYTHONUNBUFFERED": "1",
            "PROMETHEUS_MULTIPROC_DIR": str(prepare.fresh_metrics_folder(settings.var)),
        }
        prepare.bring_up_to_date(dsn.replace("postgresql://", "postgresql+psycopg://", 1))
        demo_file = settings.var / "demo.json"
        prepare.seed_once(settings, dsn, self.env, demo_file)
        self._wait(0)
        self.children = [self._web(), self._worker()]
        for child in self.children:
            child.start()
        address = f"http://{_reachable(settings.host)}:{settings.port}"
        self._until(lambda: _answers(address + "/healthz"), READY_SECONDS, needs_web=True)
        demo = None if settings.production else read_demo(demo_file)
        scan = False
        if demo is not None and demo.scan_url:
            proof = demo.proof_url or demo.scan_url
            scan = self._until(lambda: _answers(proof), SCAN_SECONDS, needs_web=False)
        announce(address, demo, scan=scan)

    def _database(self) -> str:
        external = self.settings.database_url
        if external:
            return external.replace("postgresql+psycopg://", "postgresql://", 1)
        self.server = cluster.ensure("dev", self.settings.var, child=True)
        self.env["YIDUN_EMBEDDED"] = "1"
        return self.server.dsn

    def _web(self) -> Child:
        workers = self.env.get("YIDUN_WEB_WORKERS", str(min(4, os.cpu_count() or 1)))
        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi",
            "--host", self.settings.host, "--port", str(self.settings.port),
            "--workers", workers, "--blocking-threads", self.env.get("YIDUN_WEB_THREADS", "24"), "--backlog", "1024",
            "--no-access-log", "--log-level", "error",
            "--respawn-failed-workers", "--workers-kill-timeout", "10s", "wsgi:app",
        ]  # fmt: skip
        return Child("web", command, self.env, config.ROOT, grace=15.0)

    def _worker(self) -> Child:
        return Child("worker", [sys.executable, "-m", "core.job.worker"], self.env, config.ROOT, grace=10.0)

    def _until(self, condition: Callable[[], bool], seconds: float, *, needs_web: bool) -> bool:
        until = time.monotonic() + seconds
        while not condition():
            if needs_web and not self.children[0].running():
                raise StartError(
                    "网站没有启动起来，上面是原因。/ The web server did not start; see above.", prepare.NO_WEB
                )
            if time.monotonic() > until:
                if needs_web:
                    raise StartError("网站没有按时应答。/ The web server did not answer in time.", prepare.NO_WEB)
                return False
            self._wait(EAGER_TICK)
        return True

    # -- watch

    def _watch(self) -> None:
        now = time.monotonic()
        self._watch_database(now)
        for child in self.children:
            line = child.revive(now)
            if line:
                complain(line)

    def _watch_database(self, now: float) -> None:
        if self.server is None or self.server.alive() or now < self._database_due:
            return
        complain("数据库停了，正在重新启动。")
        old, self.server = self.server, None
        try:
            self.server = cluster.ensure("dev", self.settings.var, child=True)
        except EmbeddedError as error:
            complain(str(error))
            self.server = old
            self._database_due = now + 5.0
            return
        old.let_go()
        if (
            self.server.dsn != self.env["DATABASE_URL"]
        ):  # the old port was taken meanwhile: children hold the old address
            self.env["DATABASE_URL"] = self.server.dsn
            for child in self.children:
                child.env = self.env
                child.ask_to_stop()

    # -- down

    def _stop(self) -> None:
        signal.signal(signal.SIGINT, self._hurry)
        if self.children:
            say("正在停止 … / stopping")
        for child in self.children:  # web first: no new work comes in while the worker ends its job
            child.ask_to_stop()
            if not child.wait_stopped():
                complain(f"{child.name} 没有按时停下，已强行结束。")
        if self.server is not None:
            try:
                self.server.release()
            except EmbeddedError as error:
                complain(str(error))
        signal.set_wakeup_fd(-1)

    def _hurry(self, _signum: int, _frame: FrameType | None) -> None:
        for child in self.children:
            child.kill()


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - read, not bound


def _answers(address: str) -> bool:
    """Whether a GET is answered with success (only our own server is ever asked)."""
    try:
        with urllib.request.urlopen(address, timeout=2) as response:  # noqa: S310 - http to ourselves
            return bool(response.status < 300)
    except (OSError, ValueError):
        return False


def main() -> int:
    """Run until SIGINT or SIGTERM."""
    os.chdir(Path(config.ROOT))
    return Supervisor(dict(os.environ)).run()
