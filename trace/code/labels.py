"""Label sheets as PDF: A4 with crop marks, 50 × 30 mm roll, one test print (pure but for the fonts on disk).

All measures in millimetres from the label's lower left corner; the QR is drawn as filled paths in whole printer dots.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from core.ui.artwork import WORD
from trace.code.rules import LabelFacts

FONTS = Path(__file__).resolve().parents[2] / "core" / "document" / "fonts"
REGULAR, BOLD = "NotoSansSC", "NotoSansSC-Bold"
WIDTH, HEIGHT = 50.0, 30.0
DOT = 25.4 / 300
MODULE_DOTS = (6, 5, 4)  # 0.51 mm up to version 4, 0.42 mm up to version 6: whole dots at 300 dpi
QR_SIDE = 17.4
COLUMNS, ROWS, GUTTER = 3, 7, 4.0
A4_WIDTH, A4_HEIGHT = 210.0, 297.0
PER_SHEET = COLUMNS * ROWS
GREY = 0.45


@dataclass(frozen=True, slots=True)
class Label:
    """One unit: its modules (True is dark), serial, and covered code where the series has one."""

    modules: NDArray[np.bool_]
    serial: str
    covered: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands above the labels of an A4 sheet."""

    title: str
    first: int
    total: int


@cache
def _fonts() -> None:
    for name, weight in ((REGULAR, "Regular"), (BOLD, "Bold")):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / f"NotoSansSC-{weight}.ttf")))


def module_size(modules: int) -> float:
    """Millimetres of one module: as many whole dots of 1/300 inch as the QR field holds."""
    for dots in MODULE_DOTS:
        if modules * dots * DOT <= QR_SIDE:
            return dots * DOT
    return MODULE_DOTS[-1] * DOT


def fours(code: str) -> str:
    """A code in groups of four."""
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


class _Pen:
    """A canvas in millimetres."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas: Any = canvas

    def text(self, x: float, y: float, words: str, size: float, *, bold: bool = False, align: str = "left") -> None:
        """Words on the baseline ``y``, ``size`` being the height of a Chinese character."""
        self.canvas.setFont(BOLD if bold else REGULAR, size * mm)
        draw = {
            "left": self.canvas.drawString,
            "right": self.canvas.drawRightString,
            "middle": self.canvas.drawCentredString,
        }
        draw[align](x * mm, y * mm, words)

    def width(self, words: str, size: float, *, bold: bool = False) -> float:
        points: float = pdfmetrics.stringWidth(words, BOLD if bold else REGULAR, size * mm)
        return points / float(mm)

    def fitted(self, x: float, y: float, words: str, size: float, room: float, *, bold: bool = False) -> None:
        """Words in at most ``room``; made smaller down to 2 mm, then cut with an ellipsis."""
        while size > 2.0 and self.width(words, size, bold=bold) > room:
            size = max(2.0, size - 0.1)
        while len(words) > 1 and self.width(words, size, bold=bold) > room:
            words = words.rstrip("…")[:-1] + "…"
        self.text(x, y, words, size, bold=bold)

    def bar(self, x: float, y: float, width: float, height: float) -> None:
        self.canvas.rect(x * mm, y * mm, width * mm, height * mm, stroke=0, fill=1)

    def line(self, x1: float, y1: float, x2: float, y2: float, weight: float = 0.15) -> None:
        self.canvas.setLineWidth(weight * mm)
        self.canvas.line(x1 * mm, y1 * mm, x2 * mm, y2 * mm)

    def qr(self, x: float, top: float, modules: NDArray[np.bool_], module: float) -> None:
        """Dark runs of each row as one filled path; rows overlap by a hair so that screens show no seams."""
        edges = np.diff(np.pad(modules.astype(np.int8), ((0, 0), (1, 1))), axis=1)
        rows, begins = np.nonzero(edges == 1)
        ends = np.nonzero(edges == -1)[1]
        runs = " ".join(
            f"{begin} {-row - 1}.02 {width} 1.02 re"
            for row, begin, width in zip(rows.tolist(), begins.tolist(), (ends - begins).tolist(), strict=True)
        )
        self.canvas.saveState()
        self.canvas.transform(module * mm, 0, 0, module * mm, x * mm, top * mm)
        self.canvas.addLiteral(runs + " f")
        self.canvas.restoreState()

    def word_mark(self, x: float, y: float, height: float) -> None:
        """猗顿农品 as outlines."""
        scale = height / 19.0 * mm
        path = self.canvas.beginPath()
        for command, numbers in _outline():
            points = [
                (x * mm + numbers[i] * scale, y * mm + (19.0 - numbers[i + 1]) * scale)
                for i in range(0, len(numbers), 2)
            ]
            if command == "M":
                path.moveTo(*points[0])
            elif command == "L":
                path.lineTo(*points[0])
            elif command == "C":
                path.curveTo(*points[0], *points[1], *points[2])
            else:
                path.close()
        self.canvas.drawPath(path, stroke=0, fill=1)


@cache
def _outline() -> list[tuple[str, tuple[float, ...]]]:
    """The word mark's path data as absolute M, L, C and Z with full coordinates."""
    out: list[tuple[str, tuple[float, ...]]] = []
    x = y = 0.0
    for command, rest in re.findall(r"([MLHVCZ])([^MLHVCZ]*)", WORD):
        numbers = [float(n) for n in re.findall(r"-?\d*\.?\d+", rest)]
        if command == "Z":
            out.append(("Z", ()))
        elif command in "HV":
            for n in numbers:
                x, y = (n, y) if command == "H" else (x, n)
                out.append(("L", (x, y)))
        else:
            step = 6 if command == "C" else 2
            for i in range(0, len(numbers), step):
                chunk = tuple(numbers[i : i + step])
                x, y = chunk[-2:]
                out.append(("L" if command == "M" and i else command, chunk))
    return out


