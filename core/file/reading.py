"""What an upload really is, decided by its content; photos come back upright, without GPS (no Flask, no database)."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from dataclasses import dataclass

import filetype
import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from core.file.errors import Broken, EmptyFile, PictureTooLarge, WrongType

pillow_heif.register_heif_opener()

MAX_PIXELS = 50_000_000
MAX_SIDE = 30_000  # a JPEG has at most 65,500
# What readers of pictures and PDFs raise on bytes that are no such thing, beside their own errors.
_UNREADABLE = (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, EOFError, AssertionError,
               SyntaxError, RecursionError, MemoryError, struct.error, zlib.error)  # fmt: skip
SIZES = (96, 640, 1280)
KINDS: dict[str, tuple[str, frozenset[str]]] = {
    "picture": ("照片（JPEG、PNG、WebP 或 HEIC）", frozenset({"image"})),
    "document": ("PDF 或照片", frozenset({"image", "pdf"})),
    "artwork": ("PNG、JPEG 或 PDF", frozenset({"image", "pdf"})),
    "table": ("Excel（xlsx）或 CSV 表格", frozenset({"xlsx", "csv"})),
}
_IMAGES = {"image/jpeg", "image/png", "image/webp", "image/heic", "image/heif", "image/heic-sequence", "image/avif"}


@dataclass(frozen=True, slots=True)
class Read:
    """A readable upload: the bytes to keep, their type, and the renditions of a picture."""

    data: bytes
    media_type: str
    extension: str
    width: int | None = None
    height: int | None = None
    gps_removed: bool = False
    renditions: tuple[tuple[int, bytes, int, int], ...] = ()


def read(data: bytes, kind: str, *, keep_gps: bool = False) -> Read:
    """Check ``data`` against ``kind``; raises ``EmptyFile``, ``WrongType``, ``Broken``, ``PictureTooLarge``."""
    wanted, families = KINDS[kind]
    if not data:
        raise EmptyFile("文件是空的。", help=f"重新选择{wanted}。")
    family, media_type = _family(data)
    if family not in families:
        raise WrongType(f"这不是{wanted}，内容是别的类型。", help=f"请上传{wanted}，只改文件名不行。")
    if family == "image":
        return (
            _artwork(data) if kind == "artwork" and media_type == "image/png" else _picture(data, media_type, keep_gps)
        )
    if family == "pdf":
        return _pdf(data)
    return Read(data, media_type, "xlsx" if family == "xlsx" else "csv")


def _family(data: bytes) -> tuple[str, str]:
    guess = filetype.guess(data)
    mime = guess.mime if guess else ""
    if mime in _IMAGES or data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1"):
        return "image", mime or "image/heic"
    if data[:1024].lstrip()[:5] == b"%PDF-":
        return "pdf", "application/pdf"
    if data[:4] == b"PK\x03\x04":
        return ("xlsx", _XLSX) if _is_xlsx(data) else ("archive", mime)
    if guess is None and b"\x00" not in data[:4096] and _is_text(data):
        return "csv", "text/csv"
    return "other", mime


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _is_xlsx(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def _is_text(data: bytes) -> bool:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _pdf(data: bytes) -> Read:
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise Broken("这份 PDF 加了密码，别人打不开。", help="去掉密码，或拍照上传。")
        pages = len(reader.pages)
    except Broken:
        raise
    except (PyPdfError, *_UNREADABLE) as error:
        raise Broken("这份 PDF 打不开，可能没有传完整。", help="在电脑上能打开后再传，或拍照上传。") from error
    if pages == 0:
        raise Broken("这份 PDF 一页都没有。", help="换一份有内容的。")
    return Read(data, "application/pdf", "pdf")


def grey(data: bytes, longest: int) -> Image.Image:
    """A photo upright in shades of grey, at most ``longest`` pixels on its longer side, for reading codes; errors as ``read``."""
    if not data:
        raise EmptyFile("照片是空的。", help="重新拍一张。")
    if _family(data)[0] != "image":
        raise WrongType("这不是照片，内容是别的类型。", help="拍一张照片，或从相册里选一张。")
    upright, _ = _upright(data)
    upright.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return upright.convert("L")


def _upright(data: bytes) -> tuple[Image.Image, bool]:
    """The picture as it is to be looked at, and whether it told where it was taken."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data))
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise PictureTooLarge(
                    f"照片太大（{width} × {height}），最多 5000 万像素。", help="用手机原图的“大”或“中”尺寸再传。"
                )
            if max(width, height) > MAX_SIDE:
                raise PictureTooLarge(
                    f"照片太长（{width} × {height}），每一边最多 {MAX_SIDE} 像素。", help="长截图请截成几张再传。"
                )
            had_gps = bool(picture.getexif().get_ifd(0x8825))
            upright = ImageOps.exif_transpose(picture)
            upright.load()
    except PictureTooLarge:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, *_UNREADABLE) as error:
        raise Broken("这张照片打不开，可能没有传完整。", help="重新拍一张，或换一张再传。") from error
    return upright, had_gps


def _picture(data: bytes, media_type: str, keep_gps: bool) -> Read:
    upright, had_gps = _upright(data)
    flat = upright.convert("RGB") if upright.mode not in ("RGB", "L") else upright
    keep = data if keep_gps and media_type in ("image/jpeg", "image/png") else _jpeg(flat, 92)
    renditions = []
    for size in SIZES:
        small = flat.copy()
        small.thumbnail((size, size), Image.Resampling.LANCZOS)
        renditions.append((size, _jpeg(small, 84), small.width, small.height))
    return Read(keep, "image/jpeg" if keep is not data else media_type, "jpg", flat.width, flat.height,
                gps_removed=had_gps and not keep_gps, renditions=tuple(renditions))  # fmt: skip


def _artwork(data: bytes) -> Read:
    """A PNG kept as a PNG, its transparency with it, everything beside the pixels left behind."""
    found = _picture(data, "image/png", False)
    with Image.open(io.BytesIO(data)) as picture:
        flat = picture.convert("RGBA")
    out = io.BytesIO()
    flat.save(out, "PNG", optimize=True)
    return Read(out.getvalue(), "image/png", "png", found.width, found.height, renditions=found.renditions)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
