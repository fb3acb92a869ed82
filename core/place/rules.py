"""Points, outlines and areas (pure).  Degrees are WGS 84 decimals; areas are whole square metres."""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from core.errors import BadInput
from core.identifiers import normalise_text

MU_M2 = Decimal(2000) / Decimal(3)  # 1 亩
MAX_VERTICES = 200
MAX_AREA_M2 = 100_000_000  # 100 km², beyond any plot: a slip of the unit
EARTH_RADIUS_M = 6_371_008.8
CHINA = (Decimal(3), Decimal(54), Decimal(73), Decimal(136))  # south, north, west, east
_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{0,19}")
_LATITUDE_STEP = Decimal("0.01")  # about 1.1 km


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the earth, six decimals."""

    latitude: Decimal
    longitude: Decimal


def place_code(text: str) -> str:
    """The place's short code: 1 to 20 of 0-9 A-Z and hyphen, upper case; BadInput otherwise."""
    code = unicodedata.normalize("NFKC", normalise_text(text)).upper().replace(" ", "")
    if not _CODE.fullmatch(code):
        raise BadInput("编号用 1 到 20 位数字、大写字母和短横，例如 P-0317。", code="place.code_shape", field="code")
    return code


def degrees(text: object, field: str) -> Decimal:
    """``text`` as decimal degrees with six places, or BadInput naming the field."""
    try:
        value = text if isinstance(text, Decimal) else Decimal(unicodedata.normalize("NFKC", normalise_text(str(text))))
    except InvalidOperation:
        raise BadInput("经纬度写成小数，例如 35.142000。", code="place.degrees", field=field) from None
    if not value.is_finite():
        raise BadInput("经纬度写成小数，例如 35.142000。", code="place.degrees", field=field)
    return value.quantize(Decimal("0.000001"))


def check_point(latitude: object, longitude: object) -> Point:
    """A point within China's bounding box; swapped latitude and longitude are told, not mended."""
    south, north, west, east = CHINA
    point = Point(degrees(latitude, "latitude"), degrees(longitude, "longitude"))
    if south <= point.longitude <= north and west <= point.latitude <= east:
        raise BadInput(
            "纬度和经度填反了，请对调。",
            code="place.swapped",
            field="latitude",
            help="临猗一带纬度约 35.1，经度约 110.8。",
        )
    if not south <= point.latitude <= north:
        raise BadInput(
            "纬度不在国内范围，请核对。", code="place.latitude", field="latitude", help="临猗一带纬度约 35.1。"
        )
    if not west <= point.longitude <= east:
        raise BadInput(
            "经度不在国内范围，请核对。", code="place.longitude", field="longitude", help="临猗一带经度约 110.8。"
        )
    return point


def public_point(point: Point) -> Point:
    """The point the public may see: hundredths of a degree, about 1 km (TRUST 6)."""
    return Point(
        point.latitude.quantize(_LATITUDE_STEP, ROUND_HALF_EVEN),
        point.longitude.quantize(_LATITUDE_STEP, ROUND_HALF_EVEN),
    )


def village(text: str) -> str:
    """Town and village without the province, city and county that every place here shares; BadInput where empty."""
    words = normalise_text(text)
    for common in ("山西省", "运城市", "临猗县"):
        words = words.removeprefix(common).lstrip()
    if not words:
        raise BadInput(
            "还没有填所在的乡镇和村。", code="place.village", field="village", help="写到村为止，例如 庙上乡示例村。"
        )
    if len(words) > 60:
        raise BadInput("乡镇和村最多 60 个字。", code="place.village", field="village")
    return words


def area_m2(mu: Decimal) -> int:
    """Whole square metres of an area in 亩, at least 1; BadInput when not positive or beyond any plot."""
    if not mu.is_finite() or mu <= 0:
        raise BadInput("面积要大于 0。", code="place.area", field="area_m2", help="按亩填，可以带小数，例如 12.6。")
    metres = int((mu * MU_M2).to_integral_value(ROUND_HALF_EVEN))
    if metres > MAX_AREA_M2:
        raise BadInput("面积太大，请核对单位是不是亩。", code="place.area", field="area_m2")
    return max(metres, 1)


