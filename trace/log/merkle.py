"""The tree as it is stored: tiles of 256 hashes per level, from which roots and proofs are computed (pure).

Hashes and the checking of proofs stand in ``trace.verify.merkle``; this module only builds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256

from trace.log.tiles import HASH, HEIGHT, WIDTH
from trace.verify.merkle import EMPTY_ROOT, node_hash

ReadTile = Callable[[int, int], bytes]
Kept = dict[tuple[int, int], bytes]  # roots of the leaves from .. to
KEPT_FROM = WIDTH * WIDTH


class Tree:
    """A tree of ``size`` leaves over a function that reads tiles; ``changed`` holds the tiles append touched.

    Where the leaves are fixed, ``kept`` remembers from tree to tree the roots of large subtrees and of the right edge.
    """

    def __init__(self, read: ReadTile, size: int, *, kept: Kept | None = None) -> None:
        self._read, self._kept = read, kept
        self._tiles: dict[tuple[int, int], bytes] = {}
        self.size = size
        self.changed: dict[tuple[int, int], bytes] = {}

    def know(self, tiles: dict[tuple[int, int], bytes]) -> None:
        """Afterwards the given tiles are not read again."""
        self._tiles |= tiles

    def append(self, leaves: Iterable[bytes]) -> None:
        """Afterwards the leaf hashes stand at the end; full tiles have passed their root one level up."""
        for leaf in leaves:
            self._push(0, self.size, leaf)
            self.size += 1

    def root(self, size: int | None = None) -> bytes:
        """The root of the first ``size`` leaves (default: all)."""
        size = self.size if size is None else size
        if not 0 <= size <= self.size:
            raise ValueError("no such tree size")
        return self._range(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof, leaf upward, that leaf ``index`` stands in the tree of ``size`` (RFC 9162 2.1.3.1)."""
        if not 0 <= index < size <= self.size:
            raise ValueError("no such leaf")
        path: list[bytes] = []
        low, high = 0, size
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self._range(middle, high))
                high = middle
            else:
                path.append(self._range(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of ``old`` is the beginning of the tree of ``new`` (RFC 9162 2.1.4.1)."""
        if not 0 <= old <= new <= self.size:
            raise ValueError("no such tree sizes")
        if old in (0, new):
            return []
        path: list[bytes] = []
        low, high, whole = 0, new, True
        while high != old:
            middle = low + _split(high - low)
            if old <= middle:
                path.append(self._range(middle, high))
                high = middle
            else:
                path.append(self._range(low, middle))
                low, whole = middle, False
        if not whole:
            path.append(self._range(low, high))
        return path[::-1]

    def _range(self, low: int, high: int) -> bytes:
        if self._kept is None or (high != self.size and high - low < KEPT_FROM):
            return self._root_of(low, high)
        if (found := self._kept.get((low, high))) is None:
            found = self._kept[low, high] = self._root_of(low, high)
        return found

    def _root_of(self, low: int, high: int) -> bytes:
        count = high - low
        if count & (count - 1) == 0 and low % count == 0:
            return self._node(count.bit_length() - 1, low // count)
        middle = low + _split(count)
        return node_hash(self._range(low, middle), self._range(middle, high))

    def _node(self, level: int, index: int) -> bytes:
        """The root of the complete subtree of 2^level leaves number ``index``."""
        tile_level, height = divmod(level, HEIGHT)
        first = index << height
        tile = self._tile(tile_level, first // WIDTH)
        start = first % WIDTH * HASH
        hashes = [tile[at : at + HASH] for at in range(start, start + (HASH << height), HASH)]
        if len(hashes[-1]) != HASH:
            raise ValueError(f"tile {tile_level}/{first // WIDTH} is too short")
        return _fold(hashes)

    def _tile(self, level: int, index: int) -> bytes:
        key = (level, index)
        if key not in self._tiles:
            self._tiles[key] = self._read(level, index)
        return self._tiles[key]

    def _push(self, level: int, position: int, value: bytes) -> None:
        index, offset = divmod(position, WIDTH)
        tile = self._tile(level, index) if offset else b""
        if len(tile) != offset * HASH:
            raise ValueError(f"tile {level}/{index} does not fit the tree size")
        tile += value
        self._tiles[level, index] = self.changed[level, index] = tile
        if offset == WIDTH - 1:
            self._push(level + 1, index, _fold([tile[at : at + HASH] for at in range(0, WIDTH * HASH, HASH)]))


def _fold(hashes: list[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    while len(hashes) > 1:
        # Written out: this is most of what a proof costs.
        hashes = [sha256(b"\x01" + a + b).digest() for a, b in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def _split(count: int) -> int:
    """The largest power of two smaller than ``count`` (at least 2)."""
    return 1 << (count - 1).bit_length() - 1
