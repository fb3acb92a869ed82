"""Where everything stands on a label: one description that every output draws from (pure but for font widths).

Measures in millimetres from the label's lower left corner.  QR modules are whole dots of the device, four modules stay
quiet on every side (ISO/IEC 18004), no text is smaller than 1.8 mm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trace.code.fonts import BOLD, REGULAR, face
from trace.code.rules import LabelFacts

INCH = 25.4
QUIET = 4
SMALLEST = 1.8
TAIL = "扫码看这一箱的生产记录"
GIVE_WAY = ("采收", "贮存", "电话")


@dataclass(frozen=True, slots=True)
class Size:
    """A label size with its place on an A4 sheet."""

    key: str
    width: float
    height: float
    columns: int
    rows: int
    gutter: float = 4.0

    @property
    def label(self) -> str:
        return f"{self.width:g} × {self.height:g} mm"

    @property
    def per_sheet(self) -> int:
        return self.columns * self.rows


SIZES = {
    one.key: one
    for one in (
        Size("50x30", 50, 30, 3, 7),
        Size("60x40", 60, 40, 3, 6),
        Size("70x50", 70, 50, 2, 5),
        Size("100x70", 100, 70, 1, 3),
    )
}


@dataclass(frozen=True, slots=True)
class Text:
    """Words on the baseline ``y``; ``size`` is the height of a Chinese character."""

    x: float
    y: float
    words: str
    size: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Box:
    """A thin dashed frame: where a scratch coating goes."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Mark:
    """The word mark 猗顿农品; only within a licence in force."""

    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class Bitmap:
    """A logo in black and white, True is black."""

    x: float
    y: float
    width: float
    height: float
    dots: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class QrSlot:
    """The QR field: left edge, upper edge, size of one module, modules per side."""

    left: float
    top: float
    module: float
    modules: int

    @property
    def side(self) -> float:
        return self.module * self.modules


@dataclass(frozen=True, slots=True)
class CodeSlot:
    """A line with a code in groups of four, centred; made smaller where a wide code needs it."""

    middle: float
    y: float
    size: float
    room: float

    def size_for(self, em: float) -> float:
        """The size at which a code of ``em`` em widths fits."""
        return min(self.size, int(self.room / em * 20) / 20)


