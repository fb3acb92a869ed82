"""Sealing through the service: one transaction, immutable rows, versions, and files that verify without us."""

from __future__ import annotations

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from core.db import db
from core.errors import Denied, NotFound, RuleBroken
from core.record.models import AuditRow
from tests.factories import trace as grow
from tests.support.sealing import check_files, seal
from trace.log import queries as log
from trace.log import writer
from trace.log.errors import NotIntegrated
from trace.log.fsck import differences
from trace.signing import queries, rules, service
from trace.signing.canonical import canonical_bytes, parse_object
from trace.signing.models import Record, SealedRowChanged
from trace.signing.verification import verify_stored

pytestmark = pytest.mark.usefixtures("session")


def test_a_sealed_record_verifies_with_its_four_files_only(grown) -> None:
    row = seal(grown)
    db.session.flush()
    writer.integrate()
    db.session.expire_all()

    result = check_files(row)

    assert result.index == 1  # after the did.json of the first key
    assert result.issuer == f"did:web:demo.yidun.example:org:{grown.organisation.code}"
    assert result.subject.endswith(grown.packed.lot_no)


def test_sealing_moves_the_lot_and_writes_record_queue_row_and_audit_row(grown) -> None:
    row = seal(grown)

    assert (grown.packed.state, row.version, row.kind, row.reason) == ("sealed", 1, "record", "")
    assert log.place_of(row.log_entry_id).integrated_at is None
    audited = db.session.query(AuditRow).filter_by(verb="record.record_sealed", subject_key=str(row.public_id)).one()
    assert audited.organisation_id == grown.organisation.id


def test_until_it_is_integrated_the_record_is_pending_and_has_no_proof(grown) -> None:
    row = seal(grown)

    view = queries.record_for_lot(grown.packed.id)

    assert (view.state, view.verification, view.log_index) == ("pending", "ok", None)
    with pytest.raises(NotIntegrated):
        queries.proof_of(row)


def test_every_term_of_a_sealed_record_is_defined_and_no_personal_data_stands_in_it(grown) -> None:
    payload = parse_object(seal(grown).payload)

    assert rules.undefined_terms(payload) == set()
    rules.check_public(payload)
    assert canonical_bytes(payload) == seal_bytes(grown)


def seal_bytes(grown) -> bytes:
    return db.session.query(Record).filter_by(lot_id=grown.packed.id).one().payload


@pytest.mark.parametrize("secret", ["13812345678", "身份证 140821199001011236", "0359-4030000"])
def test_a_record_with_a_phone_or_id_number_is_refused(grown, monkeypatch, secret: str) -> None:
    facts = service.lots.sealing_facts(grown.packed.id)
    facts["credentialSubject"]["storage"] = {"method": f"冷藏，联系 {secret}"}
    monkeypatch.setattr(service, "begin_sealing", lambda *_: facts)

    with pytest.raises(RuleBroken) as caught:
        seal(grown)

    assert caught.value.code == "trace.signing.personal_data"
    assert "storage.method" in caught.value.message


def test_an_undefined_term_is_never_signed(grown, monkeypatch) -> None:
    facts = service.lots.sealing_facts(grown.packed.id)
    facts["credentialSubject"]["somethingNew"] = "1"
    monkeypatch.setattr(service, "begin_sealing", lambda *_: facts)

    with pytest.raises(AssertionError, match="somethingNew"):
        seal(grown)


def test_sealing_needs_the_password_again(grown) -> None:
    with pytest.raises(Denied) as caught:
        service.seal_record(grown.packed.id, actor=grown.actor)

    assert caught.value.code == "signing.password_needed"
    assert grown.packed.state == "open"


def test_an_operator_may_not_seal(grown) -> None:
    operator = grow.actor_of(grown.organisation, "operator")

    with pytest.raises(Denied):
        service.seal_record(grown.packed.id, actor=operator, password_confirmed=True)


def test_another_enterprise_does_not_see_the_lot(grown) -> None:
    other = grow.actor_of(grow.make_organisation(7002, "示例另一家"))

    with pytest.raises(NotFound):
        service.seal_record(grown.packed.id, actor=other, password_confirmed=True)
    with pytest.raises(NotFound):
        service.preview(grown.packed.id, actor=other)


def test_a_lot_is_sealed_once(grown) -> None:
    seal(grown)

    with pytest.raises(RuleBroken) as caught:
        seal(grown)

    assert caught.value.code == "trace.signing.sealed"


def test_without_a_key_the_preview_says_what_is_missing(session, clock) -> None:
    grown = grow.make_packed_lot()

    shown = service.preview(grown.packed.id, actor=grown.actor)

    codes = {unmet.rule for unmet in shown.unmet}
    assert "trace.signing.no_key" in codes
    assert len(codes) > 1  # the lot's own gates are listed at the same time


def test_the_preview_is_what_gets_signed(grown) -> None:
    shown = service.preview(grown.packed.id, actor=grown.actor)
    signed = parse_object(seal(grown).payload)

    same = {name: value for name, value in signed.items() if name not in ("id", "proof")}
    assert shown.unmet == ()
    assert same == {name: value for name, value in shown.credential.items() if name != "id"}


