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
# A rectangle around Linyi county, rounded outwards; good for a warning, not for a border.
LINYI = (Decimal("34.9"), Decimal("35.4"), Decimal("110.2"), Decimal("111.0"))
AREA_TOLERANCE_PERCENT = 15
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


def _micro(point: tuple[float, float]) -> tuple[int, int]:
    """The corner in whole millionths of a degree, so that turns are computed exactly."""
    return round(point[0] * 1_000_000), round(point[1] * 1_000_000)


def _turn(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> int:
    """Positive where ``c`` lies left of the way from ``a`` to ``b``, 0 on its line."""
    value = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (value > 0) - (value < 0)


def _on(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> bool:
    """Whether ``c``, on the line of ``a`` and ``b``, lies between them (ends included)."""
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])


def _meet(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int], d: tuple[int, int]) -> bool:
    """Whether the two sides share a point: crossing, touching or lying on each other."""
    one, two, three, four = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if one != two and three != four:
        return True
    return (
        (one == 0 and _on(a, b, c))
        or (two == 0 and _on(a, b, d))
        or (three == 0 and _on(c, d, a))
        or (four == 0 and _on(c, d, b))
    )


def _folds(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> bool:
    """Whether the way turns right back on itself at ``b``: a spike without area."""
    return _turn(a, b, c) == 0 and (a[0] - b[0]) * (c[0] - b[0]) + (a[1] - b[1]) * (c[1] - b[1]) > 0


def _is_simple(corners: Sequence[tuple[int, int]]) -> bool:
    """Whether no two sides of the ring of distinct corners meet apart from neighbours at their common corner."""
    count = len(corners)
    for i in range(count):
        a, b, c = corners[i], corners[(i + 1) % count], corners[(i + 2) % count]
        if _folds(a, b, c):
            return False
        for j in range(i + 2, count if i else count - 1):
            if _meet(a, b, corners[j], corners[(j + 1) % count]):
                return False
    return True


def check_outline(outline: object) -> dict[str, Any]:
    """A closed, simple GeoJSON polygon (RFC 7946 3.1.6) of 3 to 199 corners at six decimals; BadInput otherwise.

    Afterwards no corner stands twice in a row and the ring runs anti-clockwise, as the standard asks.
    """
    if not isinstance(outline, Mapping):
        raise _refuse("地块边界不是 GeoJSON。", "json")
    points = _ring(outline)
    ring = [p for p, after in itertools.pairwise(points) if _micro(p) != _micro(after)]
    if len({_micro(p) for p in ring}) < 3:
        raise _refuse("边界围出的面积不到 1 平方米。", "empty")
    if not _is_simple([_micro(p) for p in ring]):
        raise _refuse("边界自己交叉或碰到了自己，请重新画一圈。", "crossing")
    if outline_area_m2([*ring, ring[0]]) < 1:
        raise _refuse("边界围出的面积不到 1 平方米。", "empty")
    if sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise([*ring, ring[0]])) < 0:
        ring.reverse()
    return {"type": "Polygon", "coordinates": [[[x, y] for x, y in [*ring, ring[0]]]]}


def corners_text(outline: Mapping[str, Any] | None) -> str:
    """The corners as people write them, one ``latitude, longitude`` a line, without the closing one."""
    return "\n".join(f"{y:.6f}, {x:.6f}" for x, y in outline["coordinates"][0][:-1]) if outline else ""


def outline_from_text(text: str) -> dict[str, Any] | None:
    """A polygon from lines ``latitude, longitude`` in walking order; None where empty, BadInput naming the line."""
    corners: list[list[Decimal]] = []
    for number, line in enumerate(unicodedata.normalize("NFKC", text).splitlines(), start=1):
        if not line.strip():
            continue
        parts = [part for part in re.split(r"[\s,、]+", line.strip()) if part]
        if len(parts) != 2:
            raise BadInput(
                f"第 {number} 行要写“纬度, 经度”两个数。", code="place.outline_line", field="corners",
                help="例如 35.142317, 110.775482。",
            )  # fmt: skip
        corners.append([degrees(parts[1], "corners"), degrees(parts[0], "corners")])
    if not corners:
        return None
    if corners[0] != corners[-1] or len(corners) == 1:
        corners.append(corners[0])
    return {"type": "Polygon", "coordinates": [corners]}


def outline_warnings(outline: Mapping[str, Any], stated_m2: int | None) -> list[str]:
    """What is worth a second look about a checked outline: outside the county, or not the area that was stated."""
    found = []
    south, north, west, east = LINYI
    corners = outline["coordinates"][0]
    if any(not (west <= Decimal(str(x)) <= east and south <= Decimal(str(y)) <= north) for x, y in corners):
        found.append("边界有一部分在临猗县的大致范围以外，请核对经纬度。")
    drawn = outline_area_m2([(x, y) for x, y in corners])
    if stated_m2 and abs(drawn - stated_m2) * 100 > stated_m2 * AREA_TOLERANCE_PERCENT:
        found.append(f"画出的面积是 {mu(drawn)} 亩，登记的是 {mu(stated_m2)} 亩，差得较多，请核对。")
    return found


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
