"""The high-water file: what the log has promised, kept outside the database (TRUST 4).

Each checkpoint is appended and fsynced here before it is published.  A database restored from an older backup is
behind this file; then nothing is signed, because a second tree of a size once published would make the log lie.
One file per log key: ``var/log/<key id>.highwater``, lines ``size base64(root)``.
"""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass
from pathlib import Path

TAIL = 64 * 1024


@dataclass(frozen=True, slots=True)
class Mark:
    """A published promise: the tree of ``size`` has ``root``."""

    size: int
    root: bytes


class HighWater:
    """The file of one log key."""

    def __init__(self, folder: Path, key_id: bytes) -> None:
        self.path = folder / f"{key_id.hex()}.highwater"

    def exists(self) -> bool:
        return self.path.exists()

    def marks(self) -> list[Mark]:
        """Every whole line; a line torn by a crash was never published and does not count."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return []
        return [mark for line in data.split(b"\n")[:-1] if (mark := _read(line)) is not None]

    def last(self) -> Mark | None:
        """The highest promise, or None where nothing has been promised yet.

        Promises only grow, so the end of the file holds it: the cost does not grow with the age of the log.
        """
        return max(self._tail(), key=lambda mark: mark.size, default=None)

    def _tail(self) -> list[Mark]:
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - TAIL))
                data = file.read()
        except FileNotFoundError:
            return []
        lines = data.split(b"\n")[1 if size > TAIL else 0 : -1]  # the first may be cut
        return [mark for line in lines if (mark := _read(line)) is not None]

    def append(self, mark: Mark) -> None:
        """Afterwards ``mark`` is on the disk, durably."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not self.path.exists()
        fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            end = os.fstat(fd).st_size
            torn = end > 0 and os.pread(fd, 1, end - 1) != b"\n"
            line = f"{mark.size} {base64.b64encode(mark.root).decode('ascii')}\n".encode()
            os.write(fd, b"\n" + line if torn else line)
            os.fsync(fd)
        finally:
            os.close(fd)
        if fresh:
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _read(line: bytes) -> Mark | None:
    size, _, encoded = line.partition(b" ")
    try:
        root = base64.b64decode(encoded, validate=True)
        number = int(size)
    except (binascii.Error, ValueError):
        return None
    return Mark(number, root) if len(root) == 32 else None
