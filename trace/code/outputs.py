"""From a series to what goes to a printer or a print shop, as a stream of bytes.

Everything that needs the database is read before the first byte; what follows runs without it, in chunks, so that a
million codes take no more memory than two thousand.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from trace.code import keys, layout, pdf, raster, svg, zpl
from trace.code.fonts import REGULAR, face
from trace.code.layout import Item, Layout, Size, Text, Wanted
from trace.code.models import Series
from trace.code.qrbatch import QrBatch
from trace.code.serial import SerialKey, texts

CHUNK = 2000
LINES = 20_000
A4_WIDTH, A4_HEIGHT = 210.0, 297.0
MEDIA = {
    "a4": ("pdf", "application/pdf"), "roll": ("pdf", "application/pdf"), "test": ("pdf", "application/pdf"),
    "png": ("zip", "application/zip"), "svg": ("zip", "application/zip"), "zpl203": ("zpl", "text/plain; charset=utf-8"),
    "zpl300": ("zpl", "text/plain; charset=utf-8"), "csv": ("csv", "text/csv; charset=utf-8"),
    "txt": ("txt", "text/plain; charset=utf-8"), "covered": ("csv", "text/csv; charset=utf-8"),
}  # fmt: skip
MEDIA_BY_ENDING = dict(MEDIA.values())
DPI = {"zpl203": 203}


@lru_cache(maxsize=64)
def batch(prefix: str) -> QrBatch:
    """The QR tables of a series, built once per process."""
    return QrBatch(prefix)


@dataclass(frozen=True, slots=True)
class Source:
    """The units to put out, with the keys in hand; ``first`` is an absolute unit number, ``place`` counts from 1."""

    prefix: str
    serials: SerialKey
    covered: SerialKey | None
    first: int
    count: int
    place: int
    total: int
    title: str

    def rows(self, size: int) -> Iterator[tuple[int, list[str], list[str], NDArray[np.uint8]]]:
        """Chunks: offset, serials, covered codes ('' where none), symbols."""
        for offset in range(0, self.count, size):
            count = min(size, self.count - offset)
            symbols = self.serials.symbols(self.first + offset, count)
            second = texts(self.covered.symbols(self.first + offset, count)) if self.covered else [""] * count
            yield offset, texts(symbols), second, symbols


def source(series: Series, first: int, last: int, title: str, *, covered: bool) -> Source:
    """The units ``first`` to ``last`` (absolute numbers) of a series, ready to be put out without the database."""
    second = None
    if covered and series.covered_version is not None:
        second = keys.version(series.item_id, "covered", series.covered_version)
    return Source(
        series.link_prefix, keys.version(series.item_id, "serial", series.key_version), second, first, last - first + 1,
        first - series.start_unit + 1, series.unit_count, title,
    )  # fmt: skip


def layout_for(units: Source, wanted: Wanted, kind: str) -> Layout:
    """The label as this output draws it: whole dots of the printer's resolution."""
    return layout.compose(wanted, batch(units.prefix).size, DPI.get(kind, 300))


def stream(units: Source, wanted: Wanted, kind: str, paper: str = "#fff") -> Iterator[bytes]:
    """The bytes of one output, as they are made."""
    if kind in ("csv", "covered"):
        return csv_lines(units, only_covered=kind == "covered")
    if kind == "txt":
        return txt_lines(units)
    made = layout_for(units, wanted, kind)
    if kind in ("png", "svg"):
        return _zip(units, made, kind, paper)
    if kind in DPI or kind == "zpl300":
        return _in_blocks(zpl.labels(raster.Raster(made), _modules(units)))
    if kind == "roll":
        return pdf.write(made, printed(units), pdf.Paper(made.width, made.height, ((0.0, 0.0),)), units.title)
    if kind == "test":
        return pdf.write(
            made, printed(units), pdf.Paper(A4_WIDTH, A4_HEIGHT, ((26.0, 250.0 - made.height - 40),)), units.title,
            before=_test_words(made),
        )  # fmt: skip
    return _a4(units, made, wanted.size)


def printed(units: Source) -> Iterator[pdf.Printed]:
    """Each unit as the PDF writer takes it."""
    symbols_of = batch(units.prefix)
    for _, serials, second, symbols in units.rows(CHUNK):
        for row, serial, covered in zip(symbols_of.rows(symbols), serials, second, strict=True):
            yield pdf.Printed(row.tobytes(), serial, covered)


def _modules(units: Source) -> Iterator[tuple[NDArray[np.bool_], str, str]]:
    symbols_of = batch(units.prefix)
    for _, serials, second, symbols in units.rows(CHUNK):
        yield from zip(symbols_of.matrices(symbols), serials, second, strict=True)


def csv_lines(units: Source, *, only_covered: bool = False) -> Iterator[bytes]:
    """A table for a print shop: number, code, address, and the covered code where it was asked for; UTF-8 with mark.

    ``only_covered`` leaves the address out: the list the printer of the scratch film gets.
    """
    head = ["序号", "编号"] + ([] if only_covered else ["网址"]) + (["防伪码"] if units.covered else [])
    yield ("\ufeff" + ",".join(head) + "\r\n").encode()
    prefix = units.prefix
    for offset, serials, second, _ in units.rows(LINES):
        numbers = range(units.place + offset, units.place + offset + len(serials))
        if only_covered:
            lines = [f"{n},{s},{c}\r\n" for n, s, c in zip(numbers, serials, second, strict=True)]
        elif units.covered:
            lines = [f"{n},{s},{prefix}{s},{c}\r\n" for n, s, c in zip(numbers, serials, second, strict=True)]
        else:
            lines = [f"{n},{s},{prefix}{s}\r\n" for n, s in zip(numbers, serials, strict=True)]
        yield "".join(lines).encode("ascii")


