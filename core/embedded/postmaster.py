"""Reads ``postmaster.pid``: whose server runs on this data folder, on which port, and whether it answers yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

READY_LINE, PORT_LINE = 7, 3


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A living postgres process on a data folder."""

    pid: int
    port: int
    ready: bool


def is_postgres(pid: int) -> bool:
    """Whether ``pid`` is a living postgres process; a pid alone proves nothing (zombies, reuse)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except (OSError, IndexError):
        return False
    return state not in ("Z", "X") and name.startswith("postgres")


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
