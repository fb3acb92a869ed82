"""Files as people and programs send them: sound ones, and those no field may keep."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import cache

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int) -> bytes:
    """A white PNG of one bit a pixel, packed row by row; 100 megapixels are a few kilobytes."""
    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    rows = b"".join(packer.compress(row * min(500, height - n)) for n in range(0, height, 500)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


@cache
def photo(kind: str = "JPEG", side: int = 240) -> bytes:
    """A small photo; ``kind`` is a format of Pillow's (HEIF among them)."""
    out = io.BytesIO()
    Image.effect_noise((side, side), 40).convert("RGB").save(out, kind)
    return out.getvalue()


@cache
def pdf() -> bytes:
    """A PDF of one empty page that runs a script where a reader lets it."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    writer._root_object[NameObject("/OpenAction")] = script
    writer.write(out)
    return out.getvalue()


def archive() -> bytes:
    """A zip that is no workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("setup.exe", b"MZ")
    return out.getvalue()


def bad() -> dict[str, tuple[bytes, str]]:
    """Content and name of what every field of photos, papers and tables refuses."""
    return {
        "renamed executable": (b"MZ\x90\x00\x03" + b"\x00" * 200, "照片.jpg"),
        "empty": (b"", "空.jpg"),
        "broken PDF": (b"%PDF-1.7\n1 0 obj << /Type /Catalog", "证明.pdf"),
        "100 megapixels": (png(10_000, 10_000), "大图.png"),
        "too long for a JPEG": (png(70_000, 1), "长图.png"),
        "half a photo": (photo()[:400], "半张.jpg"),
        "SVG with script": (SVG, "图.png"),
        "page in a photo's name": (HTML, "图.jpg"),
        "archive": (archive(), "名单.xlsx"),
        "larger than any limit": (photo() + b"\0" * (10 * 1024 * 1024), "原图.jpg"),
    }


NAMES = ("../../etc/passwd.jpg", "a\x07\x1b[2J\u202egpj.exe", "长" * 3000 + ".jpg", "..", "C:\\x\\照片 一.JPG")
