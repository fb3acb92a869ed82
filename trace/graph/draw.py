"""The graph as one server-drawn SVG: columns from left (where it comes from) to right (where it went), no script.

Kind is told by the shape of the edge and the word in the box, never by colour alone.  All text is escaped.
"""

from __future__ import annotations

from collections import defaultdict

from markupsafe import Markup, escape

from core.ui.markup import svg
from trace.graph.rules import KINDS, Graph, Node, kg

WIDTH, HEIGHT, GAP_X, GAP_Y, PAD = 188, 64, 76, 18, 12
DRAWN = 160  # boxes; a larger graph is told by its table
INSIDE = WIDTH - 20  # room for one line of a box, px
WIDE, NARROW = 13.2, 7.6  # a Chinese sign and a Latin one at 13 px, the bold title included


def drawable(graph: Graph) -> bool:
    """Whether the drawing would still be readable."""
    return 0 < len(graph.nodes) <= DRAWN


def draw(graph: Graph) -> Markup:
    """The drawing; empty where the graph has too many boxes to be read."""
    if not drawable(graph):
        return Markup("")
    places = _places(graph)
    width = max(x for x, _ in places.values()) + WIDTH + PAD
    height = max(y for _, y in places.values()) + HEIGHT + PAD
    body = "".join(_link(graph, places, n) for n in range(len(graph.links)))
    body += "".join(_box(graph.nodes[key], key in graph.start, *place) for key, place in places.items())
    said = f"来龙去脉图：{len(graph.nodes)} 个环节，{len(graph.links)} 条流向，下面的表有同样的内容"
    return svg(
        f'<svg class="graph-y" viewBox="0 0 {width} {height}" width="{width / 16:g}rem" height="{height / 16:g}rem" '
        f'font-size="13" role="img" '  # units of the drawing: it grows as a whole with the reader's own letter size
        f'aria-label="{said}">{body}</svg>'
    )


def _places(graph: Graph) -> dict[str, tuple[int, int]]:
    """Upper left corner of every box: columns by layer, within a column near the middle of what leads to it."""
    columns: dict[int, list[str]] = defaultdict(list)
    for key in graph.nodes:
        columns[graph.layer_of.get(key, 0)].append(key)
    sources: dict[str, list[str]] = defaultdict(list)
    for link in graph.links:
        sources[link.target].append(link.source)
    row: dict[str, float] = {}
    out: dict[str, tuple[int, int]] = {}
    for layer in sorted(columns):
        keys = columns[layer]

        def middle(key: str) -> tuple[float, str]:
            known = [row[s] for s in sources[key] if s in row]
            return (sum(known) / len(known) if known else 0.0, key)

        for n, key in enumerate(sorted(keys, key=middle)):
            row[key] = n
            out[key] = (PAD + layer * (WIDTH + GAP_X), PAD + n * (HEIGHT + GAP_Y))
    return out


def _link(graph: Graph, places: dict[str, tuple[int, int]], number: int) -> str:
    link = graph.links[number]
    if link.source not in places or link.target not in places:
        return ""
    (x1, y1), (x2, y2) = places[link.source], places[link.target]
    x1, y1, y2 = x1 + WIDTH, y1 + HEIGHT // 2, y2 + HEIGHT // 2
    bend = max(18, (x2 - x1) // 2)
    label = f"{link.pieces:,} 件" if link.pieces else f"{kg(link.mass_g)} kg"
    return (
        f'<path class="g-link" d="M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2 - 5} {y2}"/>'
        f'<path class="g-tip" d="M{x2 - 6} {y2 - 4}L{x2} {y2}L{x2 - 6} {y2 + 4}Z"/>'
        f'<text class="g-mass" font-size="12" x="{x2 - 8}" y="{y2 - 7}" text-anchor="end">{escape(label)}</text>'
    )


def _box(node: Node, is_start: bool, x: int, y: int) -> str:
    cls = f"g-box g-{node.kind}" + (" g-start" if is_start else "")
    amount = f"{node.pieces:,} 件" if node.pieces else f"{kg(node.mass_g)} kg" if node.mass_g else ""
    lines = (
        _cut(node.title if node.title.startswith(KINDS[node.kind]) else f"{KINDS[node.kind]} {node.title}"),
        _cut(node.note),
        _cut("　".join(t for t in (amount, node.state) if t)),
    )
    words = "".join(
        f'<text class="{"g-title" if n == 0 else "g-note"}" x="{x + 10}" y="{y + 20 + n * 18}">{escape(line)}</text>'
        for n, line in enumerate(lines)
        if line
    )
    box = f'<rect class="{cls}" x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}"/>{words}'
    return (
        f'<a href="{escape(node.href)}"><title>{escape(node.title)}，{escape(node.note)}</title>{box}</a>'
        if node.href
        else f"<g>{box}</g>"
    )


def _cut(text: str) -> str:
    """As much of the text as fits into a box, its end marked where something was left out."""
    if _length(text) <= INSIDE:
        return text
    while text and _length(text) > INSIDE - WIDE:
        text = text[:-1]
    return text + "…"


def _length(text: str) -> float:
    return sum(NARROW if ord(sign) < 0x2000 else WIDE for sign in text)
