"""Reads ``postmaster.pid``: whose server runs on this data folder, on which port, and whether it answers yet."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

READY_LINE, PORT_LINE = 7, 3


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A living postgres process on a data folder."""

    pid: int
    port: int
    ready: bool


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


def is_postgres(pid: int) -> bool:
    """Whether ``pid`` is a living postgres process; a pid alone proves nothing (zombies, reuse)."""
    try:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return False
    return _state(pid) not in ("", "Z", "X") and name.startswith("postgres")


def bury(data: Path, seconds: float = 10.0) -> None:
    """Remove the pid file of a server that is dead but that nobody reaps (a container whose first process does not).

    Its successor would take the zombie for a living server and refuse to start for ever.  Its last helpers hold the
    shared memory until they notice, so they are waited for.
    """
    path = data / "postmaster.pid"
    try:
        pid = int(path.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    if _state(pid) != "Z":
        return
    until = time.monotonic() + seconds
    while _helpers(data) and time.monotonic() < until:
        time.sleep(0.02)
    path.unlink(missing_ok=True)


def _helpers(data: Path) -> bool:
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if link.readlink() == data.resolve():
                return True
        except OSError:
            continue
    return False


def running(data: Path) -> Postmaster | None:
    """The server that runs on ``data``, or None; a stale pid file counts as none."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
    except (OSError, IndexError, ValueError):
        return None
    if not is_postgres(pid):
        return None
    port = int(lines[PORT_LINE]) if len(lines) > PORT_LINE and lines[PORT_LINE].strip().isdigit() else 0
    ready = len(lines) > READY_LINE and lines[READY_LINE].strip() == "ready"
    return Postmaster(pid, port, ready and port > 0)
