"""Code series: who may issue, how many, never twice; the print register."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.db import db, unit_of_work
from core.errors import NotFound, RuleBroken
from core.seal import service as seal
from shop.stock import lots as shop_lots
from tests.factories import code as make
from tests.factories.trace import actor_of, make_organisation, make_packed_lot, make_report
from trace.code import keys, queries, register_service, roots, service
from trace.code.errors import CannotIssue
from trace.code.models import ItemKey, PrintRun
from trace.inspection import service as inspection
from trace.lot import licensing
from trace.lot import service as lots
from trace.scan import facts
from trace.signing import identity
from trace.signing import queries as signing
from trace.signing import service as sealing


def rules_of(error) -> list[str]:
    return [unmet.rule for unmet in error.value.unmet]


@pytest.fixture
def lot(sealed_lot):
    return sealed_lot


def test_ranges_of_one_item_follow_one_another(lot):
    first = service.issue_series(lot.packed.public_id, 100, lot.actor)
    second = service.issue_series(lot.packed.public_id, 105, lot.actor, covered=True)

    assert (first.start_unit, first.last_unit, first.series_no) == (1, 100, 1)
    assert (second.start_unit, second.last_unit, second.series_no) == (101, 205, 2)
    assert queries.issued_for_lot(lot.packed.id) == 205


@pytest.mark.parametrize(("count", "allowed"), [(204, True), (205, True), (206, False)])
def test_no_more_codes_than_pieces(lot, count, allowed):
    if allowed:
        assert service.issue_series(lot.packed.public_id, count, lot.actor).unit_count == count
        return
    with pytest.raises(CannotIssue) as refusal:
        service.issue_series(lot.packed.public_id, count, lot.actor)
    assert rules_of(refusal) == ["code.too_many"]


def wish(kind: str, first: int, last: int, reason: str = "", **values) -> register_service.Wish:
    return register_service.Wish(kind, first, last, reason, **values)


def test_a_lot_without_licence_gets_codes_and_plain_labels_but_never_the_mark(session, clock):
    lot = make.make_sealed_lot(licensed=False)
    series = service.issue_series(lot.packed.public_id, 5, lot.actor)

    _, plain = register_service.register_print(series.public_id, wish("a4", 1, 5), lot.actor)
    with pytest.raises(CannotIssue) as refusal:
        register_service.register_print(series.public_id, wish("roll", 1, 5, "换纸", mark="on"), lot.actor)

    assert series.licence_no == ""
    assert (plain.marked, plain.licence_no) == (False, "")
    assert rules_of(refusal) == ["code.no_licence"]


@pytest.mark.parametrize(("day", "marked"), [("2027-08-31 23:59:59", True), ("2027-09-01 00:00:00", False)])
def test_the_mark_leaves_the_labels_when_the_licence_ends(lot, clock, day, marked):
    series = service.issue_series(lot.packed.public_id, 5, lot.actor)
    clock.set(day)

    _, run = register_service.register_print(series.public_id, wish("a4", 1, 5), lot.actor)

    assert run.marked is marked
    assert bool(run.licence_no) is marked


@pytest.mark.parametrize("licensed", ["owner", "sealer"])
def test_the_licence_asked_is_the_sealers_from_the_record_to_the_label_and_the_shop(session, clock, licensed):
    grown, coop = make_packed_lot(), make_organisation(7002, "临猗示例联合社")
    sealer = actor_of(coop)
    make.make_licence(grown, organisation_id=(grown.organisation if licensed == "owner" else coop).id)
    make_report(grown.actor, grown.raw)
    inspection.issue_certificate(grown.actor, lot=grown.packed, bases=("control",))
    lots.set_sealer(grown.packed, grown.actor, coop.code)
    identity.create_key(coop.id, sealer)
    sealing.seal_record(grown.packed.id, actor=sealer, password_confirmed=True)
    series = service.issue_series(grown.packed.public_id, 5, grown.actor)

    _, run = register_service.register_print(series.public_id, wish("a4", 1, 5), grown.actor)

    covered = licensed == "sealer"
    assert ("licence" in signing.record_for_lot(grown.packed.id).payload["credentialSubject"]) is covered
    assert (bool(series.licence_no), run.marked) == (covered, covered)
    assert shop_lots.get(grown.packed.id).licensed is covered
    assert (grown.packed.id in licensing.lots_under(coop.id)) is True
    assert facts.lot_page(grown.packed.id, "zh").licence is not None or not covered


def test_every_serial_of_a_series_resolves_to_its_unit_and_no_other_does(lot):
    series = service.issue_series(lot.packed.public_id, 20, lot.actor, covered=True)
    serials = [queries.unit_address(series, place)[-13:] for place in range(1, 21)]

    assert [queries.resolve(series.item_id, serial).unit for serial in serials] == list(range(1, 21))
    beyond = keys.version(series.item_id, "serial", 1).serial(21)
    assert queries.resolve(series.item_id, beyond) is None
    assert queries.resolve(series.item_id, serials[0], "covered") is None


def test_codes_of_an_older_key_stay_readable_after_a_new_key(lot):
    old = service.issue_series(lot.packed.public_id, 5, lot.actor)
    keys.renew(lot.box.id, "serial")
    new = service.issue_series(lot.packed.public_id, 5, lot.actor)

    assert (old.key_version, new.key_version) == (1, 2)
    for series in (old, new):
        serial = queries.unit_address(series, 3)[-13:]
        assert queries.resolve(series.item_id, serial).unit == series.start_unit + 2


def test_item_keys_are_sealed_at_rest(lot, session):
    service.issue_series(lot.packed.public_id, 1, lot.actor, covered=True)
    rows = session.query(ItemKey).filter_by(item_id=lot.box.id).all()

    secrets = {
        seal.unseal(row.sealed_secret, table="trace_code_key", row=row.public_id, purpose="code-key") for row in rows
    }
    assert {row.purpose for row in rows} == {"serial", "covered", "blind"}
    assert len(secrets) == 3
    assert all(secret not in row.sealed_secret for secret in secrets for row in rows)


def test_another_organisation_does_not_see_the_lot(lot):
    stranger = actor_of(make_organisation(7099, "另一示例合作社"))
    series = service.issue_series(lot.packed.public_id, 1, lot.actor)

    with pytest.raises(NotFound):
        service.issue_series(lot.packed.public_id, 1, stranger)
    with pytest.raises(NotFound):
        queries.series_for_actor(series.public_id, stranger)


def test_a_reprint_wants_a_reason_is_signed_and_stands_in_the_register(lot, session):
    series = service.issue_series(lot.packed.public_id, 50, lot.actor)
    for one in (wish("test", 1, 1), wish("a4", 1, 30)):
        register_service.register_print(series.public_id, one, lot.actor)

    with pytest.raises(CannotIssue) as refusal:
        register_service.register_print(series.public_id, wish("zpl203", 30, 40), lot.actor)
    assert rules_of(refusal) == ["code.reprint_reason"]
    _, again = register_service.register_print(series.public_id, wish("zpl203", 30, 40, "卡纸"), lot.actor)

    runs = session.query(PrintRun).order_by(PrintRun.id).all()
    assert [(r.format, r.reprint, r.reason) for r in runs] == [
        ("test", False, ""),
        ("a4", False, ""),
        ("zpl203", True, "卡纸"),
    ]
    words = signing.payload_of(roots.statement_of(again))
    assert words["reason"] == "卡纸"
    assert (words["credentialSubject"]["change"], words["credentialSubject"]["firstUnit"]) == ("reprint", 30)


def test_labels_stop_when_the_lot_is_held(lot, session):
    series = service.issue_series(lot.packed.public_id, 5, lot.actor)
    session.execute(text("update trace_lot_lot set state = 'held' where id = :i"), {"i": lot.packed.id})
    session.expire_all()

    with pytest.raises(CannotIssue) as refusal:
        register_service.register_print(series.public_id, wish("a4", 1, 5), lot.actor)

    assert rules_of(refusal) == ["code.lot_held"]


def test_covered_codes_leave_only_with_permission_and_every_export_is_audited(lot, session):
    series = service.issue_series(lot.packed.public_id, 5, lot.actor, covered=True)
    operator = actor_of(lot.organisation, "operator")

    with pytest.raises(CannotIssue) as refusal:
        register_service.register_print(series.public_id, wish("covered", 1, 5, "印刷厂"), operator)
    register_service.register_print(series.public_id, wish("covered", 1, 5, "印刷厂"), lot.actor)

    assert rules_of(refusal) == ["code.covered_denied"]
    told = session.execute(text("select details from core_record_entry where verb = 'code.covered_exported'")).scalars()
    assert [(row["first"], row["last"], row["reason"]) for row in told] == [(1, 5, "印刷厂")]


def test_voided_units_free_their_quantity_stay_void_and_are_not_printed(lot):
    series = service.issue_series(lot.packed.public_id, 205, lot.actor)
    void = service.void_units(series.public_id, 11, 20, lot.actor, reason="一卷标签淋湿，已销毁")

    assert queries.standing_codes(lot.packed.id) == 195
    assert queries.void_of(series.item_id, series.start_unit + 14) == void
    assert queries.void_of(series.item_id, series.start_unit + 20) is None
    assert service.issue_series(lot.packed.public_id, 10, lot.actor).unit_count == 10
    with pytest.raises(CannotIssue) as printing:
        register_service.register_print(series.public_id, wish("a4", 1, 15), lot.actor)
    with pytest.raises(CannotIssue) as again:
        service.void_units(series.public_id, 20, 30, lot.actor, reason="又一卷")
    assert rules_of(printing) == ["code.voided"]
    assert rules_of(again) == ["code.already_void"]
    words = signing.payload_of(roots.statement_of(void))["credentialSubject"]
    assert (words["change"], words["firstUnit"], words["count"]) == ("void", series.start_unit + 10, 10)


def test_a_void_wants_a_public_reason_without_personal_data(lot):
    series = service.issue_series(lot.packed.public_id, 5, lot.actor)

    with pytest.raises(CannotIssue) as refusal:
        service.void_units(series.public_id, 1, 1, lot.actor, reason="")
    assert rules_of(refusal) == ["code.void_reason"]
    with pytest.raises(RuleBroken):
        service.void_units(series.public_id, 1, 1, lot.actor, reason="打 13800138000 问张三")


@pytest.mark.parametrize(
    "statement",
    [
        "update trace_code_series set unit_count = unit_count + 1",
        "delete from trace_code_series",
        "update trace_code_root set root = sha256('x')",
        "delete from trace_code_root",
        (
            "insert into trace_code_series (organisation_id, item_id, lot_id, series_no, start_unit, unit_count, key_version, "
            "link_prefix, licence_no, record_id, issued_at, public_id) select organisation_id, item_id, lot_id, 99, start_unit + 4, "
            "9, 1, '', '', record_id, issued_at, gen_random_uuid() from trace_code_series"
        ),
    ],
)
def test_the_database_refuses_changed_and_overlapping_series(lot, session, statement):
    service.issue_series(lot.packed.public_id, 5, lot.actor)

    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(statement))


def test_two_printers_at_once_never_share_a_unit_and_never_exceed_the_pieces(cloned_db):
    app = cloned_db.app
    with app.app_context(), unit_of_work():
        grown = make.make_sealed_lot()
        lot_id, actor, packed = grown.packed.public_id, grown.actor, grown.packed.id
    ready, outcomes = threading.Barrier(4), []

    def printer() -> None:
        ready.wait()
        try:
            with app.app_context(), unit_of_work():
                series = service.issue_series(lot_id, 80, actor)
                outcomes.append((series.start_unit, series.last_unit))
        except CannotIssue as refusal:
            outcomes.append(refusal.unmet[0].rule)
        finally:
            with app.app_context():
                db.session.remove() if hasattr(db.session, "remove") else db.session.close()

    threads = [threading.Thread(target=printer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    ranges = sorted(outcome for outcome in outcomes if isinstance(outcome, tuple))
    assert len(ranges) == 2
    assert outcomes.count("code.too_many") == 2
    assert ranges[0][1] < ranges[1][0]
    with app.app_context():
        assert queries.issued_for_lot(packed) == 160


def test_codes_issued_after_an_addendum_stand_on_the_full_record_and_print_its_words(lot):
    from trace.code import designs
    from trace.signing import service as sealing

    sealed = signing.record_for_lot(lot.packed.id).public_id
    sealing.add_addendum(lot.packed.id, actor=lot.actor, reason="贮存", statement="在冷库存放", password_confirmed=True)
    series = service.issue_series(lot.packed.public_id, 2, lot.actor)

    assert series.record_id == sealed
    assert designs.facts_of(series).lot_no == lot.packed.lot_no
