"""Labels of cartons and pallets, 100 × 70 mm: number, what is in it, QR with the link, GS1-128 where there is an SSCC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from qrcode.constants import ERROR_CORRECT_Q

from trace.aggregation import code128, numbers
from trace.code import layout, pdf
from trace.code.qrbatch import library_symbol

WIDTH, HEIGHT, DPI = 100.0, 70.0, 300
FIELD = 27.5
BARS = 17.0


@dataclass(frozen=True, slots=True)
class BoxWords:
    """What stands on the label besides number and codes; all labels of one file share it."""

    kind: str
    owner: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BoxCode:
    """One box: its number and the address in its QR."""

    code: str
    link: str


def write(words: BoxWords, boxes: Sequence[BoxCode]) -> Iterator[bytes]:
    """A PDF of one page per box."""
    matrices = [library_symbol(box.link, ERROR_CORRECT_Q) for box in boxes]
    size = max(len(matrix) for matrix in matrices)
    made = _layout(words, size)
    units = (
        pdf.Printed(_rows(matrix, size), box.code, extra=_bars(box.code))
        for box, matrix in zip(boxes, matrices, strict=True)
    )
    title = f"{words.kind}标签"
    return pdf.write(made, units, pdf.Paper(WIDTH, HEIGHT, ((0.0, 0.0),)), title)


def _rows(matrix: np.ndarray, size: int) -> bytes:
    """The packed rows; a smaller symbol (a shorter address) stands in the middle of the field."""
    whole = np.zeros((size, size), dtype=np.bool_)
    margin = (size - len(matrix)) // 2
    whole[margin : margin + len(matrix), margin : margin + len(matrix)] = matrix
    return np.packbits(whole, axis=1).tobytes()


def _layout(words: BoxWords, modules: int) -> layout.Layout:
    module = layout.module_dots(FIELD, modules, DPI) * layout.dot(DPI)
    left = 1.5 + 4 * module * 0.6
    qr = layout.QrSlot(left, HEIGHT - 4.0 - 4 * module, module, modules)
    x = qr.left + qr.side + 4 * module + 1.0
    room = WIDTH - 2.5 - x
    items: list[layout.Item] = [
        layout.Bar(1.5, HEIGHT - 2.4, WIDTH - 3, 0.9),
        layout.Bar(1.5, HEIGHT - 3.0, WIDTH - 3, 0.2),
        layout.fitted(x, HEIGHT - 11.0, words.kind, 6.0, 16, bold=True),
        layout.fitted(x + 17, HEIGHT - 10.6, words.owner, 3.4, room - 17),
    ]
    y = HEIGHT - 17.5
    for name, value in words.lines[:5]:
        items += [layout.Text(x, y, name, 3.2), layout.fitted(x + 8.5, y, value, 3.2, room - 8.5, bold=name == "批次")]
        y -= 4.6
    number = layout.CodeSlot(WIDTH / 2, 25.2, 5.2, WIDTH - 6)
    return layout.Layout(WIDTH, HEIGHT, DPI, tuple(items), qr, number, None)


def _bars(code: str) -> tuple[layout.Item, ...]:
    """The GS1-128 of an SSCC with its element string below; nothing for an own number."""
    if not numbers.is_sscc(code):
        return ()
    module = 6 * layout.dot(DPI)
    bars, x = [], 0.0
    pattern = code128.widths("00" + code)
    start = (WIDTH - sum(pattern) * module) / 2
    for place, width in enumerate(pattern):
        if place % 2 == 0:
            bars.append(layout.Bar(start + x * module, 6.0, width * module, BARS))
        x += width
    return (*bars, layout.Text(WIDTH / 2 - 20, 2.0, f"(00){code}", 3.2, bold=True))
