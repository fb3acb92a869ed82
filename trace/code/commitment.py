"""The code-series root: which serials a series holds, committed to before the first label is printed (pure, TRUST 5).

Leaf = SHA-256(0x00 || blind || serial), tree order = unit number, tiles of 256 leaves.  The blind is AES-256 of the unit
number under a key of its own: without it a collected sibling hash would let somebody search for a valid serial.
Level-0 tiles are recomputed when a proof is asked for, levels from 1 on are stored (1.25 MB per ten million units).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from trace.code.serial import LENGTH, SerialKey, ascii_bytes
from trace.log.merkle import Kept, Tree
from trace.log.tiles import HASH, HEIGHT, WIDTH

BLIND = 16
CHUNK = WIDTH * WIDTH
ReadTile = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class BlindKey:
    """The item's key of blinds: a pseudo-random function of the unit number with 16 bytes of output."""

    key: bytes = field(repr=False)
    version: int
    _block: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.key) != 32:
            raise ValueError("a blind key has 32 bytes")
        # One block per unit number, each number once: ECB is the bare block cipher here.
        cipher = Cipher(algorithms.AES(self.key), modes.ECB())  # noqa: S305
        object.__setattr__(self, "_block", cipher.encryptor().update)

    def blinds(self, start: int, count: int) -> bytes:
        """The blinds of ``count`` units from ``start``, one after another."""
        blocks = np.zeros((count, 2), dtype=">u8")
        blocks[:, 1] = np.arange(start, start + count, dtype=np.uint64)
        made: bytes = self._block(blocks.tobytes())
        return made

    def blind(self, unit: int) -> bytes:
        """The blind of one unit."""
        return self.blinds(unit, 1)


def leaf_hashes(serials: SerialKey, blinds: BlindKey, start: int, count: int) -> list[bytes]:
    """The leaf hashes of ``count`` units from ``start``."""
    width = 1 + BLIND + LENGTH
    rows = np.zeros((count, width), dtype=np.uint8)
    rows[:, 1 : 1 + BLIND] = np.frombuffer(blinds.blinds(start, count), dtype=np.uint8).reshape(count, BLIND)
    rows[:, 1 + BLIND :] = ascii_bytes(serials.symbols(start, count))
    flat = rows.tobytes()
    return [sha256(flat[at : at + width]).digest() for at in range(0, len(flat), width)]


def _fold(hashes: list[bytes], levels: int) -> list[bytes]:
    """The roots of the complete subtrees of 2^levels hashes."""
    for _ in range(levels):
        hashes = [sha256(b"\x01" + a + b).digest() for a, b in zip(hashes[::2], hashes[1::2], strict=False)]
    return hashes


def fold(tile: bytes) -> bytes:
    """The hash one level up of a full tile."""
    hashes = [tile[at : at + HASH] for at in range(0, len(tile), HASH)]
    return _fold(hashes, HEIGHT)[0]


@dataclass(frozen=True, slots=True)
class Range:
    """The units of one series under the keys they were issued with."""

    serials: SerialKey
    blinds: BlindKey
    start: int
    count: int

    def tile(self, number: int) -> bytes:
        """Level-0 tile ``number``, as wide as the series is there."""
        first = number * WIDTH
        return b"".join(leaf_hashes(self.serials, self.blinds, self.start + first, min(WIDTH, self.count - first)))

    def tree(self, stored: ReadTile, kept: Kept | None = None) -> Tree:
        """The tree over the series; ``stored(level, number)`` gives the tiles from level 1 on, and of level 0 what it keeps."""
        return Tree(
            lambda level, number: stored(level, number) or (b"" if level else self.tile(number)), self.count, kept=kept
        )


def stored_tiles(units: Range) -> Iterator[tuple[int, int, bytes]]:
    """Every tile from level 1 on (level, number, hashes): what is kept so that any proof needs two level-0 tiles at most."""
    level = 1
    hashes: list[bytes] = []
    for first in range(0, units.count, CHUNK):
        leaves = leaf_hashes(units.serials, units.blinds, units.start + first, min(CHUNK, units.count - first))
        hashes += _fold(leaves[: len(leaves) // WIDTH * WIDTH], HEIGHT)
    while hashes:
        for number in range(0, len(hashes), WIDTH):
            yield level, number // WIDTH, b"".join(hashes[number : number + WIDTH])
        hashes = _fold(hashes[: len(hashes) // WIDTH * WIDTH], HEIGHT)
        level += 1


def last_tile(count: int) -> tuple[int, int]:
    """The level-0 tile at the right edge of ``count`` units."""
    return 0, (count - 1) // WIDTH


def tiles_for(index: int, count: int) -> list[tuple[int, int]]:
    """The stored tiles a proof of ``index`` may read: per level the one above the unit and the last one."""
    found: list[tuple[int, int]] = []
    level, width = 1, WIDTH
    while width <= count:
        found += {(level, index // width // WIDTH), (level, (count // width - 1) // WIDTH)}
        level, width = level + 1, width * WIDTH
    return found


@dataclass(frozen=True, slots=True)
class UnitProof:
    """What shows that one serial stands in a series: its blind, its place from 0, and the sibling hashes leaf upward."""

    serial: str
    blind: bytes
    index: int
    path: tuple[bytes, ...]


def prove(units: Range, index: int, stored: ReadTile, kept: Kept | None = None) -> UnitProof:
    """The proof of the unit at ``index`` (from 0) of a series; ``kept`` remembers large subtrees from proof to proof."""
    path = units.tree(stored, kept).inclusion(index, units.count)
    unit = units.start + index
    return UnitProof(units.serials.serial(unit), units.blinds.blind(unit), index, tuple(path))


def root(units: Range, stored: ReadTile) -> bytes:
    """The root of the series (RFC 6962)."""
    made = units.tree(stored).root()
    if len(made) != HASH:
        raise AssertionError("a root has 32 bytes")
    return made