def _draw(pen: _Pen, facts: LabelFacts, label: Label) -> None:
    """One label, its lower left corner at the origin."""
    pen.bar(1.5, 28.0, 47.0, 0.6)
    pen.bar(1.5, 27.55, 47.0, 0.15)
    module = module_size(len(label.modules))
    side = module * len(label.modules)
    left = 2.4 + (QR_SIDE - side) / 2
    pen.qr(left, 25.9 - (QR_SIDE - side) / 2, label.modules, module)
    size = 2.2
    while pen.width(fours(label.serial), size, bold=True) > 19.0:
        size -= 0.05
    pen.text(2.4 + QR_SIDE / 2, 5.1, fours(label.serial), size, bold=True, align="middle")
    _words(pen, facts, label)
    pen.bar(1.5, 3.5, 47.0, 0.2)
    pen.word_mark(1.6, 1.05, 1.95)
    pen.text(48.5, 1.25, "扫码看这一箱的生产记录", 2.1, align="right")


def _words(pen: _Pen, facts: LabelFacts, label: Label) -> None:
    x, room = 22.2, 26.3
    net = pen.width(facts.net, 2.3)
    pen.fitted(x, 23.1, facts.name, 3.9, room - net - 0.8, bold=True)
    pen.text(48.5, 23.1, facts.net, 2.3, align="right")
    y = 20.2
    if facts.grade or facts.size:
        pen.fitted(x, y, facts.grade, 2.2, room / 2, bold=True)
        lead = min(pen.width(facts.grade, 2.2, bold=True), room / 2) + 1.2 if facts.grade else 0
        pen.fitted(x + lead, y, facts.size, 2.2, room - lead)
        y -= 2.55
    rows = [("产地", facts.origin), ("生产", facts.producer)]
    if label.covered:
        rows += [("包装", facts.packed)]
    else:
        rows += [("采收", facts.harvested), ("包装", facts.packed)]
    for name, value in [row for row in rows if row[1]]:
        pen.text(x, y, name, 2.1)
        pen.fitted(x + 5.4, y, value, 2.1, room - 5.4)
        y -= 2.5
    pen.text(x, y, "批次", 2.1)
    pen.fitted(x + 5.4, y, facts.lot_no, 2.2, room - 5.4, bold=True)
    if label.covered:
        _covered(pen, x, label.covered)
    elif facts.storage:
        pen.fitted(x, y - 2.5, facts.storage, 2.0, room)


def _covered(pen: _Pen, x: float, code: str) -> None:
    """The covered code in the 26 × 4.5 mm field that the scratch coating goes over."""
    pen.canvas.setLineWidth(0.1 * mm)
    pen.canvas.setDash(0.6 * mm, 0.6 * mm)
    pen.canvas.rect(x * mm, 4.3 * mm, 26.0 * mm, 4.5 * mm, stroke=1, fill=0)
    pen.canvas.setDash()
    pen.text(x + 13.0, 5.75, fours(code), 2.4, bold=True, align="middle")


