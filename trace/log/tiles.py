"""C2SP tlog-tiles: names of tiles, widths at a tree size, entry bundles (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence

WIDTH = 256
HEIGHT = 8
HASH = 32
_GROUPS = re.compile(r"(?:x\d{3}/)*\d{3}")


def encode_index(index: int) -> str:
    """``index`` in groups of three digits, all but the last with ``x`` before it: 1234067 -> x001/x234/067."""
    if index < 0:
        raise ValueError("a tile index is not negative")
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    return "/".join(reversed(groups))


def decode_index(text: str) -> int:
    """The index that ``text`` names; ValueError for anything :func:`encode_index` would not write."""
    if not _GROUPS.fullmatch(text):
        raise ValueError("not a tile index")
    index = int(text.replace("x", "").replace("/", ""))
    if encode_index(index) != text:
        raise ValueError("not a tile index in its shortest form")
    return index


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """The path of a tile (``level`` a number) or bundle (``level`` = entries) below the log's address."""
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{encode_index(index)}{partial}"


def parse_path(text: str) -> tuple[int, int]:
    """Index and width of what follows ``tile/<L>/``; ValueError where it is malformed."""
    name, partial, width = text.partition(".p/")
    if not partial:
        return decode_index(name), WIDTH
    if not width.isascii() or not width.isdigit() or width != str(int(width)) or not 1 <= int(width) < WIDTH:
        raise ValueError("a partial width lies between 1 and 255")
    return decode_index(name), int(width)


def count_at(level: int, size: int) -> int:
    """How many hashes the level holds in a tree of ``size``: the number of complete subtrees of 256^level leaves."""
    return size >> (HEIGHT * level)


def width_at(level: int, index: int, size: int) -> int:
    """How many hashes tile ``index`` of ``level`` holds in a tree of ``size`` (0 to 256)."""
    return max(0, min(WIDTH, count_at(level, size) - index * WIDTH))


def bundle(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry after its length as big-endian uint16."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def read_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle; ValueError where a length runs over the end."""
    entries, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        at += 2
        if at + length > len(data) or at > len(data):
            raise ValueError("a bundle ends inside an entry")
        entries.append(data[at : at + length])
        at += length
    return entries
