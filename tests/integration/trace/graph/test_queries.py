"""The trace of lots: back to the plot, on to orders, with sums; whose data whom it shows; the export."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from core import hooks
from core.errors import NotFound
from core.hooks import LotParty
from tests.factories import trace as grow
from trace.graph import draw, export, queries, rules
from trace.lot import service as lots


@pytest.fixture
def grown(sealed_lot) -> grow.Grown:
    return sealed_lot


def party(grown: grow.Grown, number: int) -> LotParty:
    return LotParty(
        key=f"order:{number}:{grown.packed.id}", kind="order", lot_id=grown.packed.id, title=f"订单 2026{number}",
        note="太原市，已签收", mass_g=10_000, pieces=2, at=grown.packed.created_at, organisation_id=grown.organisation.id,
    )  # fmt: skip


def titles(graph: rules.Graph) -> set[str]:
    return {node.title for node in graph.nodes.values()}


def test_a_packed_lot_leads_back_to_its_plot_and_every_sum_agrees(grown):
    graph = queries.collect([grown.packed.id], grown.actor)

    assert titles(graph) >= {f"批次 {grown.packed.lot_no}", f"批次 {grown.raw.lot_no}", "地块 P-0317"}
    assert {(link.deed, link.mass_g) for link in graph.links} == {("receive", 1_115_000), ("pack", 1_060_000)}
    assert rules.warnings(graph) == []


def test_looking_only_back_shows_no_sister_and_only_on_no_source(grown):
    sister = lots.pack(
        grown.actor, item_id=grown.box.id, sources=[(grown.raw, 50_000)], pieces=10, packed_on=date(2026, 10, 17)
    )

    back = queries.collect([grown.packed.id], grown.actor, onward=False)
    onward = queries.collect([grown.raw.id], grown.actor, back=False)

    assert f"lot:{sister.id}" not in back.nodes
    assert {f"lot:{grown.packed.id}", f"lot:{sister.id}"} <= set(onward.nodes)


def test_losses_and_codes_stand_in_the_graph(grown):
    from trace.code import service as codes

    lots.write_off(grown.raw, grown.actor, mass_g=2_000, reason="腐烂", lost_on=date(2026, 10, 20))
    codes.issue_series(grown.packed.public_id, 20, grown.actor)

    graph = queries.collect([grown.raw.id], grown.actor)

    assert graph.nodes[f"loss:{grown.raw.id}"].mass_g == 2_000
    assert graph.nodes[f"series:{grown.packed.id}"].pieces == 20


def test_orders_of_a_lot_are_listed_and_many_become_one_box(grown):
    few, many = [party(grown, n) for n in range(3)], [party(grown, n) for n in range(30)]

    with hooks.lot_parties.only(lambda _ids: few):
        small = queries.collect([grown.packed.id], grown.actor)
    with hooks.lot_parties.only(lambda _ids: many):
        large = queries.collect([grown.packed.id], grown.actor)

    assert {"订单 20260", "订单 20261", "订单 20262"} <= titles(small)
    assert large.nodes[f"orders:{grown.packed.id}"].title == "30 张订单"
    assert large.nodes[f"orders:{grown.packed.id}"].pieces == 60


def test_more_sold_than_packed_is_a_warning(grown):
    over = [party(grown, n) for n in range(103)]

    with hooks.lot_parties.only(lambda _ids: over):
        graph = queries.collect([grown.packed.id], grown.actor)

    assert [w.rule for w in rules.warnings(graph)] == ["graph.sold"]


def test_another_enterprise_gets_no_trace_of_my_lot(grown):
    stranger = grow.actor_of(grow.make_organisation(7011, "临猗示例三社"))

    with pytest.raises(NotFound):
        queries.start_lot(grown.packed.public_id, stranger)
    with hooks.lot_parties.only(lambda _ids: [party(grown, 1)]):
        seen = queries.collect([grown.packed.id], stranger)
        assert queries.parties_of([grown.packed.id], stranger) == []

    assert [n for n in seen.nodes.values() if n.kind == "order"] == []
    assert seen.nodes[f"lot:{grown.packed.id}"].href == ""
    assert seen.lots == ()


@pytest.mark.parametrize("typed", ["lot_no", "address"])
def test_a_lot_is_found_by_its_number_and_by_a_scanned_code(grown, typed):
    from trace.code import queries as code_queries
    from trace.code import service as codes

    series = codes.issue_series(grown.packed.public_id, 3, grown.actor)
    words = grown.packed.lot_no if typed == "lot_no" else code_queries.unit_address(series, 2)

    found = queries.find(words, grown.actor)

    assert found is not None
    assert found.id == grown.packed.id


@pytest.mark.parametrize(
    "typed", ["", "26", "99999999", "https://evil.example/01/abc", "/01/00000000000000/21/X", "\x00"]
)
def test_what_names_no_lot_finds_none(grown, typed):
    assert queries.find(typed, grown.actor) is None


def test_the_workbook_holds_every_lot_link_party_and_finding(grown):
    parties = [party(grown, n) for n in range(2)]
    with hooks.lot_parties.only(lambda _ids: parties):
        graph = queries.collect([grown.raw.id], grown.actor)

    book = load_workbook(io.BytesIO(export.workbook(graph, rules.warnings(graph), parties)))

    assert book.sheetnames == ["批次", "流转", "去向", "缺口和不平"]
    assert {row[0] for row in book["批次"].iter_rows(min_row=2, values_only=True)} == {
        grown.raw.lot_no,
        grown.packed.lot_no,
    }
    assert sum(row[3] for row in book["去向"].iter_rows(min_row=2, values_only=True)) == 4


def test_text_in_the_workbook_is_never_run_as_a_formula(grown):
    evil = LotParty(
        key="order:x", kind="order", lot_id=grown.packed.id, title="=1+1", note="", mass_g=1, pieces=1,
        at=grown.packed.created_at, organisation_id=grown.organisation.id,
    )  # fmt: skip
    graph = queries.collect([grown.packed.id], grown.actor)

    book = load_workbook(io.BytesIO(export.workbook(graph, [], [evil])))

    assert book["去向"]["A2"].data_type == "s"


def test_the_drawing_escapes_names_and_gives_up_when_too_large(grown):
    graph = queries.collect([grown.packed.id], grown.actor)
    hostile = rules.Graph(
        start=(), nodes={"lot:1": rules.Node(key="lot:1", kind="lot", title="<script>x", note='"&')}, links=()
    )
    crowd = {f"lot:{n}": rules.Node(key=f"lot:{n}", kind="lot", title="批次") for n in range(draw.DRAWN + 1)}

    assert "<svg" in draw.draw(graph)
    assert "<script" not in draw.draw(hostile)
    assert draw.draw(rules.Graph(start=(), nodes=crowd, links=())) == ""


def test_a_chain_of_lots_reaches_both_ends(grown):
    found = queries.reached([grown.packed.id], back=True, onward=False)

    assert set(found) == {grown.packed.id, grown.raw.id}


def captured(grown, organisation_id: int) -> str:
    """A juice maker's event: 100 kg of the raw lot became juice; returns the URI of the juice."""
    from core import clock as core_clock
    from trace.event import service as events
    from trace.event.steps import Amount, Transformed
    from trace.lot import queries as lot_queries

    juice = "https://partner.example/lot/JUICE1"
    uri = lot_queries.lot_by_id(grown.raw.id).uri
    facts = Transformed(
        host=events.host(), at=core_clock.now(), read_point="https://id.gs1.org/414/9521321000018",
        inputs=(Amount(uri, grams=100_000),), outputs=(Amount(juice, grams=60_000),),
    )  # fmt: skip
    events.record_step("grade", facts, organisation_id, grown.actor)
    return juice