def test_the_record_of_a_lot_is_read_in_three_statements(grown) -> None:
    seal(grown)
    service.correct(grown.packed.id, actor=grown.actor, reason="包装日期写错", password_confirmed=True)
    db.session.flush()
    writer.integrate()
    queries.record_for_lot(grown.packed.id)
    asked: list[str] = []
    listen = event.listens_for(db.engine, "before_cursor_execute")

    @listen
    def count(_c, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    try:
        view = queries.record_for_lot(grown.packed.id)
    finally:
        event.remove(db.engine, "before_cursor_execute", count)

    assert (view.version, view.state, len(asked)) == (2, "integrated", 3)


# --- versions -----------------------------------------------------------------------------------------------------


def test_a_correction_names_the_version_before_and_its_public_reason(grown) -> None:
    first = seal(grown)
    second = service.correct(grown.packed.id, actor=grown.actor, reason="包装日期写错", password_confirmed=True)

    payload = parse_object(second.payload)
    assert (second.version, payload["reason"]) == (2, "包装日期写错")
    assert payload["previousRecord"]["id"].endswith(str(first.public_id))
    view = queries.record_for_lot(grown.packed.id)
    assert [version.kind for version in view.versions] == ["record", "correction"]
    assert view.corrected


def test_an_addendum_says_only_what_is_new(grown) -> None:
    seal(grown)
    row = service.add_addendum(
        grown.packed.id, actor=grown.actor, reason="入库", statement="转入三号冷库，0–4 ℃", password_confirmed=True
    )

    subject = parse_object(row.payload)["credentialSubject"]
    assert set(subject) == {"id", "type", "lotNo", "statement", "statedOn"}
    view = queries.record_for_lot(grown.packed.id)
    assert view.payload["recordKind"] == "record"
    assert view.addenda[0]["credentialSubject"]["statement"] == "转入三号冷库，0–4 ℃"


def test_after_a_withdrawal_nothing_follows(grown) -> None:
    seal(grown)
    service.withdraw(grown.packed.id, actor=grown.actor, reason="批次标错", password_confirmed=True)

    assert queries.record_for_lot(grown.packed.id).withdrawn_reason == "批次标错"
    with pytest.raises(RuleBroken) as caught:
        service.correct(grown.packed.id, actor=grown.actor, reason="再改", password_confirmed=True)
    assert caught.value.code == "trace.signing.withdrawn"


@pytest.mark.parametrize("kind", ["correction", "addendum", "withdrawal"])
def test_later_versions_need_a_reason_and_a_first_version(grown, kind: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        seal(grown, kind=kind)

    assert {unmet.rule for unmet in caught.value.unmet} == {"trace.signing.not_sealed", "trace.signing.reason"}


# --- nothing signed changes silently ------------------------------------------------------------------------------


def test_the_model_refuses_to_change_or_delete_a_record(grown) -> None:
    row = seal(grown)

    row.reason = "改一下"
    with pytest.raises(SealedRowChanged), db.session.begin_nested():
        db.session.flush()


@pytest.mark.parametrize(
    "statement",
    [
        "update trace_signing_record set payload = payload || 'x'",
        "update trace_signing_record set version = 9",
        "delete from trace_signing_record",
        "update trace_signing_did_document set document = 'x'",
        "delete from trace_signing_did_document",
        "update trace_log_entry set entry = 'x'",
        "delete from trace_log_entry",
        "update trace_log_entry set sequence = 77 where sequence is not null",
        "update trace_log_tile set hashes = substring(hashes from 33) || substring(hashes from 1 for 32)",
        "delete from trace_log_tile",
        "update trace_log_checkpoint set root = sha256('x')",
        "delete from trace_log_checkpoint",
        "update trace_signing_key set public_key = sha256('x')",
        "delete from trace_signing_key",
    ],
)  # fmt: skip
def test_the_database_refuses_to_change_what_is_sealed(grown, statement: str) -> None:
    seal(grown)
    db.session.flush()
    writer.integrate()

    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text(statement))


def tamper(statement: str, **values) -> None:
    """What somebody with the database in hand could do: switch the triggers off."""
    db.session.execute(text("set local session_replication_role = replica"))
    db.session.execute(text(statement), values)
    db.session.execute(text("set local session_replication_role = origin"))
    db.session.expire_all()


def test_a_byte_changed_in_our_own_copy_is_told_by_query_and_fsck(grown) -> None:
    row = seal(grown)
    db.session.flush()
    writer.integrate()
    db.session.expire_all()
    assert list(differences(db.session)) == []
    assert verify_stored(row) == "ok"

    tamper("update trace_signing_record set payload = replace(convert_from(payload,'UTF8'), '富士', '嘎啦')::bytea")

    view = queries.record_for_lot(grown.packed.id)
    assert (view.verification, view.payload) == ("signature_invalid", {})
    assert any(str(row.public_id) in line for line in differences(db.session))


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("update trace_log_entry set entry = 'x' where sequence = 1", "leaf hash"),
        ("update trace_log_entry set sequence = 9 where sequence = 1", "sequence"),
        ("update trace_log_tile set hashes = sha256('x') || substring(hashes from 33)", "tile 0/0"),
        ("update trace_log_checkpoint set root = sha256('x')", "checkpoint"),
        ("update trace_log_checkpoint set note = note || 'x'", "checkpoint"),
        ("update trace_signing_did_document set document = 'x'", "DID document"),
        ("update trace_signing_record set digest = sha256('x')", "record"),
        ("delete from trace_log_tile", "missing"),
    ],
)  # fmt: skip
def test_fsck_finds_every_kind_of_difference(grown, statement: str, word: str) -> None:
    seal(grown)
    db.session.flush()
    writer.integrate()

    tamper(statement)

    assert any(word in line for line in differences(db.session))


def test_fsck_command_exits_1_on_a_difference(app, grown) -> None:
    seal(grown)
    db.session.flush()
    writer.integrate()
    assert app.test_cli_runner().invoke(args=["trace", "fsck"]).exit_code == 0

    tamper("update trace_log_entry set entry = 'x' where sequence = 1")

    assert app.test_cli_runner().invoke(args=["trace", "fsck"]).exit_code == 1
