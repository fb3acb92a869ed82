"""Poster of a lot for a shop (A4, A3) and share pictures, drawn with Pillow: what can be scanned, no praise (LOOK)."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from core.config import ROOT
from core.db import db
from core.errors import RuleBroken, Unmet
from core.organisation.queries import get_organisation
from core.qr import matrix
from trace.item.models import Item
from trace.lot.models import Lot
from trace.scan.addresses import Address
from trace.scan.timeline import Lines
from trace.signing.queries import record_for_lot

DPI = 200
SIZES = {"a4": (1654, 2339), "a3": (2339, 3307)}  # pixels at 200 dpi
SHAPES = {"wide": (1200, 630), "square": (1080, 1080)}
_FONTS = ROOT / "core" / "document" / "fonts"
PAPER, SHEET, INK, GREY, JUJUBE = "#F6F0E4", "#FFFDF8", "#2A211B", "#5F5248", "#5A2A1C"
_QUIET = 4


@dataclass(frozen=True, slots=True)
class PosterFacts:
    """What stands on a poster, all of it out of the sealed record; ``address`` is what the QR holds."""

    name: str
    line: str
    lot_no: str
    producer: str
    sealed: str
    address: str
    host: str


def facts_of(lot: Lot, origin: str) -> PosterFacts:
    """The poster of a sealed lot that may be sold; RuleBroken says what is missing."""
    record = record_for_lot(lot.id)
    if record is None or lot.state != "sealed" or not record.is_unchanged:
        raise RuleBroken(
            unmet=[
                Unmet(
                    "scan.poster",
                    "这批还没有可以展示的记录。",
                    help="先封存这一批；停售的批次不印海报。",
                    who="本单位负责人",
                )
            ]
        )
    item = db.session.get_one(Item, lot.item_id)
    owner = get_organisation(item.organisation_id)
    address = Address(gtin=item.gtin or "", code="" if item.gtin else owner.code, own_code=item.own_code or "")
    lines = Lines(record.payload.get("credentialSubject", {}), record)
    return PosterFacts(
        lines.name or item.name, lines.line, lot.lot_no, get_organisation(lot.sealer_id).public_name,
        f"{record.sealed_at:%Y-%m-%d}", origin + address.path(lot=lot.lot_no), origin.split("//")[-1],
    )  # fmt: skip


def poster(facts: PosterFacts, size: str) -> bytes:
    """The poster as a one-page PDF."""
    out = io.BytesIO()
    draw_poster(facts, SIZES[size]).save(out, "PDF", resolution=DPI, quality=95, title=f"批次 {facts.lot_no}")
    return out.getvalue()


def share(facts: PosterFacts, shape: str) -> bytes:
    """The share picture as PNG."""
    out = io.BytesIO()
    draw_share(facts, SHAPES[shape]).save(out, "PNG", optimize=True)
    return out.getvalue()


def draw_poster(facts: PosterFacts, size: tuple[int, int]) -> Image.Image:
    """Words above, the QR in the middle, what is checked below."""
    width, height = size
    unit = width / 100
    picture = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(picture)
    y = _brand(pen, unit * 8, unit * 8, unit)
    _double_rule(pen, unit * 8, y + unit * 4, unit * 84, unit)
    y += unit * 9
    for text, points, bold, colour in (
        ("扫码看这批货的记录", 7.2, True, INK), (facts.name, 5.2, True, JUJUBE), (facts.line, 3.2, False, GREY),
        (f"批次 {facts.lot_no}", 3.2, False, GREY), (facts.producer, 3.2, False, GREY),
    ):  # fmt: skip
        y = _text(pen, (unit * 8, y), text, unit * points, unit * 84, bold=bold, colour=colour) if text else y
    side = min(unit * 62, height - y - unit * 34)
    code = qr_picture(facts.address, int(side))
    left = (width - code.width) // 2
    picture.paste(code, (left, int(y + unit * 4)))
    y += unit * 8 + code.height
    for text, points in (
        ("能看到谁写的、什么时候封存、写后有没有改过。", 3.4), ("内容是否属实，由填写的单位负责。", 3.0),
        (f"打开的网址应是 {facts.host}", 3.0),
    ):  # fmt: skip
        y = _text(pen, (unit * 8, y), text, unit * points, unit * 84, colour=INK if points > 3.2 else GREY)
    return picture


def draw_share(facts: PosterFacts, size: tuple[int, int]) -> Image.Image:
    """Words left (or above), the QR right (or below them, as large as the room left)."""
    width, height = size
    wide = width > height
    unit = min(width, height) / 100
    picture = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(picture)
    code = qr_picture(facts.address, int(unit * 66)) if wide else None
    room = width - code.width - unit * 24 if code else width - unit * 16
    scale = unit * (1.0 if wide else 0.8)
    y = _brand(pen, unit * 8, scale * 7, scale * 1.2)
    _double_rule(pen, unit * 8, y + scale * 2, room, unit)
    y += scale * 7
    for text, points, bold, colour in (
        (facts.name, 9.0, True, INK), (facts.line, 4.4, False, GREY), (f"批次 {facts.lot_no}", 4.4, False, GREY),
        (facts.producer, 4.4, False, GREY), (f"{facts.sealed} 封存，扫码看记录", 4.4, False, JUJUBE),
    ):  # fmt: skip
        y = _text(pen, (unit * 8, y), text, scale * points, room, bold=bold, colour=colour) if text else y
    if code is not None:
        picture.paste(code, (width - code.width - int(unit * 8), (height - code.height) // 2))
    else:
        code = qr_picture(facts.address, int(height - y - unit * 6))
        picture.paste(code, (width - code.width - int(unit * 8), height - code.height - int(unit * 4)))
    return picture


def qr_picture(text: str, side: int) -> Image.Image:
    """A QR of ``text`` with its quiet zone, at most ``side`` pixels, every module the same whole number of pixels."""
    rows = matrix(text)
    count = len(rows) + 2 * _QUIET
    module = max(side // count, 1)
    picture = Image.new("L", (count, count), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                picture.putpixel((x + _QUIET, y + _QUIET), 0)
    return picture.resize((count * module, count * module), Image.Resampling.NEAREST).convert("RGB")


def _brand(pen: ImageDraw.ImageDraw, x: float, y: float, unit: float) -> float:
    return _text(pen, (x, y), "猗顿农品", unit * 4, unit * 60, bold=True, colour=JUJUBE)


def _double_rule(pen: ImageDraw.ImageDraw, x: float, y: float, length: float, unit: float) -> None:
    """The thick and the thin rule."""
    thick, gap, thin = max(int(unit * 0.5), 3), max(int(unit * 0.25), 2), max(int(unit * 0.12), 1)
    pen.rectangle((x, y, x + length, y + thick), fill=JUJUBE)
    pen.rectangle((x, y + thick + gap, x + length, y + thick + gap + thin), fill=JUJUBE)


def _text(
    pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: float, room: float, *, bold: bool = False, colour: str = INK
) -> float:  # fmt: skip
    """One line, made smaller until it fits; returns where the next line may begin."""
    points = int(size)
    while points > 10 and pen.textlength(text, font=_font(points, bold)) > room:
        points -= 1
    pen.text(at, text, font=_font(points, bold), fill=colour)
    return at[1] + size * 1.5


@lru_cache(maxsize=128)
def _font(points: int, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / f"NotoSansSC-{'Bold' if bold else 'Regular'}.ttf"), points)