def mu(metres: int) -> Decimal:
    """亩 of whole square metres, one decimal."""
    return (Decimal(metres) / MU_M2).quantize(Decimal("0.1"))


# --- outlines --------------------------------------------------------------------------------------------------------


def _refuse(message: str, code: str) -> BadInput:
    return BadInput(
        message, code=f"place.outline_{code}", field="outline", help="用地图工具导出一个面（Polygon）的 GeoJSON。"
    )


def _ring(outline: Mapping[str, Any]) -> list[tuple[float, float]]:
    if outline.get("type") != "Polygon":
        raise _refuse("地块边界要是一个面（Polygon）。", "type")
    rings = outline.get("coordinates")
    if not isinstance(rings, Sequence) or isinstance(rings, str) or len(rings) != 1:
        raise _refuse("地块边界只能有一圈，不能有空洞。", "rings")
    ring = rings[0]
    if not isinstance(ring, Sequence) or isinstance(ring, str) or not 4 <= len(ring) <= MAX_VERTICES:
        raise _refuse(f"边界要有 3 到 {MAX_VERTICES - 1} 个点，首尾相同。", "length")
    points: list[tuple[float, float]] = []
    for position in ring:
        if not isinstance(position, Sequence) or isinstance(position, str) or len(position) < 2:
            raise _refuse("边界里有一个点不是“经度, 纬度”。", "position")
        if any(isinstance(v, bool) or not isinstance(v, (int, float, Decimal)) for v in position[:2]):
            raise _refuse("边界里有一个点不是数字。", "position")
        checked = check_point(Decimal(str(position[1])), Decimal(str(position[0])))
        points.append((float(checked.longitude), float(checked.latitude)))
    if points[0] != points[-1]:
        raise _refuse("边界没有闭合，最后一个点要和第一个点相同。", "open")
    return points


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _cross(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]) -> bool:
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def check_outline(outline: object) -> dict[str, Any]:
    """A closed, simple GeoJSON polygon of at most 199 corners, coordinates at six decimals; BadInput otherwise."""
    if not isinstance(outline, Mapping):
        raise _refuse("地块边界不是 GeoJSON。", "json")
    points = _ring(outline)
    edges = list(itertools.pairwise(points))
    for i, (a, b) in enumerate(edges):
        if any(_cross(a, b, c, d) for c, d in edges[i + 2 :]):
            raise _refuse("边界自己交叉了，请重新画一圈。", "crossing")
    if outline_area_m2(points) < 1:
        raise _refuse("边界围出的面积不到 1 平方米。", "empty")
    return {"type": "Polygon", "coordinates": [[[x, y] for x, y in points]]}


def outline_area_m2(points: Sequence[tuple[float, float]]) -> int:
    """Square metres enclosed by ``(longitude, latitude)`` corners, on a sphere, flat at their middle latitude."""
    middle = math.radians(sum(y for _, y in points) / len(points))
    flat = [(math.radians(x) * math.cos(middle) * EARTH_RADIUS_M, math.radians(y) * EARTH_RADIUS_M) for x, y in points]
    x0, y0 = flat[0]
    local = [(x - x0, y - y0) for x, y in flat]
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(local))
    return round(abs(twice) / 2)


def outline_centre(outline: Mapping[str, Any]) -> Point:
    """The mean corner of a checked outline, as the plot's point where none was given."""
    corners = outline["coordinates"][0][:-1]
    count = Decimal(len(corners))
    x = sum((Decimal(str(c[0])) for c in corners), Decimal(0)) / count
    y = sum((Decimal(str(c[1])) for c in corners), Decimal(0)) / count
    return check_point(y, x)
