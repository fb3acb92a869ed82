"""One watched process: started in a session of its own, restarted after any exit, stopped by force if it must be."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.embedded.process import die_with_parent

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
STABLE_SECONDS = 60.0


@dataclass
class Child:
    """A command that has to run all the time."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    folder: Path
    grace: float
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    _pause: float = FIRST_PAUSE
    _started: float = 0.0
    _due: float = field(default=0.0)

    def start(self) -> None:
        """The process runs; it is asked to stop when we die."""
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            list(self.command),
            cwd=self.folder,
            env=dict(self.env),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - the supervisor has one thread
        )

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def revive(self, now: float) -> str | None:
        """Start again what ended, after a growing pause; returns a line for the log when it ended just now."""
        if self.running():
            if now - self._started > STABLE_SECONDS:
                self._pause = FIRST_PAUSE
            return None
        if self.process is not None:
            code, self.process = self.process.returncode, None
            self._due = now + self._pause
            self._pause, pause = min(self._pause * 2, LONGEST_PAUSE), self._pause
            return f"{self.name} 已退出（{code}），{pause:.0f} 秒后重新启动。"
        if now >= self._due:
            self.restarts += 1
            self.start()
        return None

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the whole group; returns at once."""
        self._signal(signal.SIGTERM)

    def wait_stopped(self) -> bool:
        """Wait out the grace, then kill the group; True where it went by itself."""
        if self.process is None:
            return True
        try:
            self.process.wait(self.grace)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        self._signal(signal.SIGKILL)  # what the leader left behind
        return True

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(5)

    def _signal(self, signum: int) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signum)
