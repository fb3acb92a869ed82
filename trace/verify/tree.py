"""A growing tree in memory: roots at any moment, and the tiles a log of that size must serve (C2SP tlog-tiles)."""

from __future__ import annotations

from .merkle import EMPTY_ROOT, node_hash

WIDTH = 256
HEIGHT = 8
HASH = 32


class Growing:
    """Leaf hashes appended one by one; ``levels[n]`` holds the roots of all complete subtrees of 256^n leaves."""

    def __init__(self) -> None:
        self.size = 0
        self.levels: list[list[bytes]] = []
        self._stack: list[tuple[int, bytes]] = []  # complete subtrees from the left: (level, root)

    def append(self, leaf: bytes) -> None:
        """Afterwards ``leaf`` (32 bytes) stands at the end."""
        level, value = 0, leaf
        self._keep(level, value)
        while self._stack and self._stack[-1][0] == level:
            value = node_hash(self._stack.pop()[1], value)
            level += 1
            self._keep(level, value)
        self._stack.append((level, value))
        self.size += 1

    def root(self) -> bytes:
        """The root of what was appended so far."""
        if not self._stack:
            return EMPTY_ROOT
        value = self._stack[-1][1]
        for _, left in reversed(self._stack[:-1]):
            value = node_hash(left, value)
        return value

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of a tile at the present size, partial where it is not full; empty where there is none."""
        if level >= len(self.levels):
            return b""
        return b"".join(self.levels[level][number * WIDTH : (number + 1) * WIDTH])

    def _keep(self, level: int, value: bytes) -> None:
        if level % HEIGHT == 0:
            if len(self.levels) <= level // HEIGHT:
                self.levels.append([])
            self.levels[level // HEIGHT].append(value)


def tile_path(level: int | str, number: int, width: int = WIDTH) -> str:
    """The path of a tile, or of an entry bundle (``level`` = entries), below the log's address."""
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.append(f"x{number % 1000:03}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def read_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle; ValueError where a length runs over the end."""
    entries, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end > len(data) or at + 2 > len(data):
            raise ValueError("a bundle ends inside an entry")
        entries.append(data[at + 2 : end])
        at = end
    return entries
