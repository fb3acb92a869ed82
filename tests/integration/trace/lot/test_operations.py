"""Grading, splitting, merging, writing off, reversing: grams never appear, wrong deeds are answered, not deleted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.errors import BadInput, Conflict, NotFound, RuleBroken
from tests.factories import trace as grow
from trace.inspection import service as inspection
from trace.lot import operations, queries, reversal, service
from trace.lot.models import Deed, Loss, Lot
from trace.lot.operations import Output

DAY = date(2026, 10, 14)


@pytest.fixture
def grown(session, clock):
    return grow.make_packed_lot(harvested_g=2_000_000, taken_g=500_000, pieces=98)


def graded(grown, **change):
    version = grow.make_standard(grown.actor)
    given = {
        "outputs": [
            Output(grown.loose.id, 600_000, "special", values={"diameter": Decimal("83.5"), "brix": Decimal("14.1")}),
            Output(grown.loose.id, 350_000, "first"),
        ],
        "taken_g": 1_000_000, "waste_g": 50_000, "waste_reason": "碰压伤", "version_id": version.id, "done_on": DAY,
    } | change  # fmt: skip
    return operations.grade(grown.actor, grown.raw, given.pop("outputs"), **given)


def rules_of(error):
    return {u.rule for u in error.value.unmet}


def holds(*lots):
    return all(b.holds for b in queries.balances(lot.id for lot in lots).values())


def test_one_raw_lot_becomes_graded_lots_and_waste_in_one_deed(grown, session):
    made = graded(grown)

    special, first = made.lots
    assert (special.grade_key, special.mass_g, special.brix) == ("special", 600_000, Decimal("14.1"))
    assert (first.grade_key, first.mass_g, first.brix) == ("first", 350_000, None)
    session.refresh(grown.raw)
    assert (grown.raw.used_g, grown.raw.lost_g, grown.raw.remainder_g) == (1_450_000, 50_000, 500_000)
    assert {lot.deed_id for lot in made.lots} == {made.deed.id}
    assert [e.kind for e in queries.edges_down([grown.raw.id])] == ["pack", "grade", "grade"]
    assert holds(grown.raw, grown.packed, *made.lots)


@pytest.mark.parametrize(
    ("change", "rule"), [({"taken_g": 999_999}, "lot.outputs_differ"), ({"waste_g": 50_001}, "lot.outputs_differ")]
)
def test_grading_that_does_not_add_up_changes_nothing(grown, session, change, rule):
    with pytest.raises(RuleBroken) as error:
        graded(grown, **change)

    assert rules_of(error) == {rule}
    assert grown.raw.remainder_g == 1_500_000
    assert session.scalar(select(Deed.id).where(Deed.kind == "grade")) is None


def test_a_grade_must_be_one_of_a_version_the_organisation_may_use(grown):
    with pytest.raises(BadInput) as error:
        graded(grown, outputs=[Output(grown.loose.id, 950_000, "gold")])
    assert error.value.code == "lot.grade_unknown"
    with pytest.raises(BadInput) as error:
        operations.grade(
            grown.actor, grown.raw, [Output(grown.loose.id, 950_000, "special")], taken_g=950_000, version_id=10**9
        )
    assert error.value.code == "grade.not_usable"


def test_a_packed_lot_carries_the_grade_of_what_it_was_packed_from(grown):
    special = graded(grown).lots[0]

    box = service.pack(grown.actor, item_id=grown.box.id, sources=[(special, 50_000)], pieces=10, packed_on=DAY)
    mixed = service.pack(
        grown.actor, item_id=grown.box.id, sources=[(special, 50_000), (grown.raw, 50_000)], pieces=20, packed_on=DAY
    )

    assert (box.grade_key, box.grade_version_id) == ("special", special.grade_version_id)
    assert (mixed.grade_key, mixed.grade_version_id) == ("", None)


def test_a_grade_is_given_once_and_the_database_keeps_it(grown, session):
    version = grow.make_standard(grown.actor)
    operations.regrade(grown.raw, grown.actor, version_id=version.id, grade_key="first")

    with pytest.raises(Conflict):
        operations.regrade(grown.raw, grown.actor, version_id=version.id, grade_key="special")
    session.flush()
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("update trace_lot_lot set grade_key = 'special' where id = :i"), {"i": grown.raw.id})


def test_splitting_keeps_item_dates_and_grade_and_leaves_the_rest(grown):
    made = operations.split(grown.actor, grown.raw, [300_000, 200_000], done_on=DAY)

    assert [lot.mass_g for lot in made.lots] == [300_000, 200_000]
    assert {lot.item_id for lot in made.lots} == {grown.raw.item_id}
    assert grown.raw.remainder_g == 1_000_000
    assert holds(grown.raw, *made.lots)


def test_splitting_boxes_goes_by_whole_boxes(grown):
    with pytest.raises(BadInput):
        operations.split(grown.actor, grown.packed, [12_000], done_on=date(2026, 10, 18))

    made = operations.split(grown.actor, grown.packed, [100_000], done_on=date(2026, 10, 18))
    assert (made.lots[0].pieces, made.lots[0].best_before) == (20, grown.packed.best_before)


def test_merging_takes_the_lower_grade_by_name_and_states_the_mixing_producer(grown):
    special, first = graded(grown).lots
    with pytest.raises(RuleBroken) as error:
        operations.merge(grown.actor, [(special, 100_000), (first, 100_000)], done_on=DAY)
    assert rules_of(error) == {"lot.merge_grade"}

    made = operations.merge(
        grown.actor, [(special, 100_000), (first, 100_000)], downgrade_key="first", done_on=DAY
    ).lots[0]

    assert (made.mass_g, made.grade_key, made.producer_id) == (200_000, "first", grown.organisation.id)
    assert {e.from_lot_id: e.mass_g for e in queries.edges_up([made.id], depth=1)} == {
        special.id: 100_000,
        first.id: 100_000,
    }
    assert holds(special, first, made)


def test_a_box_cannot_be_made_fresher_by_another_box(grown):
    carton = grow.make_box(grown.actor, "FJ-10KG", net_content_g=10_000)

    made = service.pack(
        grown.actor, item_id=carton.id, sources=[(grown.packed, 100_000)], pieces=10, packed_on=date(2026, 11, 10)
    )
    assert made.best_before == grown.packed.best_before
    with pytest.raises(BadInput) as error:
        service.pack(
            grown.actor, item_id=carton.id, sources=[(grown.packed, 100_000)], pieces=10, best_before=date(2027, 3, 1)
        )
    assert error.value.code == "lot.best_before_later"


def test_no_edge_leads_back_to_an_earlier_lot(grown, session):
    session.flush()
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(
            text(
                "insert into trace_lot_edge (from_lot_id, to_lot_id, mass_g, kind, made_at) "
                "values (:later, :earlier, 1, 'repack', '2026-11-01')"
            ),
            {"later": grown.packed.id, "earlier": grown.raw.id},
        )


def test_samples_and_destruction_have_reasons_and_packed_goods_go_by_whole_pieces(grown):
    service.write_off(grown.raw, grown.actor, mass_g=3_000, reason="送检取样", kind="sample")
    service.write_off(grown.packed, grown.actor, mass_g=10_000, reason="压坏销毁", kind="destroy")

    assert grown.raw.lost_g == 3_000
    assert queries.lot_by_id(grown.packed.id).pieces_left == 96
    with pytest.raises(BadInput):
        service.write_off(grown.packed, grown.actor, mass_g=7_000, reason="压坏", kind="destroy")
    with pytest.raises(BadInput):
        service.write_off(grown.raw, grown.actor, mass_g=1, reason=" ", kind="destroy")


def test_reversing_a_grading_cancels_what_it_made_and_brings_every_gram_back(grown, session):
    made = graded(grown)

    answer = reversal.reverse(made.deed, grown.actor, "等级填反了")

    session.refresh(grown.raw)
    assert [lot.state for lot in made.lots] == ["cancelled", "cancelled"]
    assert (grown.raw.used_g, grown.raw.lost_g) == (500_000, 0)
    assert (answer.kind, answer.reverses_id) == ("reversal", made.deed.id)
    losses = session.scalars(select(Loss).where(Loss.lot_id == grown.raw.id).order_by(Loss.id)).all()
    assert [(loss.mass_g, loss.reverses_id is not None) for loss in losses] == [(50_000, False), (50_000, True)]
    with pytest.raises(Conflict):
        reversal.reverse(made.deed, grown.actor, "再来一次")


def test_a_deed_on_which_something_stands_is_not_reversed_and_says_what(grown):
    made = graded(grown)
    special, first = made.lots
    box = service.pack(grown.actor, item_id=grown.box.id, sources=[(special, 50_000)], pieces=10, packed_on=DAY)
    service.write_off(first, grown.actor, mass_g=1_000, reason="腐烂")

    with pytest.raises(RuleBroken) as error:
        reversal.reverse(made.deed, grown.actor, "等级填反了")

    told = " ".join(u.message for u in error.value.unmet)
    assert f"批次 {box.lot_no} 用了批次 {special.lot_no} 的 50 kg" in told
    assert f"批次 {first.lot_no} 记了 1 kg 损耗" in told


def test_one_of_several_lots_of_a_deed_is_not_cancelled_alone(grown):
    made = graded(grown)

    with pytest.raises(Conflict) as error:
        service.move_lot(made.lots[0], "cancel", grown.actor, "建错了")

    assert error.value.code == "lot.made_together"


def test_a_wrong_loss_is_reversed_and_another_organisation_cannot(grown, session):
    loss = service.write_off(grown.raw, grown.actor, mass_g=5_000, reason="腐烂")
    deed = session.get(Deed, loss.deed_id)
    stranger = grow.actor_of(grow.make_organisation(7002, "示例别家"))

    with pytest.raises(NotFound):
        reversal.reverse(deed, stranger, "不是我的")
    reversal.reverse(deed, grown.actor, "记错批次")

    session.refresh(grown.raw)
    assert grown.raw.lost_g == 0


@pytest.mark.parametrize("table", ["trace_lot_deed", "trace_lot_measure", "trace_lot_loss"])
def test_deeds_losses_and_measures_are_never_changed(grown, session, table):
    graded(grown)
    session.flush()
    for statement in (f"delete from {table}", f"update {table} set recorded_at = '2020-01-01'"):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text(statement))


def test_a_co_operative_seals_for_another_producer_with_its_own_name(grown, session):
    coop = grow.make_organisation(7003, "示例合作社")
    sealer = grow.actor_of(coop)
    inspection.issue_certificate(grown.actor, lot=grown.packed, bases=["control"])

    service.set_sealer(grown.packed, grown.actor, coop.code)

    assert [v.id for v in queries.waiting_for_seal(coop.id)] == [grown.packed.id]
    assert queries.get_lot(grown.packed.public_id, sealer).sealer_id == coop.id
    with pytest.raises(NotFound):
        service.begin_sealing(grown.packed.id, grown.actor)
    facts = service.begin_sealing(grown.packed.id, sealer)
    parties = facts["credentialSubject"]["parties"]
    assert parties["sealer"]["code"] == coop.code
    assert parties["producer"]["code"] == grown.organisation.code
    assert grown.packed.state == "sealed"
    with pytest.raises(Conflict):
        service.set_sealer(grown.packed, grown.actor, "")


def test_only_the_owner_names_the_sealer(grown):
    stranger = grow.actor_of(grow.make_organisation(7002, "示例别家"))

    with pytest.raises(NotFound):
        service.set_sealer(grown.packed, stranger, "")


def test_what_is_made_of_a_held_lot_is_not_sellable_either(grown, as_user):
    inspection.issue_certificate(grown.actor, lot=grown.raw, bases=["control"])
    inspection.issue_certificate(grown.actor, lot=grown.packed, bases=["control"])
    service.begin_sealing(grown.packed.id, grown.actor)
    service.begin_sealing(grown.raw.id, grown.actor)
    inspector = as_user("commerce_inspector", as_user.organisation("bureau")).actor
    assert queries.sellable(grown.packed.id)

    service.move_lot(grown.raw, "hold", inspector, "抽检待复核")

    assert not queries.sellable(grown.packed.id)
    assert queries.sellable_of([grown.packed.id, grown.raw.id]) == set()


def test_a_withdrawn_record_ends_the_sale_for_every_reader(grown):
    inspection.issue_certificate(grown.actor, lot=grown.packed, bases=["control"])
    service.begin_sealing(grown.packed.id, grown.actor)
    assert queries.sellable(grown.packed.id)

    service.withdraw(grown.packed.id, grown.actor, "检测送样弄错")

    assert not queries.sellable(grown.packed.id)
    assert grown.packed.state == "withdrawn"
    assert queries.lot_by_id(grown.packed.id).is_sealed


def test_readers_take_many_lots_at_once(grown, session):
    made = graded(grown)
    everything = [lot.id for lot in session.scalars(select(Lot))]

    assert len(queries.balances(everything)) == len(everything)
    up = queries.edges_up([lot.id for lot in made.lots])
    assert [(e.kind, e.depth) for e in up] == [("grade", 1), ("grade", 1), ("receive", 2)]
    assert up[0].deed_public_id == made.deed.public_id
    assert queries.edges_down([]) == []
    assert queries.balances([]) == {}
