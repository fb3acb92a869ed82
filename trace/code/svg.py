"""A label as SVG in millimetres; all words are outlines, so no print shop needs the font (pure but for the font file)."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from trace.code.fonts import BOLD, REGULAR, face, svg_outline
from trace.code.layout import Bar, Bitmap, Box, CodeSlot, Item, Layout, Mark, Text, fours
from trace.code.serial import ALPHABET
from trace.code.wordmark import outline


class Drawing:
    """A layout; what is the same on every label is drawn once."""

    def __init__(self, layout: Layout, paper: str = "#fff") -> None:
        self.layout = layout
        width, height = f"{layout.width:g}", f"{layout.height:g}"
        fixed = "".join(self._item(item) for item in layout.items)
        self.head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}">'
            f'<rect width="{width}" height="{height}" fill="{paper}"/>{fixed}'
        )

    def label(self, modules: NDArray[np.bool_], serial: str, covered: str = "") -> str:
        """The SVG of one unit."""
        parts = [self.head, self._qr(modules), self._code(self.layout.serial, serial)]
        if covered and self.layout.covered is not None:
            parts.append(self._code(self.layout.covered, covered))
        return "".join(parts) + "</svg>"

    def _y(self, y: float) -> float:
        return self.layout.height - y

    def _item(self, item: Item) -> str:
        if isinstance(item, Text):
            return f'<path d="{words_path(item, self._y(item.y))}"/>' if item.words.strip() else ""
        if isinstance(item, Bar):
            top = self._y(item.y + item.height)
            return f'<rect x="{item.x:.3f}" y="{top:.3f}" width="{item.width:.3f}" height="{item.height:.3f}"/>'
        if isinstance(item, Box):
            top = self._y(item.y + item.height)
            return (
                f'<rect x="{item.x:.3f}" y="{top:.3f}" width="{item.width:.3f}" height="{item.height:.3f}" fill="none" '
                'stroke="#000" stroke-width="0.1" stroke-dasharray="0.6 0.6"/>'
            )
        if isinstance(item, Mark):
            return self._mark(item)
        return self._bitmap(item)

    def _mark(self, item: Mark) -> str:
        scale, top = item.height / 19.0, self._y(item.y + item.height)
        path = "".join(command + " ".join(f"{number:g}" for number in numbers) for command, numbers in outline())
        return f'<path transform="translate({item.x:.3f} {top:.3f}) scale({scale:.5f})" d="{path}"/>'

    def _bitmap(self, item: Bitmap) -> str:
        rows, columns = item.dots.shape
        place = f"translate({item.x:.3f} {self._y(item.y + item.height):.3f}) "
        return f'<path transform="{place}scale({item.width / columns:.6f} {item.height / rows:.6f})" d="{runs(item.dots)}"/>'

    def _qr(self, modules: NDArray[np.bool_]) -> str:
        qr = self.layout.qr
        place = f"translate({qr.left:.4f} {self._y(qr.top):.4f}) scale({qr.module:.6f})"
        return f'<path shape-rendering="crispEdges" transform="{place}" d="{runs(modules)}"/>'

    def _code(self, slot: CodeSlot, code: str) -> str:
        words, (paths, advances) = fours(code), _letters()
        em = sum(advances[char] for char in words)
        size = slot.size_for(em)
        x, parts = 0.0, []
        for char in words:
            if char != " ":
                parts.append(f'<path transform="translate({x:.4f} 0)" d="{paths[char]}"/>')
            x += advances[char]
        place = f"translate({slot.middle - em * size / 2:.3f} {self._y(slot.y):.3f}) scale({size:.3f})"
        return f'<g transform="{place}">{"".join(parts)}</g>'


@cache
def _letters() -> tuple[dict[str, str], dict[str, float]]:
    bold = face(BOLD)
    paths = {char: svg_outline(bold.outline(char), 0, 0, 1.0) for char in ALPHABET}
    return paths, {char: bold.advance(char) for char in ALPHABET + " "}


def words_path(text: Text, y: float) -> str:
    """The outlines of words on the baseline ``y``, counted from the top."""
    letters, x, parts = face(BOLD if text.bold else REGULAR), text.x, []
    for char in text.words:
        parts.append(svg_outline(letters.outline(char), x, y, text.size))
        x += letters.advance(char) * text.size
    return "".join(parts)


def runs(dots: NDArray[np.bool_]) -> str:
    """Dark runs of each row as one path in units of a module."""
    edges = np.diff(np.pad(dots.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, begins = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    return "".join(
        f"M{begin} {row}h{end - begin}v1h{begin - end}z"
        for row, begin, end in zip(rows.tolist(), begins.tolist(), ends.tolist(), strict=True)
    )