def _canvas(stream: io.BytesIO, width: float, height: float, title: str) -> Any:
    _fonts()
    canvas = Canvas(stream, pagesize=(width * mm, height * mm), invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setAuthor("猗顿农品")
    return canvas


def roll(facts: LabelFacts, labels: Sequence[Label], title: str) -> bytes:
    """A PDF of one 50 × 30 mm page per label."""
    stream = io.BytesIO()
    canvas = _canvas(stream, WIDTH, HEIGHT, title)
    for label in labels:
        _draw(_Pen(canvas), facts, label)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def a4(facts: LabelFacts, labels: Sequence[Label], sheet: Sheet) -> bytes:
    """A PDF of A4 sheets: three by seven labels, crop marks outside, lot and range above, a 20 mm ruler line below."""
    stream = io.BytesIO()
    canvas = _canvas(stream, A4_WIDTH, A4_HEIGHT, sheet.title)
    left = (A4_WIDTH - COLUMNS * WIDTH - (COLUMNS - 1) * GUTTER) / 2
    bottom = (A4_HEIGHT - ROWS * HEIGHT - (ROWS - 1) * GUTTER) / 2
    for start in range(0, len(labels), PER_SHEET):
        part = labels[start : start + PER_SHEET]
        _frame(_Pen(canvas), sheet, start, len(part), left, bottom)
        for place, label in enumerate(part):
            column, row = place % COLUMNS, place // COLUMNS
            canvas.saveState()
            canvas.translate(
                (left + column * (WIDTH + GUTTER)) * mm, (bottom + (ROWS - 1 - row) * (HEIGHT + GUTTER)) * mm
            )
            _draw(_Pen(canvas), facts, label)
            canvas.restoreState()
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def _frame(pen: _Pen, sheet: Sheet, start: int, count: int, left: float, bottom: float) -> None:
    top = bottom + ROWS * HEIGHT + (ROWS - 1) * GUTTER
    right = left + COLUMNS * WIDTH + (COLUMNS - 1) * GUTTER
    first = sheet.first + start
    pen.canvas.setFillGray(GREY)
    words = f"{sheet.title}，第 {first:,}–{first + count - 1:,} 张，共 {sheet.total:,} 张"
    pen.text(left, top + 8.5, words, 3.2)
    pen.text(right, top + 8.5, "50 × 30 mm，按 100% 打印", 3.2, align="right")
    _ruler(pen, left, bottom - 9.0)
    pen.canvas.setFillGray(0)
    for column in range(COLUMNS):
        for x in (left + column * (WIDTH + GUTTER), left + column * (WIDTH + GUTTER) + WIDTH):
            pen.line(x, top + 1.5, x, top + 5.0)
            pen.line(x, bottom - 1.5, x, bottom - 5.0)
    for row in range(ROWS):
        for y in (bottom + row * (HEIGHT + GUTTER), bottom + row * (HEIGHT + GUTTER) + HEIGHT):
            pen.line(left - 1.5, y, left - 5.0, y)
            pen.line(right + 1.5, y, right + 5.0, y)


def _ruler(pen: _Pen, x: float, y: float) -> None:
    pen.text(x, y, "印前检查：", 3.2)
    begin = x + pen.width("印前检查：", 3.2) + 1.5
    pen.line(begin, y + 1.1, begin + 20.0, y + 1.1, 0.4)
    pen.text(begin + 21.5, y, "应为 20 mm", 3.2)


def test_print(facts: LabelFacts, label: Label, title: str) -> bytes:
    """An A4 page with one label and a ruler, to see that the printer neither scales nor blurs."""
    stream = io.BytesIO()
    canvas = _canvas(stream, A4_WIDTH, A4_HEIGHT, title)
    pen = _Pen(canvas)
    pen.text(26, 262, "试印一张，不要贴到箱上", 5, bold=True)
    for place, words in enumerate(
        (
            "1. 打印时选“实际大小”或 100%，不要选“适合页面”。",
            "2. 用尺量下面的线，应为 20 mm；量标签，应为宽 50 mm、高 30 mm。",
            "3. 用手机扫一次二维码，能打开页面，再印整批。",
        )
    ):
        pen.text(26, 252 - 7 * place, words, 3.4)
    _ruler(pen, 26, 224)
    canvas.translate(26 * mm, 180 * mm)
    canvas.setLineWidth(0.1 * mm)
    canvas.rect(0, 0, WIDTH * mm, HEIGHT * mm)
    _draw(pen, facts, label)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()
