"""A QR symbol as SVG for screens and documents (print runs use ``trace.code``).  Black on white, four quiet modules."""

from __future__ import annotations

import qrcode
from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_M


def matrix(text: str) -> list[list[bool]]:
    """The modules of ``text`` at level M, without a quiet zone."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(cell) for cell in row] for row in code.get_matrix()]


def qr_svg(text: str, *, label: str = "二维码") -> Markup:
    """An SVG of ``text`` that scales with its box; runs of dark modules are one path."""
    rows = matrix(text)
    side = len(rows) + 8
    path = "".join(_runs(row, y + 4) for y, row in enumerate(rows))
    return Markup(
        '<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {s} {s}" role="img" aria-label="{label}" '
        'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{s}v{s}H0z"/><path fill="#000" d="{path}"/></svg>'
    ).format(s=side, label=label, path=path)


def _runs(row: list[bool], y: int) -> str:
    found, start = [], None
    for x, dark in enumerate([*row, False]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            found.append(f"M{start + 4} {y}h{x - start}v1H{start + 4}z")
            start = None
    return "".join(found)
