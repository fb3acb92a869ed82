"""The matrix as a picture: nothing runs out of it, nothing is lost without being summed up, nothing is markup."""

from __future__ import annotations

import re

from brand.matrix.drawing import MOST, WIDTH, Node, fit, matrix_svg, text_width


def _svg(*roots: Node) -> str:
    return str(matrix_svg(roots, "示例图", "另有 {n} 个"))


def test_every_brand_has_a_box_below_its_parent() -> None:
    drawn = _svg(Node("甲", "公用", "regional", (Node("乙", "县域", "county", (Node("丙", "企业", "enterprise"),)),)))

    boxes = [(float(x), float(y)) for x, y in re.findall(r'<rect class="[^"]*" x="(\d+)" y="(\d+)"', drawn)]
    assert [x for x, _ in boxes] == sorted({x for x, _ in boxes})
    assert [y for _, y in boxes] == sorted({y for _, y in boxes})
    assert drawn.count("m-link") == 2


def test_a_long_name_is_cut_within_the_picture() -> None:
    name = "很长的名字" * 8

    drawn = _svg(Node(name, "企业品牌", "enterprise"))

    shown = re.search(r'font-size="16">([^<]+)<', drawn)
    assert shown is not None
    assert shown[1].endswith("…")
    assert text_width(shown[1], 16) <= WIDTH
    assert fit("短", 16, 100) == "短"


def test_a_crowd_is_summed_up() -> None:
    children = tuple(Node(f"企业{n}", "企业品牌", "enterprise") for n in range(MOST + 3))

    drawn = _svg(Node("甲", "县域", "county", children))

    assert drawn.count("<rect") == 1 + MOST
    assert "另有 3 个" in drawn


def test_names_are_text_never_markup() -> None:
    drawn = _svg(Node('<b onload="x">&', "企业", "enterprise"))

    assert "<b" not in drawn
    assert "&lt;b" in drawn
