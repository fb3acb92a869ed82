"""PDF of many labels, written as it is made (ADR 0044): the common part once as a form, each QR as a 1-bit stencil.

A stencil of 33 × 33 samples enlarged by whole printer dots is drawn without grey by every renderer that follows
ISO 32000 8.9.6.2; the fonts are embedded once, as a subset of what the labels hold.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from trace.code.fonts import BOLD, REGULAR, face
from trace.code.layout import Bar, Bitmap, Box, Item, Layout, Mark, Text, fours
from trace.code.serial import ALPHABET
from trace.code.wordmark import outline

POINTS = 72 / 25.4
GROUP = 256
FLUSH = 1 << 18


@dataclass(frozen=True, slots=True)
class Printed:
    """One unit as it goes to an output: packed QR rows (most significant bit first), serial, covered code or ''.

    ``extra`` is what only this label has besides (the bars of a carton's GS1-128).
    """

    rows: bytes
    serial: str
    covered: str = ""
    extra: tuple[Item, ...] = ()


def n(value: float) -> str:
    """A number as short as a quarter of a printer dot allows."""
    return f"{value:.4f}".rstrip("0").rstrip(".") or "0"


class Letters:
    """The subset of one weight in this document."""

    def __init__(self, weight: str, chars: Iterable[str]) -> None:
        self.face, self.weight = face(weight), weight
        self.chars = sorted(set(chars) | {" "})
        self.file, self.glyphs = self.face.subset(self.chars)
        self.codes = {char: f"{glyph:04X}" for char, glyph in self.glyphs.items()}

    def show(self, font: str, text: Text) -> str:
        """The operators that set ``text``."""
        codes = "".join(self.codes[char] for char in text.words)
        return f"BT /{font} {n(text.size)} Tf {n(text.x)} {n(text.y)} Td <{codes}> Tj ET"


class Writer:
    """Objects one after another; remembers where each begins."""

    def __init__(self) -> None:
        self._parts: list[bytes] = [b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n"]
        self._at = len(self._parts[0])
        self._waiting = self._at
        self._offsets: dict[int, int] = {}
        self._next = 1

    def reserve(self) -> int:
        """A number for an object that is written later."""
        self._next += 1
        return self._next - 1

    def put(self, body: bytes, number: int | None = None) -> int:
        """Write an object; returns its number."""
        number = self.reserve() if number is None else number
        data = b"%d 0 obj\n%b\nendobj\n" % (number, body)
        self._offsets[number] = self._at
        self._parts.append(data)
        self._at += len(data)
        self._waiting += len(data)
        return number

    def stream(self, entries: str, data: bytes, *, level: int = 6) -> int:
        """Write a compressed stream; returns its number."""
        packed = zlib.compress(data, level)
        head = f"<<{entries} /Filter /FlateDecode /Length {len(packed)}>>\nstream\n".encode()
        return self.put(head + packed + b"\nendstream")

    def take(self, *, all_of_it: bool = False) -> bytes:
        """What has gathered since, where it is worth sending."""
        if not all_of_it and self._waiting < FLUSH:
            return b""
        data = b"".join(self._parts)
        self._parts, self._waiting = [], 0
        return data

    def end(self, catalogue: int, info: int) -> bytes:
        """The cross-reference table and trailer."""
        rows = [b"0000000000 65535 f \n"]
        rows += [b"%010d 00000 n \n" % self._offsets[number] for number in range(1, self._next)]
        trailer = (
            f"trailer\n<</Size {self._next} /Root {catalogue} 0 R /Info {info} 0 R>>\nstartxref\n{self._at}\n%%EOF\n"
        )
        return self.take(all_of_it=True) + b"xref\n0 %d\n" % self._next + b"".join(rows) + trailer.encode()


@dataclass(frozen=True, slots=True)
class Paper:
    """Pages: their size and where the labels of one page stand (lower left corners), in millimetres."""

    width: float
    height: float
    places: tuple[tuple[float, float], ...]


def write(
    layout: Layout, units: Iterable[Printed], paper: Paper, title: str, frame: Any = None, before: Sequence[Item] = ()
) -> Iterator[bytes]:
    """The bytes of a PDF of these units; ``frame(first place, count)`` gives the words around a sheet."""
    document = _Document(layout, title, frame_chars=_CHARS_OF_FRAME if frame else "", before=before)
    batch: list[Printed] = []
    done = 0
    for unit in units:
        batch.append(unit)
        if len(batch) == len(paper.places):
            document.page(paper, batch, frame(done, len(batch)) if frame else ())
            done, batch = done + len(batch), []
            if data := document.writer.take():
                yield data
    if batch:
        document.page(paper, batch, frame(done, len(batch)) if frame else ())
    yield document.end()


_CHARS_OF_FRAME = "0123456789,–第张共×mm按打印前检查：应为，%…."


class _Document:
    def __init__(self, layout: Layout, title: str, frame_chars: str, before: Sequence[Item]) -> None:
        self.layout, self.writer = layout, Writer()
        self.catalogue, self.pages = self.writer.reserve(), self.writer.reserve()
        words = [item for item in (*layout.items, *before) if isinstance(item, Text)]
        regular = {c for text in words if not text.bold for c in text.words} | set(frame_chars) | set(title)
        bold = {c for text in words if text.bold for c in text.words} | set(ALPHABET + "()")
        self.letters = {"R": Letters(REGULAR, regular), "B": Letters(BOLD, bold)}
        self.advances = {c: self.letters["B"].face.advance(c) for c in ALPHABET + " "}
        fonts = " ".join(f"/{name} {self._font(letters)} 0 R" for name, letters in self.letters.items())
        form = self._form(fonts)
        self.resources = self.writer.put(f"<</Font <<{fonts}>> /XObject <</L {form} 0 R>>>>".encode())
        hexed = ("\ufeff" + title).encode("utf-16-be").hex().upper()
        self.info = self.writer.put(f"<</Title <{hexed}> /Producer (yidun)>>".encode())
        self.groups: list[tuple[int, list[int]]] = []
        self.before = before
        self._qr_head = self._head()

    def _head(self) -> str:
        qr = self.layout.qr
        place = f"q {n(qr.side)} 0 0 {n(qr.side)} {n(qr.left)} {n(qr.top - qr.side)} cm"
        return f"{place} BI /W {qr.modules} /H {qr.modules} /IM true /BPC 1 /D [1 0] /F /AHx ID "

    def _font(self, letters: Letters) -> int:
        """A composite font with Identity-H: character code = glyph number of the subset."""
        writer, glyphs = self.writer, letters.glyphs
        file = writer.stream(f"/Length1 {len(letters.file)}", letters.file)
        name = f"{'YDSUBR' if letters.weight == REGULAR else 'YDSUBB'}+NotoSansSC-{letters.weight}"
        descriptor = writer.put(
            f"<</Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [-1000 -400 2000 1200] /ItalicAngle 0 /Ascent 880 "
            f"/Descent -120 /CapHeight 733 /StemV 80 /FontFile2 {file} 0 R>>".encode()
        )
        widths = " ".join(f"{glyph} [{round(letters.face.advance(char) * 1000)}]" for char, glyph in glyphs.items())
        below = writer.put(
            f"<</Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDToGIDMap /Identity /DW 1000 /W [{widths}] "
            f"/CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor {descriptor} 0 R>>".encode()
        )
        unicode = writer.stream("", _to_unicode(glyphs).encode())
        return writer.put(
            f"<</Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H /DescendantFonts [{below} 0 R] "
            f"/ToUnicode {unicode} 0 R>>".encode()
        )

    def _form(self, fonts: str) -> int:
        body = "\n".join(self.draw(item) for item in self.layout.items)
        box = f"[0 0 {n(self.layout.width)} {n(self.layout.height)}]"
        return self.writer.stream(
            f"/Type /XObject /Subtype /Form /BBox {box} /Resources <</Font <<{fonts}>>>>", body.encode()
        )

    def draw(self, item: Item) -> str:
        """The operators of one part of the layout, in millimetres."""
        if isinstance(item, Text):
            name = "B" if item.bold else "R"
            return self.letters[name].show(name, item)
        if isinstance(item, Bar):
            return f"{n(item.x)} {n(item.y)} {n(item.width)} {n(item.height)} re f"
        if isinstance(item, Box):
            return f"q 0.1 w [0.6 0.6] 0 d {n(item.x)} {n(item.y)} {n(item.width)} {n(item.height)} re S Q"
        if isinstance(item, Mark):
            return _mark(item)
        return _bitmap(item)

    def page(self, paper: Paper, units: Sequence[Printed], frame: Sequence[Item]) -> None:
        """One more page with these units."""
        parts = [f"{POINTS:.6f} 0 0 {POINTS:.6f} 0 0 cm"]
        parts += [self.draw(item) for item in (*frame, *self.before)]
        for unit, (x, y) in zip(units, paper.places, strict=False):
            parts += (f"q 1 0 0 1 {n(x)} {n(y)} cm /L Do", self._unit(unit), "Q")
        content = self.writer.stream("", "\n".join(parts).encode(), level=1)
        if not self.groups or len(self.groups[-1][1]) == GROUP:
            self._close_group()
            self.groups.append((self.writer.reserve(), []))
        parent, kids = self.groups[-1]
        box = f"[0 0 {paper.width * POINTS:.3f} {paper.height * POINTS:.3f}]"
        kids.append(
            self.writer.put(
                f"<</Type /Page /Parent {parent} 0 R /MediaBox {box} /Resources {self.resources} 0 R "
                f"/Contents {content} 0 R>>".encode()
            )
        )

    def _unit(self, unit: Printed) -> str:
        parts = [self._qr_head, unit.rows.hex(), "> EI Q", self._code(self.layout.serial, unit.serial)]
        if unit.covered and self.layout.covered is not None:
            parts.append(self._code(self.layout.covered, unit.covered))
        parts += [self.draw(item) for item in unit.extra]
        return "\n".join(parts)

    def _code(self, slot: Any, code: str) -> str:
        words = fours(code)
        em = sum(self.advances[char] for char in words)
        size = slot.size_for(em)
        return self.letters["B"].show("B", Text(slot.middle - em * size / 2, slot.y, words, size, bold=True))

    def _close_group(self) -> None:
        if self.groups:
            number, kids = self.groups[-1]
            listed = " ".join(f"{kid} 0 R" for kid in kids)
            self.writer.put(
                f"<</Type /Pages /Parent {self.pages} 0 R /Count {len(kids)} /Kids [{listed}]>>".encode(), number
            )

    def end(self) -> bytes:
        """Page tree, catalogue, cross-reference table."""
        self._close_group()
        listed = " ".join(f"{number} 0 R" for number, _ in self.groups)
        count = sum(len(kids) for _, kids in self.groups)
        self.writer.put(f"<</Type /Pages /Count {count} /Kids [{listed}]>>".encode(), self.pages)
        # PrintScaling None: the print dialogue opens at 100 %.
        self.writer.put(
            f"<</Type /Catalog /Pages {self.pages} 0 R /ViewerPreferences <</PrintScaling /None>>>>".encode(),
            self.catalogue,
        )
        return self.writer.end(self.catalogue, self.info)


def _mark(item: Mark) -> str:
    scale, parts = item.height / 19.0, []
    for command, numbers in outline():
        points = " ".join(
            f"{n(item.x + numbers[i] * scale)} {n(item.y + (19.0 - numbers[i + 1]) * scale)}"
            for i in range(0, len(numbers), 2)
        )
        parts.append({"M": f"{points} m", "L": f"{points} l", "C": f"{points} c", "Z": "h"}[command])
    return " ".join(parts) + " f"


def _bitmap(item: Bitmap) -> str:
    rows, columns = item.dots.shape
    data = np.packbits(item.dots, axis=1).tobytes().hex()
    place = f"q {n(item.width)} 0 0 {n(item.height)} {n(item.x)} {n(item.y)} cm"
    return f"{place} BI /W {columns} /H {rows} /IM true /BPC 1 /D [1 0] /F /AHx ID {data}> EI Q"


def _to_unicode(glyphs: dict[str, int]) -> str:
    rows = [f"<{glyph:04X}> <{char.encode('utf-16-be').hex().upper()}>" for char, glyph in sorted(glyphs.items())]
    chunks = [rows[at : at + 100] for at in range(0, len(rows), 100)]
    body = "\n".join(f"{len(chunk)} beginbfchar\n" + "\n".join(chunk) + "\nendbfchar" for chunk in chunks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Y def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{body}\nendcmap end end"
    )
