"""Lots by their services: quantities, gates, sealing, cancelling, genealogy."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.errors import BadInput, Conflict, InvalidMove, NotFound, RuleBroken
from core.hooks import lot_held
from core.organisation import mandates
from core.record.models import AuditRow
from tests.factories import trace as grow
from trace.inspection import service as inspection
from trace.lot import queries, service
from trace.lot.models import Lot
from trace.season import service as seasons


@pytest.fixture
def grown(packed_lot):
    return packed_lot


def rules_of(error) -> set[str]:
    return {u.rule for u in error.value.unmet}


def test_packing_takes_grams_and_keeps_the_rest_as_loss(grown, session):
    assert grown.packed.mass_g == 1_025_000
    assert grown.packed.packing_loss_g == 35_000
    assert grown.raw.used_g == 1_060_000
    assert grown.raw.remainder_g == 55_000
    verbs = session.scalars(select(AuditRow.verb)).all()
    assert {"lot.received", "lot.packed"} <= set(verbs)


@pytest.mark.parametrize(("grams", "allowed"), [(54_999, True), (55_000, True), (55_001, False)])
def test_no_more_can_be_taken_than_is_left(grown, grams, allowed):
    take = [(grown.raw, grams)]

    if allowed:
        made = service.pack(grown.actor, item_id=grown.box.id, sources=take, pieces=1)
        assert grown.raw.remainder_g == 55_000 - grams
        assert made.packing_loss_g == grams - 5000
    else:
        with pytest.raises(RuleBroken) as error:
            service.pack(grown.actor, item_id=grown.box.id, sources=take, pieces=1)
        assert rules_of(error) == {"lot.short"}
        assert grown.raw.remainder_g == 55_000


@pytest.mark.parametrize(("pieces", "allowed"), [(2, True), (3, False)])
def test_no_more_comes_out_than_went_in(grown, pieces, allowed):
    if allowed:
        service.pack(grown.actor, item_id=grown.box.id, sources=[(grown.raw, 10_000)], pieces=pieces)
        return
    with pytest.raises(RuleBroken) as error:
        service.pack(grown.actor, item_id=grown.box.id, sources=[(grown.raw, 10_000)], pieces=pieces)
    assert rules_of(error) == {"lot.more_than_in"}
    assert grown.raw.used_g == 1_060_000


@pytest.mark.parametrize("pieces", [0, -1, 10_000_001])
def test_impossible_piece_counts_are_refused(grown, pieces):
    with pytest.raises(BadInput):
        service.pack(grown.actor, item_id=grown.box.id, sources=[(grown.raw, 10_000)], pieces=pieces)


def test_a_harvest_day_cannot_be_received_twice(grown):
    with pytest.raises(RuleBroken) as error:
        service.receive_harvest(grown.actor, item_id=grown.loose.id, sources=[(grown.season, grow.HARVEST_DAY, 1)])

    assert rules_of(error) == {"lot.short"}


def test_a_day_without_harvest_gives_nothing(grown):
    with pytest.raises(RuleBroken):
        service.receive_harvest(grown.actor, item_id=grown.loose.id, sources=[(grown.season, date(2026, 10, 13), 1)])


def test_another_variety_cannot_be_packed_as_this_one(grown):
    other = grow.make_box(grown.actor, "DZ-5KG", variety="winter-jujube", specification=None, grade=None)

    with pytest.raises(BadInput) as error:
        service.pack(grown.actor, item_id=other.id, sources=[(grown.raw, 5000)], pieces=1)

    assert error.value.code == "lot.other_variety"


def test_lot_numbers_run_by_day_and_may_be_chosen_once_per_item(grown):
    assert grown.raw.lot_no == "26101201"
    assert grown.packed.lot_no == "26101701"

    with pytest.raises(Conflict):
        service.pack(
            grown.actor, item_id=grown.box.id, sources=[(grown.raw, 5000)], pieces=1, lot_no="２６１０１７０１"
        )


@pytest.mark.parametrize("number", ["A/1", "A B%", "中文", "A" * 21, "A\x00B", "a\u202eb"])
def test_lot_numbers_that_would_need_escaping_are_refused(grown, number):
    with pytest.raises(BadInput):
        service.pack(grown.actor, item_id=grown.box.id, sources=[(grown.raw, 5000)], pieces=1, lot_no=number)


def test_packing_in_the_future_or_before_the_harvest_is_refused(grown):
    for day in (date(2026, 11, 21), date(2026, 10, 11)):
        with pytest.raises(BadInput):
            service.pack(grown.actor, item_id=grown.box.id, sources=[(grown.raw, 5000)], pieces=1, packed_on=day)


def test_another_organisations_lot_and_item_cannot_be_used(grown):
    stranger = grow.actor_of(grow.make_organisation(7002, "示例别家"))

    with pytest.raises(BadInput):
        service.pack(stranger, item_id=grown.box.id, sources=[(grown.raw, 5000)], pieces=1)
    with pytest.raises(NotFound):
        queries.get_lot(grown.packed.public_id, stranger)
    with pytest.raises(NotFound):
        service.begin_sealing(grown.packed.id, stranger)
    with pytest.raises(NotFound):
        service.write_off(grown.raw, stranger, mass_g=1, reason="腐烂")


def test_writing_off_never_takes_more_than_is_left_and_packed_lots_keep_their_pieces(grown):
    service.write_off(grown.raw, grown.actor, mass_g=55_000, reason="腐烂")
    assert grown.raw.remainder_g == 0

    with pytest.raises(RuleBroken):
        service.write_off(grown.raw, grown.actor, mass_g=1, reason="腐烂")
    with pytest.raises(Conflict) as error:
        service.write_off(grown.packed, grown.actor, mass_g=5000, reason="压坏")
    assert error.value.code == "lot.packed_loss"
    assert queries.lot_by_id(grown.packed.id).pieces_left == 205


def test_what_is_sealed_for_sale_is_not_unpacked_and_what_is_unpacked_is_not_sealed(grown):
    carton = grow.make_box(grown.actor, "FJ-10KG", net_content_g=10_000)
    inspection.issue_certificate(grown.actor, lot=grown.packed, bases=["control"])
    other = service.pack(grown.actor, item_id=grown.box.id, sources=[(grown.raw, 20_000)], pieces=4)
    inspection.issue_certificate(grown.actor, lot=other, bases=["control"])
    service.begin_sealing(grown.packed.id, grown.actor)

    with pytest.raises(Conflict) as error:
        service.pack(grown.actor, item_id=carton.id, sources=[(grown.packed, 10_000)], pieces=1)
    assert error.value.code == "lot.sealed_pieces"

    bigger = service.pack(grown.actor, item_id=carton.id, sources=[(other, 10_000)], pieces=1)
    assert {u.rule for u in queries.sealing_unmet(other.id)} == {"seal.partly_used"}
    service.move_lot(bigger, "cancel", grown.actor, "先卖小箱")
    assert queries.sealing_unmet(other.id) == []


def test_the_gate_lists_the_missing_certificate_and_sealing_waits_for_it(grown):
    assert {u.rule for u in queries.sealing_unmet(grown.packed.id)} == {"seal.certificate"}
    with pytest.raises(RuleBroken) as error:
        service.begin_sealing(grown.packed.id, grown.actor)
    assert rules_of(error) == {"seal.certificate"}
    assert grown.packed.state == "open"

    inspection.issue_certificate(grown.actor, lot=grown.packed, bases=["control"])
    facts = service.begin_sealing(grown.packed.id, grown.actor)

    assert grown.packed.state == "sealed"
    assert queries.sellable(grown.packed.id)
    assert facts["credentialSubject"]["complianceCertificate"]["number"].startswith("HG-2026-")
    with pytest.raises(InvalidMove):
        service.begin_sealing(grown.packed.id, grown.actor)


def test_an_operator_may_pack_but_not_seal(grown):
    inspection.issue_certificate(grown.actor, lot=grown.packed, bases=["control"])
    operator = grow.actor_of(grown.organisation, "operator")

    with pytest.raises(RuleBroken) as error:
        service.begin_sealing(grown.packed.id, operator)

    assert rules_of(error) == {"trace.lot.seal.permission"}


@pytest.mark.parametrize(
    ("sprayed", "unmet"),
    [(date(2026, 9, 11), set()), (date(2026, 9, 12), set()), (date(2026, 9, 13), {"season.interval"})],
)
def test_a_waiting_time_must_be_over_on_the_harvest_day(session, clock, sprayed, unmet):
    grown = grow.make_packed_lot(sprays=[(sprayed, 30)])

    assert {u.rule for u in queries.sealing_unmet(grown.packed.id)} - {"seal.certificate"} == unmet


def test_a_test_over_the_limit_closes_the_gate_of_every_lot_made_from_the_sampled_one(grown):
    grow.make_report(grown.actor, grown.raw, [("戊唑醇", "2.001")])

    assert "seal.test_failed" in {u.rule for u in queries.sealing_unmet(grown.packed.id)}


def test_cancelling_gives_the_grams_back_and_frees_the_harvest(grown, session):
    with pytest.raises(RuleBroken) as error:
        service.move_lot(grown.raw, "cancel", grown.actor, "建错了")
    assert rules_of(error) == {"trace.lot.used"}

    service.move_lot(grown.packed, "cancel", grown.actor, "件数写错")
    session.refresh(grown.raw)
    assert grown.raw.used_g == 0
    service.move_lot(grown.raw, "cancel", grown.actor, "建错了")

    assert queries.harvest_left(grown.season.id) == [(grow.HARVEST_DAY, 1_115_000)]
    assert queries.from_season(grown.season.id) == []


def test_a_held_lot_is_not_sellable_and_another_inspector_releases_it(grown, as_user):
    inspection.issue_certificate(grown.actor, lot=grown.packed, bases=["control"])
    service.begin_sealing(grown.packed.id, grown.actor)
    first = as_user("commerce_inspector", as_user.organisation("bureau")).actor
    second = as_user("commerce_inspector", first.organisation_id).actor

    told = []

    def tell(**what):
        told.append((what["lot_id"], what["held"]))

    with lot_held.only(tell):
        service.move_lot(grown.packed, "hold", first, "抽检待复核")
        assert not queries.sellable(grown.packed.id)
        with pytest.raises(RuleBroken) as error:
            service.move_lot(grown.packed, "release", first, "复核没有问题")
        assert rules_of(error) == {"trace.lot.release.four_eyes"}
        service.move_lot(grown.packed, "release", second, "复核没有问题")

    assert queries.sellable(grown.packed.id)
    assert told == [(grown.packed.id, True), (grown.packed.id, False)]


def test_genealogy_reaches_back_to_the_plot_and_forward_over_repacking(grown):
    carton = grow.make_box(grown.actor, "FJ-10KG", net_content_g=10_000)
    bigger = service.pack(grown.actor, item_id=carton.id, sources=[(grown.packed, 100_000)], pieces=10)

    assert queries.upstream(bigger.id) == [bigger.id, grown.packed.id, grown.raw.id]
    assert queries.from_season(grown.season.id) == [grown.raw.id, grown.packed.id, bigger.id]
    assert queries.lot_by_id(grown.packed.id).pieces_left == 185
    with pytest.raises(BadInput):
        service.pack(grown.actor, item_id=carton.id, sources=[(grown.packed, 12_000)], pieces=1)


def test_correcting_a_harvest_below_what_is_in_lots_is_refused(grown):
    from trace.season.models import Entry

    entry = grown.season
    row = next(e for e in _entries(entry) if e.kind == "harvest")
    assert isinstance(row, Entry)
    line = seasons.harvest_line(grown.season, done_on=grow.HARVEST_DAY, mass_g=1_114_999)

    with pytest.raises(RuleBroken) as error:
        seasons.correct(row, grown.season, grown.actor, line, reason="多记了 1 克")

    assert rules_of(error) == {"season.harvest_taken"}


def _entries(season):
    from core.db import db
    from trace.season.models import Entry

    return db.session.scalars(select(Entry).where(Entry.season_id == season.id)).all()


@pytest.mark.parametrize(
    "statement",
    [
        "update trace_lot_lot set mass_g = mass_g + 1",
        "update trace_lot_lot set lot_no = 'X'",
        "delete from trace_lot_lot",
        "update trace_lot_edge set mass_g = 1",
        "delete from trace_lot_edge",
        "update trace_season_entry set mass_g = 1",
        "delete from trace_season_entry",
        "update trace_lot_lot set used_g = mass_g + 1",
        "update trace_lot_lot set used_g = -1",
    ],
)
def test_the_database_itself_refuses_to_alter_what_was_recorded(grown, session, statement):
    session.flush()
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(statement))


def test_the_subject_has_every_promised_key_and_no_person(grown):
    grow.make_report(grown.actor, grown.raw, [("啶虫脒", "0.021"), ("吡虫啉", "未检出", "0.01")])
    inspection.issue_certificate(grown.actor, lot=grown.packed, bases=["control"])

    found = queries.sealing_facts(grown.packed.id)
    subject = found["credentialSubject"]

    host = "https://demo.yidun.example/id/uscc/"
    assert subject["id"] == f"{host}{grown.organisation.code}/prod/FJ-5KG/lot/26101701"
    assert subject["quantity"] == {"unit": "piece", "pieces": 205, "massGrams": 1_025_000}
    assert subject["balance"] == {"inGrams": 1_060_000, "outGrams": 1_025_000, "lossGrams": 35_000, "remainderGrams": 0}
    assert subject["origin"]["plots"][0]["point"] == {"latitude": "35.14", "longitude": "110.78", "roundedTo": "1 km"}
    assert [e["fromKind"] for e in subject["edges"]] == ["season", "lot"]
    assert subject["harvest"] == {"from": "2026-10-12", "to": "2026-10-12", "massGrams": 1_115_000}
    assert [(r["substance"], r["result"], r["judgement"]) for r in subject["tests"][0]["results"]] == [
        ("啶虫脒", "0.021", "not_over"),
        ("吡虫啉", "not_detected", "not_over"),
    ]
    assert subject["journal"][1]["input"]["harvestNotBefore"] == "2026-08-31"
    assert subject["certificates"] == []
    assert found["relatedResource"] == []
    assert "35.142317" not in str(found)
    assert not _floats_or_nulls(found)


def _floats_or_nulls(value) -> bool:
    if isinstance(value, dict):
        return any(_floats_or_nulls(v) for v in value.values())
    if isinstance(value, list):
        return any(_floats_or_nulls(v) for v in value)
    return value is None or isinstance(value, (float, Decimal, bool))


def test_a_grower_is_named_by_code_only(session, clock):
    grown = grow.make_packed_lot()
    grower = grow.make_organisation(7010, "张示例", kind="grower")
    with pytest.raises(BadInput):
        grow.make_plot(grown.actor, "P-0399", farmer_code=grower.code)
    mandates.give(
        keeper_id=grown.organisation.id, grower_id=grower.id, valid_from=date(2026, 3, 1), valid_to=None,
        given_by="keeper", actor=grown.actor,
    )  # fmt: skip
    plot = grow.make_plot(grown.actor, "P-0400", farmer_code=grower.code)
    season = grow.make_season(grown.actor, plot)
    seasons.add_work(season, grown.actor, done_on=date(2026, 5, 18), summary="疏果")
    seasons.add_harvest(season, grown.actor, done_on=grow.HARVEST_DAY, mass_g=50_000)
    raw = service.receive_harvest(grown.actor, item_id=grown.loose.id, sources=[(season, grow.HARVEST_DAY, 50_000)])
    packed = service.pack(grown.actor, item_id=grown.box.id, sources=[(raw, 50_000)], pieces=10)

    subject = queries.sealing_facts(packed.id)["credentialSubject"]

    assert packed.producer_id == grower.id
    assert subject["parties"]["producer"] == {"code": grower.code, "codeKind": "uscc", "kind": "grower"}
    assert "张示例" not in str(subject)


def test_lots_are_counted_for_the_guided_start(grown):
    assert queries.progress(grown.organisation.id) == {"raw": 1, "packed": 1, "sealed": 0}
    assert isinstance(grown.packed, Lot)
