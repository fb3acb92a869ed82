"""Uploads are what their content says, never what their name says."""

from __future__ import annotations

import contextlib
import io
import random
import struct
import zlib

import pytest
from PIL import Image

from core.errors import DomainError
from core.file import reading
from core.file.errors import Broken, EmptyFile, PictureTooLarge, WrongType
from core.file.service import clean_filename
from tests.support import uploads


def jpeg(size: tuple[int, int] = (1600, 900), *, exif: Image.Exif | None = None) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (180, 40, 30)).save(out, "JPEG", **({"exif": exif} if exif else {}))
    return out.getvalue()


def with_gps() -> bytes:
    exif = Image.Exif()
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (35.0, 8.0, 31.0)
    exif[0x0112] = 6  # turned by 90 degrees
    return jpeg((1600, 900), exif=exif)


def huge_png() -> bytes:
    """A valid header of 10000 x 10000 pixels: refused before anything is decoded."""
    head = struct.pack(">IIBBBBB", 10000, 10000, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00" * 100)) + chunk(b"IEND", b"")
    )


def test_a_photo_comes_back_upright_without_gps_and_with_renditions() -> None:
    found = reading.read(with_gps(), "picture")
    assert (found.width, found.height) == (900, 1600)
    assert found.gps_removed
    kept = Image.open(io.BytesIO(found.data))
    assert not kept.getexif().get_ifd(0x8825)
    assert [(s, max(w, h)) for s, _, w, h in found.renditions] == [(96, 96), (640, 640), (1280, 1280)]


def test_a_heic_photo_is_turned_into_jpeg() -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (10, 120, 30)).save(out, "HEIF")
    found = reading.read(out.getvalue(), "picture")
    assert found.media_type == "image/jpeg"
    assert Image.open(io.BytesIO(found.data)).format == "JPEG"


@pytest.mark.parametrize(
    ("data", "kind", "error"),
    [
        (b"", "picture", EmptyFile),
        (b"MZ\x90\x00" + b"\x00" * 200, "picture", WrongType),  # a program renamed to photo.jpg
        (b"\x7fELF\x02\x01\x01" + b"\x00" * 200, "document", WrongType),
        (b"<html><script>alert(1)</script></html>", "picture", WrongType),
        (b"%PDF-1.7\nbroken", "document", Broken),
        (jpeg()[:400], "picture", Broken),
        (huge_png(), "picture", PictureTooLarge),
        (b"PK\x03\x04" + b"\x00" * 60, "table", WrongType),
        (jpeg(), "table", WrongType),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_typed_error(data: bytes, kind: str, error: type[DomainError]) -> None:
    with pytest.raises(error) as told:
        reading.read(data, kind)
    assert told.value.message
    assert told.value.help


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("执照.exe", "执照.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\图\\a<b>.png", "ab.jpg"),
        ("\u202egpj.exe", "gpj.jpg"),
        ("", "文件.jpg"),
    ],
)
def test_file_names_are_made_harmless(name: str, clean: str) -> None:
    assert clean_filename(name, "jpg") == clean


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "HEIF", "PDF"])
def test_a_file_cut_off_or_with_wrong_bytes_is_read_or_refused_and_nothing_else(kind: str) -> None:
    whole, chance = uploads.pdf() if kind == "PDF" else uploads.photo(kind, 24), random.Random(kind)
    for _ in range(40):
        spoilt = bytearray(whole[: chance.randrange(1, len(whole))] if chance.random() < 0.3 else whole)
        for _ in range(chance.randrange(1, 9)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        with contextlib.suppress(DomainError):
            reading.read(bytes(spoilt), "document")


@pytest.mark.parametrize(("width", "height"), [(70_000, 1), (1, 70_000), (30_001, 8)])
def test_a_picture_longer_than_a_jpeg_can_be_is_refused_with_what_to_do(width: int, height: int) -> None:
    with pytest.raises(PictureTooLarge, match="每一边最多 30000 像素") as told:
        reading.read(uploads.png(width, height), "picture")
    assert told.value.help


def test_the_longest_picture_and_a_hundred_megapixels() -> None:
    assert reading.read(uploads.png(30_000, 1), "picture").width == 30_000
    with pytest.raises(PictureTooLarge, match="5000 万像素"):
        reading.read(uploads.png(10_000, 10_000), "picture")


@pytest.mark.parametrize("kind", reading.KINDS)
@pytest.mark.parametrize("name", [n for n in uploads.bad() if n != "larger than any limit"])
def test_what_no_field_may_keep_is_refused_as_every_kind_with_what_to_do(name: str, kind: str) -> None:
    if kind == "table" and name in ("SVG with script", "page in a photo's name"):
        return  # text like a CSV; the reader of the table says no
    with pytest.raises(DomainError) as told:
        reading.read(uploads.bad()[name][0], kind)
    assert told.value.help
    assert 400 <= told.value.status < 500


def test_a_picture_that_is_also_a_page_keeps_its_pixels_only() -> None:
    assert b"<script>" not in reading.read(uploads.photo() + uploads.HTML, "picture").data
    assert b"<script>" not in reading.read(uploads.png(64, 64) + uploads.HTML, "artwork").data


@pytest.mark.parametrize("name", uploads.NAMES)
def test_no_name_of_an_upload_names_a_place_or_hides_anything(name: str) -> None:
    clean = clean_filename(name, "jpg")
    assert clean.endswith(".jpg")
    assert len(clean) <= 84
    assert not set(clean) & set("/\\\x07\x1b\u202e")
