"""Bars and strips as server-drawn SVG: widths are attributes, so the page needs neither style attributes nor script.

All text is escaped; numbers are formatted here.  Patterns (hatched, dotted) carry the meaning without colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from flask import g
from markupsafe import Markup, escape

from core.ui import filters
from core.ui.markup import svg

_PATTERNS = {
    "hatch": '<pattern id="{id}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" class="p-sheet"/><rect width="3" height="6" class="p-ink"/></pattern>',
    "dots": '<pattern id="{id}" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<rect width="7" height="7" class="p-loess"/><circle cx="3.5" cy="3.5" r="1.2" class="p-edge"/></pattern>',
}


def _unique(prefix: str) -> str:
    """An id used once on this page."""
    if "ui_ids" not in g:
        g.ui_ids = count(1)
    return f"{prefix}{next(g.ui_ids)}"


def _pct(share: float) -> str:
    return f"{max(0.0, min(1.0, share)) * 100:.3f}".rstrip("0").rstrip(".") + "%"


def bar_svg(parts: Sequence[Sequence[Any]], total: int | None, tall: bool = False) -> Markup:
    """One bar of ``parts`` (label, amount, pattern ``solid hatch blank dots``) out of ``total`` (their sum if None)."""
    whole = total or sum(p[1] for p in parts)
    body, defs, x = "", "", 0.0
    for _label, amount, pattern in parts:
        share = float(amount) / float(whole) if whole else 0.0
        fill = ""
        if pattern in _PATTERNS:
            key = _unique("p")
            defs += _PATTERNS[pattern].format(id=key)
            fill = f' fill="url(#{key})"'
        if share > 0:
            body += f'<rect x="{_pct(x)}" width="{_pct(share)}" height="100%" class="q-{escape(pattern)}"{fill}/>'
        x += share
    said = "，".join(f"{escape(p[0])} {filters.number(p[1])}" for p in parts)
    cls = "bar-y bar-tall" if tall else "bar-y"
    return svg(f'<svg class="{cls}" role="img" aria-label="{said}"><defs>{defs}</defs>{body}</svg>')


def solid_bar(share: float, track: bool = False) -> Markup:
    """A jujube bar of the given share of the width."""
    cls = "bar-y bar-track" if track else "bar-y bar-bare"
    return svg(
        f'<svg class="{cls}" aria-hidden="true"><rect width="{_pct(share)}" height="100%" class="q-solid"/></svg>'
    )


def target_svg(value: float, top: float, ticks: Sequence[tuple[float, str]]) -> Markup:
    """A value on a track with threshold ticks; ticks carry their words below."""
    whole = max([top, value, *(t[0] for t in ticks)]) or 1
    marks = ""
    for at, label in ticks:
        x = at / whole
        anchor = "start" if x < 0.12 else "end" if x > 0.88 else "middle"
        marks += f'<rect x="{_pct(x)}" y="0" width="2" height="20" class="q-tick"/>'
        marks += f'<text x="{_pct(x)}" y="36" text-anchor="{anchor}">{escape(label)}</text>'
    return svg(
        f'<svg class="target-y" role="img" aria-label="{escape(filters.number(value))}，'
        f'{"，".join(str(escape(t[1])) for t in ticks)}"><rect y="4" width="100%" height="12" class="q-track"/>'
        f'<rect y="4" width="{_pct(value / whole)}" height="12" class="q-solid"/>{marks}</svg>'
    )


def balance_text(total: int, parts: Sequence[Sequence[Any]], unit: str) -> str:
    """The equation under a mass balance: ``1,115 = 1,025 + 56 + 34 kg``."""
    tail = f" {unit}" if unit else ""
    return f"{filters.number(total)} = " + " + ".join(filters.number(p[1]) for p in parts) + tail