Item = Text | Bar | Box | Mark | Bitmap


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole label; ``dropped`` names the lines that found no room."""

    width: float
    height: float
    dpi: int
    items: tuple[Item, ...]
    qr: QrSlot
    serial: CodeSlot
    covered: CodeSlot | None
    dropped: tuple[str, ...] = ()


def dot(dpi: int) -> float:
    """Millimetres of one dot."""
    return INCH / dpi


def module_dots(side: float, modules: int, dpi: int) -> int:
    """How many whole dots one module gets in a field of ``side``; at least one."""
    return max(1, int(side / modules / dot(dpi) + 1e-9))


def fours(code: str) -> str:
    """A code in groups of four."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def fitted(x: float, y: float, words: str, size: float, room: float, *, bold: bool = False) -> Text:
    """Words in at most ``room``: made smaller down to 1.8 mm, then cut with an ellipsis."""
    letters = face(BOLD if bold else REGULAR)
    while size > SMALLEST and letters.width(words, size) > room:
        size = max(SMALLEST, round(size - 0.1, 2))
    while len(words) > 1 and letters.width(words, size) > room:
        words = words.rstrip("…")[:-1] + "…"
    return Text(x, y, words, size, bold)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a design asks for, with the words of the sealed record."""

    size: Size
    facts: LabelFacts
    lines: tuple[str, ...]
    mark: bool = False
    tail: str = TAIL
    logo: NDArray[np.bool_] | None = None
    covered: bool = False


LINES = {
    "origin": ("产地", "origin"),
    "producer": ("生产", "producer"),
    "harvested": ("采收", "harvested"),
    "packed": ("包装", "packed"),
    "lot": ("批次", "lot_no"),
    "best_before": ("保质", "best_before"),
    "storage": ("贮存", "storage"),
    "phone": ("电话", "phone"),
    "marks": ("认证", "marks"),
}


def compose(wanted: Wanted, modules: int, dpi: int = 300) -> Layout:
    """The label of a design for a QR symbol of ``modules`` on a device of ``dpi``."""
    size = wanted.size
    scale = min(size.width / 50, size.height / 30)
    strip = 3.5 * scale**0.5
    field = min(size.height - strip - 8.0 * scale**0.5, size.width * 0.348)
    module = module_dots(field, modules, dpi) * dot(dpi)
    side, quiet = module * modules, QUIET * module
    left = quiet + 0.35
    top = size.height - 2.55 - quiet
    qr = QrSlot(_on_dots(left, dpi), size.height - _on_dots(size.height - top + dot(dpi) / 2, dpi), module, modules)
    column, letter = left + side + quiet, 2.1 * scale
    serial = CodeSlot(left + side / 2, qr.top - side - quiet - 0.78 * letter, letter, 2 * (left + side / 2 - 1.5))
    x = max(column + 0.6, size.width * 0.44)
    items: list[Item] = [
        Bar(1.5, size.height - 2.0, size.width - 3, 0.6),
        Bar(1.5, size.height - 2.45, size.width - 3, 0.15),
    ]
    items += _strip(wanted, scale, strip)
    floor = strip + 0.6
    covered = None
    if wanted.covered:
        covered = CodeSlot(x + 13.0, floor + 1.45, 2.4, 25.2)
        items.append(Box(x, floor + 0.2, 26.0, 4.5))
        floor += 5.0
    words, dropped = _words(wanted, x, scale, floor)
    return Layout(size.width, size.height, dpi, (*items, *words), qr, serial, covered, dropped)


def _on_dots(value: float, dpi: int) -> float:
    return round(value / dot(dpi)) * dot(dpi)


def _strip(wanted: Wanted, scale: float, strip: float) -> list[Item]:
    """The rule at the foot with the mark left and a sentence right."""
    size, letter = wanted.size, 2.1 * scale**0.5
    items: list[Item] = [Bar(1.5, strip, size.width - 3, 0.2)]
    room = size.width - 3
    if wanted.mark:
        items.append(Mark(1.6, strip * 0.3, strip * 0.557))
        room -= strip * 3.6
    tail = fitted(0, strip * 0.357, wanted.tail, letter, room)
    width = face(REGULAR).width(tail.words, tail.size)
    items.append(replace(tail, x=size.width - 1.5 - width))
    return items


def _words(wanted: Wanted, x: float, scale: float, floor: float) -> tuple[list[Item], tuple[str, ...]]:
    """Name and net content, grade and size, then one line per field as far as they fit above ``floor``."""
    facts, size = wanted.facts, wanted.size
    right = size.width - 1.5
    room = right - x
    items: list[Item] = []
    if wanted.logo is not None:
        height = 6.4 * scale
        width = min(height * wanted.logo.shape[1] / wanted.logo.shape[0], room * 0.4)
        items.append(Bitmap(right - width, size.height - 3.2 - height, width, height, wanted.logo))
        room -= width + 1.0
    net_width = face(REGULAR).width(facts.net, 2.3 * scale)
    y = size.height - 3.0 - 3.9 * scale
    items.append(fitted(x, y, facts.name, 3.9 * scale, room - net_width - 0.8, bold=True))
    items.append(Text(x + room - net_width, y, facts.net, 2.3 * scale))
    room, y = right - x if wanted.logo is None else room, y - 2.9 * scale
    if facts.grade or facts.size:
        grade = fitted(x, y, facts.grade, 2.2 * scale, room / 2, bold=True)
        lead = face(BOLD).width(grade.words, grade.size) + 1.2 if facts.grade else 0.0
        items += [grade, fitted(x + lead, y, facts.size, 2.2 * scale, room - lead)]
        y -= 2.55 * scale
    kept, dropped = _that_fit(_rows(wanted.lines, facts), int((y - floor) / (2.5 * scale) + 1.05))
    for name, value in kept:
        letter = 2.1 * scale
        lead = 0.0 if name == "贮存" else 2.57 * letter  # how to keep it needs no heading, and its date all the room
        if lead:
            items.append(Text(x, y, name, letter))
        items.append(fitted(x + lead, y, value, letter, right - x - lead, bold=name == "批次"))
        y -= 2.5 * scale
    return [one for one in items if not isinstance(one, Text) or one.words], tuple(dropped)


def _that_fit(rows: list[tuple[str, str]], room: int) -> tuple[list[tuple[str, str]], list[str]]:
    """The rows that find room; harvest, storage and telephone give way first (they may stand on the box), then the last."""
    dropped: list[str] = []
    for name in GIVE_WAY:
        if len(rows) > room and any(row[0] == name for row in rows):
            rows = [row for row in rows if row[0] != name]
            dropped.append(name)
    dropped += [name for name, _ in rows[max(room, 0) :]]
    return rows[: max(room, 0)], dropped


def _rows(lines: Sequence[str], facts: LabelFacts) -> list[tuple[str, str]]:
    rows = [(LINES[line][0], str(getattr(facts, LINES[line][1]))) for line in lines]
    return [row for row in rows if row[1]]
