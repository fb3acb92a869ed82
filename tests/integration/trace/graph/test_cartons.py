"""Boxes in the trace: what holds or held units of a lot, and where shipped boxes went."""

from __future__ import annotations

import pytest

from tests.factories import code as make
from tests.factories import trace as grow
from trace.aggregation import service as packing
from trace.code import queries as codes
from trace.code import service as code_service
from trace.graph import cartons, queries, rules


@pytest.fixture
def grown(session, clock) -> grow.Grown:
    return make.make_sealed_lot()


def packed(grown: grow.Grown, units: int = 2, boxes: int = 1):
    series = code_service.issue_series(grown.packed.public_id, units * boxes, grown.actor)
    made = packing.make_boxes(
        grown.actor, kind="carton", count=boxes, capacity=10, lot_public_id=grown.packed.public_id
    )
    for n in range(units * boxes):
        packing.put(made[n // units].public_id, codes.unit_address(series, n + 1), grown.actor)
    return series, made


def test_a_carton_and_its_pallet_stand_behind_the_lot(grown):
    _, made = packed(grown)
    packing.close(made[0].public_id, grown.actor)
    pallet = packing.make_boxes(grown.actor, kind="pallet", count=1, capacity=10)[0]
    packing.put(pallet.public_id, made[0].code, grown.actor)

    graph = queries.collect([grown.packed.id], grown.actor)

    assert graph.nodes[f"carton:{made[0].id}"].pieces == 2
    assert f"carton:{pallet.id}" in graph.nodes
    assert {"box", "pallet"} <= {link.deed for link in graph.links}
    assert rules.warnings(graph) == []


def test_a_unit_taken_out_again_still_belongs_to_the_trace(grown):
    series, made = packed(grown, units=1)
    packing.take_out(made[0].public_id, codes.unit_address(series, 1), grown.actor, reason="放错了")

    graph = queries.collect([grown.packed.id], grown.actor)

    assert graph.nodes[f"carton:{made[0].id}"].note == "已拆"


def test_a_shipped_box_is_a_party_of_a_recall(grown):
    _, made = packed(grown)
    assert cartons.lot_parties([grown.packed.id]) == []
    packing.close(made[0].public_id, grown.actor)
    packing.ship([made[0].public_id], grown.actor, to="示例商贸有限公司，运城")

    party = cartons.lot_parties([grown.packed.id])[0]

    assert (party.pieces, party.mass_g, party.note) == (2, 10_000, "示例商贸有限公司，运城")
    assert party.done


def test_many_cartons_become_one_box_in_the_drawing(grown):
    packed(grown, units=1, boxes=queries.SHOWN_PARTIES + 1)

    graph = queries.collect([grown.packed.id], grown.actor)

    assert graph.nodes[f"cartons:{grown.packed.id}"].title == f"{queries.SHOWN_PARTIES + 1} 个箱"
