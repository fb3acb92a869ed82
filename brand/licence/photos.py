"""Where and when a photo was taken, as its camera wrote it, read before the file is stored (no Flask, no database)."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from PIL import Image, UnidentifiedImageError

from core import clock

_GPS, _EXIF, _TAKEN = 0x8825, 0x8769, 0x9003


@dataclass(frozen=True, slots=True)
class Taken:
    """A claim of the camera, not proof: None where it wrote nothing readable."""

    at: datetime | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None


def taken(data: bytes) -> Taken:
    """What the EXIF block of a picture says; anything unreadable counts as nothing said."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            exif = picture.getexif()
            gps, at = dict(exif.get_ifd(_GPS)), exif.get_ifd(_EXIF).get(_TAKEN)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return Taken()
    latitude, longitude = _degrees(gps.get(2), gps.get(1), 90), _degrees(gps.get(4), gps.get(3), 180)
    if latitude is None or longitude is None:
        latitude = longitude = None
    return Taken(_moment(at), latitude, longitude)


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.strptime(str(text).strip("\x00 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=clock.SHANGHAI)
    except ValueError:
        return None


def _degrees(parts: Any, side: Any, limit: int) -> Decimal | None:
    try:
        d, m, s = (Decimal(str(float(part))) for part in parts)
        value = (d + m / 60 + s / 3600).quantize(Decimal("0.000001"))
    except (TypeError, ValueError, ZeroDivisionError, InvalidOperation):
        return None
    if not 0 <= value <= limit:
        return None
    return -value if str(side).strip("\x00") in ("S", "W") else value
