"""The drawing: words fit into their boxes, a kind is said once, nothing is left unescaped."""

from __future__ import annotations

import re

import pytest

from trace.graph import draw
from trace.graph.rules import Graph, Node


def drawn(node: Node) -> list[str]:
    picture = str(draw.draw(Graph(nodes={node.key: node}, links=[], start={node.key}, layer_of={node.key: 0})))
    return re.findall(r"<text[^>]*>([^<]*)</text>", picture)


@pytest.mark.parametrize("note", ["山西省太原市小店区，运输中，已完成", "红富士 80–85 mm 1.25 kg 袋", "A" * 60])
def test_no_line_is_longer_than_its_box(note):
    lines = drawn(Node(key="order:1", kind="order", title="订单 DD2026112301005", note=note))

    assert all(draw._length(line) <= draw.INSIDE for line in lines)


def test_a_title_that_names_its_kind_is_not_given_it_twice():
    lines = drawn(Node(key="lot:1", kind="lot", title="批次 26101501", note=""))

    assert lines[0] == "批次 26101501"


def test_a_title_without_its_kind_gets_it():
    lines = drawn(Node(key="season:1", kind="season", title="地块 P-0317", note=""))

    assert lines[0] == "生产季 地块 P-0317"


def test_words_are_escaped():
    picture = draw.draw(
        Graph(nodes={"a": Node(key="a", kind="lot", title="<b>", note="")}, links=[], start={"a"}, layer_of={"a": 0})
    )

    assert "<b>" not in picture