def txt_lines(units: Source) -> Iterator[bytes]:
    """One address per line."""
    prefix = units.prefix
    for _, serials, _, _ in units.rows(LINES):
        yield "".join([f"{prefix}{serial}\r\n" for serial in serials]).encode("ascii")


def _in_blocks(parts: Iterator[bytes], size: int = 1 << 18) -> Iterator[bytes]:
    gathered: list[bytes] = []
    length = 0
    for part in parts:
        gathered.append(part)
        length += len(part)
        if length >= size:
            yield b"".join(gathered)
            gathered, length = [], 0
    yield b"".join(gathered)


class _Sink(io.RawIOBase):
    """What a zip writer writes to when nobody can seek."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        block = bytes(data)  # type: ignore[call-overload]
        self.parts.append(block)
        return len(block)

    def take(self) -> bytes:
        taken, self.parts = b"".join(self.parts), []
        return taken


def _zip(units: Source, made: Layout, kind: str, paper: str) -> Iterator[bytes]:
    """A zip with one picture per label, named by number and code; written as a stream."""
    dots = raster.Raster(made) if kind == "png" else None
    drawing = svg.Drawing(made, paper) if kind == "svg" else None
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED if kind == "png" else zipfile.ZIP_DEFLATED) as archive:
        for number, (modules, serial, covered) in enumerate(_modules(units), start=units.place):
            if dots is not None:
                data: bytes | str = raster.png(dots.label(modules, serial, covered), made.dpi)
            else:
                assert drawing is not None
                data = drawing.label(modules, serial, covered)
            entry = zipfile.ZipInfo(f"{number:07d}-{serial}.{kind}", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = archive.compression
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data, compresslevel=1)
            if number % 50 == 0:
                yield sink.take()
    yield sink.take()


def _a4(units: Source, made: Layout, size: Size) -> Iterator[bytes]:
    """Sheets with crop marks outside the labels, lot and range above, a 20 mm ruler below."""
    columns, rows, gutter = size.columns, size.rows, size.gutter
    left = (A4_WIDTH - columns * size.width - (columns - 1) * gutter) / 2
    bottom = (A4_HEIGHT - rows * size.height - (rows - 1) * gutter) / 2
    places = tuple(
        (left + column * (size.width + gutter), bottom + (rows - 1 - row) * (size.height + gutter))
        for row in range(rows)
        for column in range(columns)
    )

    def frame(done: int, count: int) -> list[Item]:
        first = units.place + done
        words = f"{units.title}，第 {first:,}–{first + count - 1:,} 张，共 {units.total:,} 张"
        return _frame_items(size, left, bottom, words)

    return pdf.write(made, printed(units), pdf.Paper(A4_WIDTH, A4_HEIGHT, places), units.title, frame)


def _frame_items(size: Size, left: float, bottom: float, words: str) -> list[Item]:
    top = bottom + size.rows * (size.height + size.gutter) - size.gutter
    right = left + size.columns * (size.width + size.gutter) - size.gutter
    letters = face(REGULAR)
    note = f"{size.label}，按 100% 打印"
    items: list[Item] = [
        layout.fitted(left, top + 6.5, words, 3.2, right - left - letters.width(note, 3.2) - 3),
        Text(right - letters.width(note, 3.2), top + 6.5, note, 3.2),
        *ruler(left, bottom - 9.0),
    ]
    step = size.width + size.gutter
    for column in range(size.columns):
        for x in (left + column * step, left + column * step + size.width):
            items += [layout.Bar(x - 0.075, top + 1.5, 0.15, 3.5), layout.Bar(x - 0.075, bottom - 5.0, 0.15, 3.5)]
    step = size.height + size.gutter
    for row in range(size.rows):
        for y in (bottom + row * step, bottom + row * step + size.height):
            items += [layout.Bar(left - 5.0, y - 0.075, 3.5, 0.15), layout.Bar(right + 1.5, y - 0.075, 3.5, 0.15)]
    return items


def ruler(x: float, y: float) -> list[Item]:
    """A line of 20 mm to lay a ruler on."""
    begin = x + face(REGULAR).width("印前检查：", 3.2) + 1.5
    return [
        Text(x, y, "印前检查：", 3.2),
        layout.Bar(begin, y + 0.9, 20.0, 0.4),
        Text(begin + 21.5, y, "应为 20 mm", 3.2),
    ]


def _test_words(made: Layout) -> list[Item]:
    sentences = (
        "1. 打印时选“实际大小”或 100%，不要选“适合页面”。",
        f"2. 用尺量下面的线，应为 20 mm；量标签，应为宽 {made.width:g} mm、高 {made.height:g} mm。",
        "3. 用手机扫一次二维码，能打开页面，再印整批。",
    )
    lines: list[Item] = [Text(26, 262 - 7 * place, words, 3.4) for place, words in enumerate(sentences)]
    return [Text(26, 273, "试印一张，不要贴到箱上", 5, bold=True), *lines, *ruler(26, 236)]
