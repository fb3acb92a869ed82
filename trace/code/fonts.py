"""The two label fonts: widths, PDF subsets, glyph outlines (pure but for the files on disk).

The files are static TrueType (Noto Sans SC, OFL); reportlab reads the tables, nothing else of it is used.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase.ttfonts import TTFontFile

FOLDER = Path(__file__).resolve().parents[2] / "core" / "document" / "fonts"
REGULAR, BOLD = "Regular", "Bold"
Point = tuple[float, float, bool]  # x, y, on the curve


def path_of(weight: str) -> Path:
    """The file of a weight."""
    return FOLDER / f"NotoSansSC-{weight}.ttf"


class Face:
    """One weight; all measures in units of the em."""

    def __init__(self, weight: str) -> None:
        self.weight = weight
        self.file: Any = TTFontFile(str(path_of(weight)), validate=0)
        # reportlab scales widths to 1000 per em and keeps the raw ones for subsets
        self.units = struct.unpack(">H", self.file.get_table("head")[18:20])[0]
        self._glyphs: bytes = self.file.get_table("glyf")

    def advance(self, char: str) -> float:
        """The width of a character; that of a missing one where the font has none."""
        return float(self.file.charWidths.get(ord(char), self.file.defaultWidth)) / 1000

    def width(self, words: str, size: float) -> float:
        """The width of ``words`` set at ``size``, in the unit of ``size``."""
        return sum(self.advance(char) for char in words) * size

    def glyph(self, char: str) -> int:
        """The number of the character's glyph, 0 where there is none."""
        return int(self.file.charToGlyph.get(ord(char), 0))

    def has(self, char: str) -> bool:
        """Whether the font can draw the character."""
        return ord(char) in self.file.charToGlyph

    def subset(self, chars: Iterable[str]) -> tuple[bytes, dict[str, int]]:
        """A font file of only these characters, and the glyph number of each in it."""
        ordered = sorted(set(chars))
        numbers: dict[int, int] = {0: 0}
        mapped = {char: numbers.setdefault(self.glyph(char), len(numbers)) for char in ordered}
        return bytes(self.file.makeSubset([ord(char) for char in ordered])), mapped

    def outline(self, char: str) -> list[list[Point]]:
        """The contours of a character as TrueType points, y upwards, in units of the em."""
        return [
            [(x / self.units, y / self.units, on) for x, y, on in points] for points in self._contours(self.glyph(char))
        ]

    def _contours(self, glyph: int) -> list[list[Point]]:
        start, end = self.file.glyphPos[glyph], self.file.glyphPos[glyph + 1]
        data = self._glyphs[start:end]
        if not data:
            return []
        count = struct.unpack(">h", data[:2])[0]
        return self._composite(data) if count < 0 else _simple(data, count)

    def _composite(self, data: bytes) -> list[list[Point]]:
        """Parts with their offsets and scales (OpenType, composite glyph description)."""
        found: list[list[Point]] = []
        at, more = 10, True
        while more:
            flags, part = struct.unpack(">HH", data[at : at + 4])
            at += 4
            form, size = (">hh", 4) if flags & 1 else (">bb", 2)
            dx, dy = struct.unpack(form, data[at : at + size]) if flags & 2 else (0, 0)
            at += size
            number = 1 if flags & 8 else 2 if flags & 0x40 else 4 if flags & 0x80 else 0
            scales = [value / 16384 for value in struct.unpack(f">{number}h", data[at : at + 2 * number])]
            at += 2 * number
            a, b, c, d = {
                0: [1, 0, 0, 1],
                1: [*scales, 0, 0, *scales],
                2: [scales[0], 0, 0, scales[-1]] if scales else [],
            }.get(number, scales)
            found.extend(
                [(a * x + c * y + dx, b * x + d * y + dy, on) for x, y, on in points] for points in self._contours(part)
            )
            more = bool(flags & 0x20)
        return found


def _simple(data: bytes, count: int) -> list[list[Point]]:
    ends = struct.unpack(f">{count}H", data[10 : 10 + 2 * count])
    at = 10 + 2 * count
    at += 2 + struct.unpack(">H", data[at : at + 2])[0]
    total = ends[-1] + 1 if ends else 0
    flags: list[int] = []
    while len(flags) < total:
        flag = data[at]
        at += 1
        repeat = 0
        if flag & 8:
            repeat = data[at]
            at += 1
        flags += [flag] * (repeat + 1)
    xs, at = _coordinates(data, at, flags, short=2, same=16)
    ys, _ = _coordinates(data, at, flags, short=4, same=32)
    points = [(float(x), float(y), bool(flag & 1)) for x, y, flag in zip(xs, ys, flags, strict=True)]
    return [
        points[begin:end] for begin, end in zip([0, *[e + 1 for e in ends[:-1]]], [e + 1 for e in ends], strict=True)
    ]


def _coordinates(data: bytes, at: int, flags: list[int], *, short: int, same: int) -> tuple[list[int], int]:
    out, value = [], 0
    for flag in flags:
        if flag & short:
            value += data[at] if flag & same else -data[at]
            at += 1
        elif not flag & same:
            value += struct.unpack(">h", data[at : at + 2])[0]
            at += 2
        out.append(value)
    return out, at


@cache
def face(weight: str) -> Face:
    """The face of a weight, read once per process."""
    return Face(weight)


def svg_outline(contours: list[list[Point]], x: float, y: float, size: float) -> str:
    """Path data of a glyph at ``x``, baseline ``y`` (y downwards), quadratic curves as TrueType has them."""
    parts: list[str] = []
    for points in contours:
        if len(points) < 2:
            continue
        whole = _with_midpoints(points)
        px = [(x + px * size, y - py * size, on) for px, py, on in whole]
        parts.append(f"M{px[0][0]:.3f} {px[0][1]:.3f}")
        place = 1
        while place < len(px):
            if px[place][2]:
                parts.append(f"L{px[place][0]:.3f} {px[place][1]:.3f}")
                place += 1
            else:
                end = px[(place + 1) % len(px)]
                parts.append(f"Q{px[place][0]:.3f} {px[place][1]:.3f} {end[0]:.3f} {end[1]:.3f}")
                place += 2
        parts.append("Z")
    return "".join(parts)


def _with_midpoints(points: list[Point]) -> list[Point]:
    """The contour beginning on the curve, with the implied points between two control points written out."""
    first = next((place for place, point in enumerate(points) if point[2]), None)
    if first is None:
        a, b = points[-1], points[0]
        points = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, True), *points]
        first = 0
    turned = points[first:] + points[:first]
    out: list[Point] = []
    for point in turned:
        if out and not point[2] and not out[-1][2]:
            out.append(((out[-1][0] + point[0]) / 2, (out[-1][1] + point[1]) / 2, True))
        out.append(point)
    return out
