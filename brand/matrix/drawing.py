"""The matrix as a picture: one box per brand, indented below its parent, drawn on the server; no script, no map.

The list beside the picture holds everything the picture shows, so a long name is cut here and a crowd is summed up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

WIDTH, ROW, BOX, INDENT, MOST = 360, 64, 52, 22, 6


@dataclass(frozen=True, slots=True)
class Node:
    """What one box says, and the boxes below it."""

    name: str
    kind: str
    level: str
    children: tuple[Node, ...] = field(default_factory=tuple)


def text_width(text: str, size: float) -> float:
    """About how wide ``text`` is: a Chinese character is as wide as high, others a bit over half."""
    return sum(size if ord(c) > 0x2E7F else size * 0.56 for c in text)


def fit(text: str, size: float, room: float) -> str:
    """``text``, cut with an ellipsis where it would be wider than ``room``."""
    if text_width(text, size) <= room:
        return text
    kept = text
    while kept and text_width(kept + "…", size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def matrix_svg(roots: Sequence[Node], label: str, more: str) -> Markup:
    """The forest as SVG; ``label`` is what a reader who cannot see it hears, ``more`` holds ``{n}`` for what is summed up."""
    parts: list[str] = []
    row = 0

    def place(node: Node, depth: int, trunk: tuple[float, float] | None) -> None:
        nonlocal row
        x, y = depth * INDENT + 1.0, row * ROW + 4.0
        row += 1
        if trunk is not None:
            parts.append(f'<path class="m-link" d="M{trunk[0]:.0f} {trunk[1]:.0f}V{y + BOX / 2:.0f}H{x:.0f}"/>')
        room = WIDTH - x - 26
        parts.append(
            f'<rect class="m-box m-{escape(node.level)}" x="{x:.0f}" y="{y:.0f}" width="{WIDTH - x - 1:.0f}" '
            f'height="{BOX}" rx="4"/><text class="m-name" x="{x + 12:.0f}" y="{y + 22:.0f}" font-size="16">'
            f"{escape(fit(node.name, 16, room))}</text>"
        )
        parts.append(
            f'<text class="m-kind" x="{x + 12:.0f}" y="{y + 41:.0f}" font-size="13">{escape(fit(node.kind, 13, room))}</text>'
        )
        here = (x + INDENT / 2, y + BOX)
        for child in node.children[:MOST]:
            place(child, depth + 1, here)
        hidden = len(node.children) - MOST
        if hidden > 0:
            rest(more.format(n=hidden), depth + 1, here)

    def rest(text: str, depth: int, trunk: tuple[float, float]) -> None:
        nonlocal row
        x, y = depth * INDENT + 1.0, row * ROW + 4.0
        row += 1
        parts.append(f'<path class="m-link" d="M{trunk[0]:.0f} {trunk[1]:.0f}V{y + 18:.0f}H{x:.0f}"/>')
        parts.append(f'<text class="m-kind" x="{x + 8:.0f}" y="{y + 23:.0f}" font-size="14">{escape(text)}</text>')

    for root in roots:
        place(root, 0, None)
    height = row * ROW + 4
    return Markup(  # noqa: S704 - every text escaped above, numbers formatted here
        f'<svg class="matrix-drawing" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
        f"{''.join(parts)}</svg>"
    )
