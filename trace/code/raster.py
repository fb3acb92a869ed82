"""Labels as dots: the whole label for PNG, the changing part for thermal printers.  True is black (pure but for fonts)."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from trace.code.fonts import BOLD, REGULAR, face, path_of
from trace.code.layout import Bar, Bitmap, Box, CodeSlot, Layout, Mark, Text, dot, fours
from trace.code.serial import ALPHABET
from trace.code.wordmark import outline

Dots = NDArray[np.bool_]
FINE = 4  # how much finer curves are drawn before they are made dots


class Raster:
    """A layout at the resolution it was composed for."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.dot = layout, dot(layout.dpi)
        self.width, self.height = round(layout.width / self.dot), round(layout.height / self.dot)
        self.module = round(layout.qr.module / self.dot)
        self.qr_at = (round((layout.height - layout.qr.top) / self.dot), round(layout.qr.left / self.dot))
        self.base = self._base()
        self._glyphs: dict[float, dict[str, Dots]] = {}

    def label(self, modules: Dots, serial: str, covered: str = "") -> Dots:
        """The whole label of one unit."""
        made = self.base.copy()
        self._change(made, modules, serial, covered)
        return made

    def changing(self, modules: Dots, serial: str, covered: str = "") -> Dots:
        """Only what differs from label to label, on white; as large as the label."""
        made = np.zeros_like(self.base)
        self._change(made, modules, serial, covered)
        return made

    def _change(self, into: Dots, modules: Dots, serial: str, covered: str) -> None:
        symbol = modules.repeat(self.module, axis=0).repeat(self.module, axis=1)
        row, column = self.qr_at
        into[row : row + len(symbol), column : column + len(symbol)] = symbol
        self._code(into, self.layout.serial, serial)
        if covered and self.layout.covered is not None:
            self._code(into, self.layout.covered, covered)

    def _base(self) -> Dots:
        image = Image.new("L", (self.width, self.height), 255)
        pen = ImageDraw.Draw(image)
        for item in self.layout.items:
            if isinstance(item, Text):
                letters = _font(BOLD if item.bold else REGULAR, item.size / self.dot)
                pen.text(
                    (item.x / self.dot, self.height - item.y / self.dot), item.words, fill=0, font=letters, anchor="ls"
                )
        dots = np.asarray(image) < 128
        dots = np.array(dots)
        for item in self.layout.items:
            if isinstance(item, Bar):
                self._fill(dots, item.x, item.y, item.width, item.height)
            elif isinstance(item, Box):
                self._frame(dots, item)
            elif isinstance(item, Mark):
                self._mark(dots, item)
            elif isinstance(item, Bitmap):
                self._paste(dots, item)
        return dots

    def _fill(self, dots: Dots, x: float, y: float, width: float, height: float) -> None:
        left, top = round(x / self.dot), self.height - round((y + height) / self.dot)
        dots[top : top + max(1, round(height / self.dot)), left : left + max(1, round(width / self.dot))] = True

    def _frame(self, dots: Dots, box: Box) -> None:
        step, thin = 0.6, self.dot
        for at in np.arange(0, box.width, 2 * step):
            for y in (box.y, box.y + box.height - thin):
                self._fill(dots, box.x + float(at), y, min(step, box.width - float(at)), thin)
        for at in np.arange(0, box.height, 2 * step):
            for x in (box.x, box.x + box.width - thin):
                self._fill(dots, x, box.y + float(at), thin, min(step, box.height - float(at)))

    def _mark(self, dots: Dots, item: Mark) -> None:
        """Outlines filled by the even-odd rule at four times the resolution."""
        scale = item.height / 19.0 / self.dot * FINE
        left, top = item.x / self.dot * FINE, (self.height - (item.y + item.height) / self.dot) * FINE
        filled = np.zeros((self.height * FINE, self.width * FINE), dtype=np.bool_)
        for points in _flat_contours():
            image = Image.new("1", (self.width * FINE, self.height * FINE))
            ImageDraw.Draw(image).polygon([(left + x * scale, top + y * scale) for x, y in points], fill=1)
            filled ^= np.asarray(image)
        shares = filled.reshape(self.height, FINE, self.width, FINE).mean(axis=(1, 3))
        dots |= shares >= 0.5

    def _paste(self, dots: Dots, item: Bitmap) -> None:
        width, height = round(item.width / self.dot), round(item.height / self.dot)
        image = Image.fromarray(item.dots).convert("L").resize((max(width, 1), max(height, 1)))
        left, top = round(item.x / self.dot), self.height - round((item.y + item.height) / self.dot)
        dots[top : top + height, left : left + width] |= np.asarray(image) >= 128

    def _code(self, into: Dots, slot: CodeSlot, code: str) -> None:
        words = fours(code)
        advance = _advances()
        size = slot.size_for(sum(advance[char] for char in words))
        if size not in self._glyphs:
            self._glyphs[size] = {c: self._glyph(c, size) for c in ALPHABET}
        glyphs = self._glyphs[size]
        x = slot.middle - sum(advance[char] for char in words) * size / 2
        base = self.height - round(slot.y / self.dot)
        for char in words:
            if char != " ":
                dots = glyphs[char]
                left = round(x / self.dot)
                into[
                    base - len(dots) + dots.shape[1] // 4 : base + dots.shape[1] // 4, left : left + dots.shape[1]
                ] |= dots
            x += advance[char] * size

    def _glyph(self, char: str, size: float) -> Dots:
        """A letter in a cell one em wide, a quarter of an em below the baseline."""
        em = round(size / self.dot)
        cell = em - em % 4 + 4
        image = Image.new("L", (cell, cell + cell // 4), 255)
        ImageDraw.Draw(image).text((0, cell), char, fill=0, font=_font(BOLD, size / self.dot), anchor="ls")
        return np.asarray(image) < 128


@lru_cache(maxsize=64)
def _font(weight: str, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path_of(weight)), size)


@lru_cache(maxsize=1)
def _advances() -> dict[str, float]:
    return {char: face(BOLD).advance(char) for char in ALPHABET + " "}


@lru_cache(maxsize=1)
def _flat_contours() -> list[list[tuple[float, float]]]:
    """The word mark's contours with curves as twelve straight pieces each."""
    found: list[list[tuple[float, float]]] = []
    for command, numbers in outline():
        if command == "M":
            found.append([(numbers[0], numbers[1])])
        elif command == "L":
            found[-1].append((numbers[0], numbers[1]))
        elif command == "C":
            x0, y0 = found[-1][-1]
            x1, y1, x2, y2, x3, y3 = numbers
            for step in range(1, 13):
                t = step / 12
                a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
                found[-1].append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    return found


def png(dots: Dots, dpi: int) -> bytes:
    """A 1-bit grey PNG with its resolution."""
    rows = np.packbits(~dots, axis=1)
    raw = np.zeros((rows.shape[0], rows.shape[1] + 1), dtype=np.uint8)  # filter type 0 before each row
    raw[:, 1:] = rows
    per_metre = round(dpi / 0.0254)
    head = struct.pack(">IIBBBBB", dots.shape[1], dots.shape[0], 1, 0, 0, 0, 0)
    chunks = (
        _chunk(b"IHDR", head),
        _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
        _chunk(b"IDAT", zlib.compress(raw.tobytes(), 6)),
        _chunk(b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
