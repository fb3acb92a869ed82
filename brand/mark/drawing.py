"""Previews of mark files, watermarked so that a picture of the screen is of no use for printing (Pillow)."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

from brand.mark.rules import PLACE, Place
from core.document.service import FONTS

SIDE = 640
INK = (42, 33, 27, 120)
CODE_INK = (0, 0, 0)


def _face(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(next(iter(sorted(FONTS.glob("*Regular*.ttf"))))), size)


def with_code(data: bytes, code: str, place: Place, media_type: str) -> bytes:
    """The picture with the code as large as it fits in its place, centred; transparency and type are kept."""
    with Image.open(io.BytesIO(data)) as opened:
        picture = opened.convert("RGBA" if media_type == "image/png" else "RGB")
        dpi = opened.info.get("dpi")
    width, height = picture.size
    left, top = place.left * width // PLACE, place.top * height // PLACE
    wide, high = max(1, place.width * width // PLACE), max(1, place.height * height // PLACE)
    pen = ImageDraw.Draw(picture)
    size = high
    while size > 6 and pen.textbbox((0, 0), code, font=_face(size), anchor="lt")[2] > wide:
        size -= max(1, size // 20)
    pen.text((left + wide / 2, top + high / 2), code, fill=CODE_INK, font=_face(size), anchor="mm")
    out = io.BytesIO()
    extra = {"dpi": dpi} if dpi else {}
    if media_type == "image/png":
        picture.save(out, "PNG", optimize=True, **extra)
    else:
        picture.save(out, "JPEG", quality=95, **extra)
    return out.getvalue()


def preview(data: bytes, words: str) -> bytes:
    """A PNG of at most 640 pixels with the words across it, again and again; raises what Pillow raises for no picture."""
    with Image.open(io.BytesIO(data)) as picture:
        flat = Image.new("RGB", picture.size, "#FFFDF8")
        layer = picture.convert("RGBA")
        flat.paste(layer, mask=layer.getchannel("A"))
    flat.thumbnail((SIDE, SIDE))
    sheet = flat.convert("RGBA")
    veil = Image.new("RGBA", (SIDE * 2, SIDE * 2), (0, 0, 0, 0))
    pen = ImageDraw.Draw(veil)
    face = _face(22)
    width = int(pen.textlength(words, font=face)) + 60
    for row, y in enumerate(range(0, SIDE * 2, 80)):
        for x in range(-width + (row % 2) * width // 2, SIDE * 2, width):
            pen.text((x, y), words, fill=INK, font=face, stroke_width=1, stroke_fill=(255, 253, 248, 120))
    veil = veil.rotate(24, resample=Image.Resampling.BICUBIC)
    left, top = (veil.width - sheet.width) // 2, (veil.height - sheet.height) // 2
    sheet.alpha_composite(veil.crop((left, top, left + sheet.width, top + sheet.height)))
    out = io.BytesIO()
    sheet.convert("RGB").save(out, "PNG", optimize=True)
    return out.getvalue()
