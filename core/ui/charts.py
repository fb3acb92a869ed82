"""The one chart mechanism: drawn on the server as SVG, redrawn by ECharts where script runs, with its table beside.

LOOK 8: bars from zero (downwards where negative), even grid lines, last value labelled, a missing value is a gap, provisional
bars are hatched.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from markupsafe import Markup, escape

from core.ui.drawing import _PATTERNS, _unique
from core.ui.markup import svg

Number = int | float | Decimal
_H, _LEFT, _TOP, _BOTTOM = 260, 52, 28, 34
_SMALL = 8
_LINES = ("var-gold", "var-leaf", "var-sushui")


@dataclass(frozen=True)
class Series:
    """One row of numbers; ``None`` is a gap, never zero."""

    name: str
    values: Sequence[Number | None]
    kind: Literal["bar", "line"] = "bar"

    @property
    def total(self) -> Number:
        """The sum of what is known."""
        return sum((v for v in self.values if v is not None), 0)


@dataclass(frozen=True)
class Chart:
    """Title with measure, unit and 口径; labels along the axis; series; which labels are provisional."""

    title: str
    unit: str
    labels: Sequence[str]
    series: Sequence[Series]
    note: str = ""
    provisional: Collection[str] = field(default_factory=frozenset)
    provisional_word: str = "未锁定"
    sums: bool = False

    def __post_init__(self) -> None:
        if any(len(s.values) != len(self.labels) for s in self.series):
            raise ValueError("every series needs one value (or None) per label")

    @property
    def top(self) -> float:
        """The upper end of the axis: the next round number above the largest value."""
        return (
            math.ceil(max(self._known, default=0.0) / self.step - 1e-9) * self.step
            if self._known_negative
            else 4 * self.step
        )

    @property
    def bottom(self) -> float:
        """The lower end of the axis: zero, or the next grid line below the smallest negative value."""
        return (
            -math.ceil(-min(self._known, default=0.0) / self.step - 1e-9) * self.step if self._known_negative else 0.0
        )

    @property
    def step(self) -> float:
        """From one grid line to the next."""
        return nice_top(max((abs(v) for v in self._known), default=0.0)) / 4

    @property
    def _known(self) -> list[float]:
        return [0.0, *(float(v) for s in self.series for v in s.values if v is not None)]

    @property
    def _known_negative(self) -> bool:
        return min(self._known) < 0

    @property
    def small(self) -> bool:
        """Few labels: drawn narrow enough for the right column, with the table folded below."""
        return len(self.labels) <= _SMALL

    @property
    def _width(self) -> int:
        return _LEFT + max(4, len(self.labels)) * (42 if self.small else 56)

    def options_json(self) -> str:
        """What the script needs, as plain data (no code)."""
        data = {
            "unit": self.unit,
            "labels": list(self.labels),
            "provisional": [label for label in self.labels if label in self.provisional],
            "provisionalWord": self.provisional_word,
            "top": self.top,
            "bottom": self.bottom,
            "step": self.step,
            "series": [
                {"name": s.name, "kind": s.kind, "values": [None if v is None else float(v) for v in s.values]}
                for s in self.series
            ],
        }
        return json.dumps(data, ensure_ascii=False)

    def svg(self) -> Markup:
        """The drawing without script."""
        step = (self._width - _LEFT) / max(1, len(self.labels))
        pattern = _unique("h")
        body = self._grid()
        bars = [s for s in self.series if s.kind == "bar"]
        for n, s in enumerate(bars):
            body += self._bars(s, n, len(bars), step, pattern)
        for n, s in enumerate(s for s in self.series if s.kind == "line"):
            body += self._line(s, step, _LINES[n % 3])
        for i, label in enumerate(self.labels):
            body += (
                f'<text x="{_LEFT + step * (i + 0.5):.1f}" y="{_H - 12}" text-anchor="middle">{escape(label)}</text>'
            )
        if all(v is None for s in self.series for v in s.values):
            body += (
                f'<text x="{(self._width + _LEFT) / 2}" y="{_H / 2}" text-anchor="middle">还没有数据，不按 0 计</text>'
            )
        defs = _PATTERNS["hatch"].format(id=pattern)
        size = " chart-small" if self.small else ""
        title = f"{escape(self.title)}，{escape(self.unit)}，数据见下表"
        return svg(
            f'<svg class="chart-y{size}" viewBox="0 0 {self._width} {_H}" role="img" aria-label="{title}"><defs>{defs}</defs>{body}</svg>'
        )

    def _y(self, value: float) -> float:
        return _H - _BOTTOM - (value - self.bottom) / (self.top - self.bottom) * (_H - _TOP - _BOTTOM)

    def _grid(self) -> str:
        out = ""
        for n in range(round(self.bottom / self.step), round(self.top / self.step) + 1):
            value = self.step * n
            y = self._y(value)
            cls = "g-axis" if n == 0 else "g-line"
            out += f'<path class="{cls}" d="M{_LEFT} {y:.1f}H{self._width}"/><text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{short(value)}</text>'
        return out

    def _bars(self, s: Series, index: int, of: int, step: float, pattern: str) -> str:
        width = min(44.0, step * 0.58) / of
        last = max((i for i, v in enumerate(s.values) if v is not None), default=-1)
        out = ""
        for i, v in enumerate(s.values):
            if v is None:
                continue
            x = _LEFT + step * (i + 0.5) - width * of / 2 + width * index
            zero, y = self._y(0.0), self._y(float(v))
            beside = y + 15 if v < 0 else y - 7
            loose = self.labels[i] in self.provisional
            fill = f'class="q-loose" fill="url(#{pattern})"' if loose else f'class="q-bar{index}"'
            out += f'<rect x="{x:.1f}" y="{min(y, zero):.1f}" width="{width:.1f}" height="{abs(zero - y):.1f}" {fill}/>'
            if loose:
                out += f'<text x="{x + width / 2:.1f}" y="{beside:.1f}" text-anchor="middle">{escape(self.provisional_word)}</text>'
            elif i == last or (i == last - 1 and self.labels[last] in self.provisional):
                out += f'<text x="{x + width / 2:.1f}" y="{beside:.1f}" text-anchor="middle" class="g-value">{short(float(v))}</text>'
        return out

    def _line(self, s: Series, step: float, tone: str) -> str:
        points = [
            (_LEFT + step * (i + 0.5), self._y(float(v))) if v is not None else None for i, v in enumerate(s.values)
        ]
        path, pen = "", "M"
        for p in points:
            if p is None:
                pen = "M"
                continue
            path += f"{pen}{p[0]:.1f} {p[1]:.1f}"
            pen = "L"
        rings = "".join(f'<circle cx="{p[0]:.1f}" cy="{p[1]:.1f}" r="4" class="g-ring {tone}"/>' for p in points if p)
        return f'<path d="{path}" class="g-halo"/><path d="{path}" class="g-curve {tone}"/>{rings}'


def nice_top(largest: float) -> float:
    """The smallest of 1, 2, 4, 5, 8, 10 times a power of ten that is not below ``largest`` (four even grid steps)."""
    if largest <= 0:
        return 4.0
    power = 10 ** math.floor(math.log10(largest))
    return next(float(m * power) for m in (1, 2, 4, 5, 8, 10) if m * power >= largest - 1e-9)


def short(value: float) -> str:
    """An axis number: thousands separators, no needless decimals."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.6f}".rstrip("0").rstrip(".")


def chart_of(rows: Sequence[tuple[str, Any]], *, title: str, unit: str, name: str = "", note: str = "") -> Chart:
    """A chart of one bar series from (label, value) rows."""
    return Chart(title, unit, [r[0] for r in rows], [Series(name or title, [r[1] for r in rows])], note)