def test_what_a_partner_captured_goes_on_from_our_lot_for_those_who_may_see_it(grown):
    partner = grow.make_organisation(7021, "临猗示例果汁厂")
    captured(grown, partner.id)

    overseer = queries.collect([grown.raw.id], None)
    own = queries.collect([grown.raw.id], grown.actor)

    things = [n for n in overseer.nodes.values() if n.kind == "thing"]
    assert [n.title for n in things] == ["lot JUICE1"]
    assert next(link.mass_g for link in overseer.links if link.target == things[0].key) == 60_000
    assert [n for n in own.nodes.values() if n.kind == "thing"] == []


def test_another_lot_of_ours_out_of_the_same_fruit_is_no_partners_thing(grown):
    sister = lots.pack(
        grown.actor, item_id=grown.packed.item_id, sources=[(grown.raw, 5_000)], pieces=1, packed_on=grown.packed.made_on
    )  # fmt: skip

    graph = queries.collect([grown.packed.id], grown.actor)

    assert f"lot:{sister.id}" not in graph.nodes
    assert [n.title for n in graph.nodes.values() if n.kind == "thing"] == []


def test_the_epcis_document_of_a_trace_holds_the_events_of_its_lots(grown):
    from trace.event import check, document
    from trace.graph import beyond
    from trace.lot import queries as lot_queries

    uris = [lot_queries.lot_by_id(lot_id).uri for lot_id in (grown.raw.id, grown.packed.id)]

    made = beyond.epcis_document(uris, None)

    import json

    parsed = document.parse(json.dumps(made).encode(), "application/ld+json")
    assert len(parsed.events) >= 2
    assert all(check.faults(event, parsed.context) == [] for event in parsed.events)
    assert beyond.epcis_document(uris, [grown.organisation.id + 999])["epcisBody"]["eventList"] == []
