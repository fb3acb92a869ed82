"""Gaps, sums and layers of a trace graph."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trace.graph.rules import Graph, HarvestFacts, Link, LotFacts, Node, kg, layers, reachable, warnings


def lot(key: str = "lot:1", **values) -> LotFacts:
    given = {
        "title": f"批次 {key[4:]}", "mass_g": 1_000_000, "packing_loss_g": 0, "used_g": 0, "lost_g": 0, "pieces": None,
        "net_g": 1, "state": "sealed",
    }  # fmt: skip
    return LotFacts(key=key, **(given | values))


def node(key: str, on: date | None = None) -> Node:
    return Node(key=key, kind=key.split(":")[0], title=f"批次 {key[4:]}", on=on)


def graph(*lots: LotFacts, links=(), harvests=(), nodes=(), cut=False) -> Graph:
    every = {n.key: n for n in nodes} or {li.key: node(li.key) for li in lots}
    return Graph(start=(), nodes=every, links=tuple(links), lots=lots, harvests=tuple(harvests), cut=cut)


def rules_of(found) -> list[str]:
    return [w.rule for w in found]


def test_a_lot_whose_sums_agree_has_no_warning():
    found = warnings(graph(lot(packing_loss_g=35_000), links=[Link("season:1:x", "lot:1", 1_035_000, "harvest")]))

    assert found == []


@pytest.mark.parametrize(
    ("facts", "links", "rule"),
    [
        (lot(), [], "graph.no_source"),
        (lot(), [Link("season:1:x", "lot:1", 999_999, "harvest")], "graph.balance"),
        (lot(), [Link("season:1:x", "lot:1", 1_000_001, "harvest")], "graph.balance"),
        (lot(used_g=600_000, lost_g=400_001), [], "graph.overdrawn"),
        (lot(used_g=600_000), [Link("lot:1", "lot:2", 600_001, "use")], "graph.used"),
        (lot(pieces=200, net_g=5000, coded=201), [], "graph.coded"),
        (lot(pieces=200, net_g=5000, sold=201), [], "graph.sold"),
    ],
)
def test_what_does_not_add_up_is_said_with_its_numbers(facts, links, rule):
    assert rule in rules_of(warnings(graph(facts, links=links)))


def test_bought_fruit_is_a_source_and_a_cancelled_lot_needs_none():
    bought = graph(lot(), links=[Link("outside:1", "lot:1", 1_000_000, "outside")])

    assert warnings(bought) == []
    assert warnings(graph(lot(state="cancelled"))) == []


def test_more_put_into_lots_than_was_harvested_is_told_by_day():
    day = HarvestFacts("season:1:2026-10-12", "地块 P-1", date(2026, 10, 12), 500_000, 500_500)

    found = warnings(graph(harvests=[day]))

    assert rules_of(found) == ["graph.harvest"]
    assert "多出 0.5 kg" in found[0].message


def test_a_lot_older_than_what_it_was_made_from_is_told():
    nodes = [node("lot:1", date(2026, 10, 18)), node("lot:2", date(2026, 10, 17))]

    found = warnings(graph(links=[Link("lot:1", "lot:2", 1, "use")], nodes=nodes))

    assert rules_of(found) == ["graph.order"]


def test_wrong_sums_come_before_gaps():
    found = warnings(graph(lot("lot:1"), lot("lot:2", used_g=2_000_000), cut=True))

    assert [w.severity for w in found] == sorted((w.severity for w in found), key=lambda s: s != "bad")
    assert rules_of(found)[-1] in ("graph.cut", "graph.no_source")


def test_every_link_leads_to_a_later_layer():
    keys = {k: node(k) for k in ("lot:a", "lot:b", "lot:c", "lot:d")}
    links = [Link("lot:a", "lot:b", 1, "use"), Link("lot:b", "lot:c", 1, "use"), Link("lot:a", "lot:c", 1, "use")]

    at = layers(keys, links)

    assert (at["lot:a"], at["lot:b"], at["lot:c"], at["lot:d"]) == (0, 1, 2, 0)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40))
def test_layers_end_whatever_circles_the_links_form(pairs):
    nodes = {f"lot:{n}": node(f"lot:{n}") for n in range(13)}
    links = [Link(f"lot:{a}", f"lot:{b}", 1, "use") for a, b in pairs]

    at = layers(nodes, links)

    assert set(at) == set(nodes)
    if all(a < b for a, b in pairs):
        assert all(at[f"lot:{a}"] < at[f"lot:{b}"] for a, b in pairs)


def test_what_is_reached_depends_on_the_direction():
    links = [Link("a", "b", 1, "use"), Link("b", "c", 1, "use"), Link("x", "c", 1, "use")]

    assert reachable(["b"], links, forward=True) == {"b", "c"}
    assert reachable(["b"], links, forward=False) == {"b", "a"}


@pytest.mark.parametrize(("grams", "words"), [(1_025_500, "1,025.5"), (5000, "5"), (-35_000, "-35"), (1, "0.001")])
def test_kilograms_have_no_needless_decimals(grams, words):
    assert kg(grams) == words
