"""The press-ready brand kit of a public brand: typeset, with bleed and crop marks, fonts embedded, ink values as text."""

from __future__ import annotations

from typing import Any

from brand.matrix import queries as matrix
from brand.matrix import queries_use
from core import clock
from core.config import ROOT
from core.document.service import typeset

MARK = ROOT / "core" / "ui" / "static" / "img" / "mark.svg"
# The colours of the house style; ink values follow from the screen colour by the plain formula, which the sheet says.
COLOURS = (
    ("枣褐", "5A2A1C", "品牌色，文字、边线和深色底"),
    ("苹果红", "B3211C", "标志底色，一处用一次"),
    ("墨", "2A211B", "正文"),
    ("叶绿", "2C6239", "辅助色"),
    ("黄土", "EBE0CC", "浅色底"),
    ("纸白", "FFFDF8", "底色"),
)


def ink(colour: str) -> tuple[int, int, int, int]:
    """Cyan, magenta, yellow and black in whole percent from an RGB hex by the plain formula (no profile)."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4))
    black = 1 - max(red, green, blue)
    if black >= 1:
        return 0, 0, 0, 100
    parts = [(1 - value - black) / (1 - black) for value in (red, green, blue)]
    cyan, magenta, yellow = (round(part * 100) for part in parts)
    return cyan, magenta, yellow, round(black * 100)


def kit_data(brand: matrix.BrandView) -> dict[str, Any]:
    """What the sheet says about a brand: known facts only, and the rules in force."""
    rules = queries_use.rules_in_force(brand.id)
    return {
        "name": brand.name,
        "made_on": clock.today().isoformat(),
        "name_en": brand.texts.name_en,
        "line": [b.name for b in matrix.line(brand.id)],
        "introduction": brand.introduction,
        "facts": [[label, value] for label, value in brand.facts],
        "rules": rules.label if rules else "",
        "rules_from": rules.effective_from.isoformat() if rules else "",
        "mark": MARK.read_text("utf-8"),
        "colours": [
            {"name": name, "hex": f"#{code}", "use": use, "ink": "C{} M{} Y{} K{}".format(*ink(code))}
            for name, code, use in COLOURS
        ],
    }


def kit_pdf(brand: matrix.BrandView) -> bytes:
    """The brand kit as PDF/A: A4 trim size in its TrimBox, 3 mm bleed, crop marks outside the bleed."""
    return typeset("brand/promotion/kit.typ", kit_data(brand))
