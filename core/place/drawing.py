"""An outline drawn on the server: the shape alone, north up, with a bar for its length; no map from anywhere."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

SIZE = 320
MARGIN = 24


def _flat(corners: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """Metres east and south of the first corner, flat at the middle latitude."""
    middle = math.radians(sum(c[1] for c in corners) / len(corners))
    lon, lat = corners[0][0], corners[0][1]
    return [((c[0] - lon) * 111_320 * math.cos(middle), (lat - c[1]) * 110_950) for c in corners]


def scale_bar_m(span_m: float) -> int:
    """A round length of about a third of the drawing."""
    wanted = max(span_m / 3, 1)
    step = 10 ** math.floor(math.log10(wanted))
    return int(max(f * step for f in (1, 2, 5) if f * step <= wanted))


def outline_svg(corners: Sequence[Sequence[float]]) -> Markup:
    """The closed ring of ``(longitude, latitude)`` corners as SVG."""
    points = _flat(corners)
    left, top = min(x for x, _ in points), min(y for _, y in points)
    span = max(max(x for x, _ in points) - left, max(y for _, y in points) - top, 1.0)
    scale = (SIZE - 2 * MARGIN) / span
    drawn = [(MARGIN + (x - left) * scale, MARGIN + (y - top) * scale) for x, y in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in drawn[:-1])
    metres = scale_bar_m(span)
    bar = f'<path d="M{MARGIN} {SIZE - 8}h{metres * scale:.1f}" class="plot-bar"/>'
    return Markup(  # noqa: S704 (numbers only, formatted here)
        f'<svg class="plot-drawing" viewBox="0 0 {SIZE} {SIZE + 8}" role="img" aria-label="地块边界，上方为北，{len(drawn) - 1} 个点">'
        f'<polygon points="{path}" class="plot-shape"/><g class="plot-dots">{dots}</g>{bar}'
        f'<text x="{MARGIN}" y="{SIZE - 12}" class="plot-word">{metres} 米</text>'
        f'<text x="{SIZE - 8}" y="16" text-anchor="end" class="plot-word">北 ↑</text></svg>'
    )
