"""Code-series roots: committed with the series, signed, logged, and provable unit by unit without us."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, text

from core.db import db
from core.errors import BadInput
from tests.factories import code as make
from trace.code import keys, queries, register_service, roots, rules, service
from trace.code.errors import CannotIssue
from trace.code.models import RootTile, Series
from trace.log import queries as log
from trace.log import writer
from trace.log.fsck import differences
from trace.signing import identity
from trace.signing import queries as signing
from trace.verify import series as verifier
from trace.verify.cli import main
from trace.verify.entry import read_entry
from trace.verify.multikey import encode_public_key, multibase_encode
from trace.verify.reasons import Reason, VerificationError


@pytest.fixture
def lot(sealed_lot):
    return sealed_lot


def did_of(series: Series) -> bytes:
    name = signing.payload_of(roots.statement_of(series))["issuer"]
    return bytes(signing.document(name).document)


def serial_of(series: Series, place: int) -> str:
    return queries.unit_address(series, place)[-13:]


def test_issuing_signs_the_root_and_logs_item_lot_first_unit_count_and_root_in_clear(lot):
    series = service.issue_series(lot.packed.public_id, 205, lot.actor)
    writer.integrate()

    entry = read_entry(log.entry_bytes(roots.statement_of(series).log_entry_id))
    words = signing.payload_of(roots.statement_of(series))

    assert entry["kind"] == "series-root"
    assert (entry["first"], entry["count"]) == (1, 205)
    assert entry["root"] == roots.root_of(series.id).root.hex()
    assert words["credentialSubject"]["record"].endswith(f"/trace/records/{series.record_id}")
    assert entry["lot"].endswith(lot.packed.lot_no)
    assert list(differences(db.session)) == []


@pytest.mark.parametrize("place", [1, 128, 205])
def test_every_unit_has_a_proof_that_verifies_with_files_only(lot, tmp_path, capsys, place):
    series = service.issue_series(lot.packed.public_id, 205, lot.actor)
    writer.integrate()
    (tmp_path / "unit.proof").write_bytes(roots.unit_proof_file(series, serial_of(series, place)))
    (tmp_path / "did.json").write_bytes(did_of(series))

    status = main(["unit", str(tmp_path / "unit.proof"), "--did", str(tmp_path / "did.json"), "--log-key", log.vkey()])

    assert status == 0
    assert serial_of(series, place) in capsys.readouterr().out


def changed(proof: dict, **values) -> bytes:
    return json.dumps(proof | values).encode()


def test_a_serial_that_was_not_committed_does_not_verify(lot):
    series = service.issue_series(lot.packed.public_id, 9, lot.actor)
    writer.integrate()
    files = {"did_document": did_of(series), "log_key": log.vkey()}
    proof = roots.unit_proof(series, serial_of(series, 3))
    invented = keys.version(series.item_id, "serial", 1).serial(10)
    wrong = {
        "another serial": changed(proof, serial=invented),
        "another place": changed(proof, index=proof["index"] + 1),
        "another blind": changed(proof, blind="00" * 16),
        "a shorter path": changed(proof, path=proof["path"][:-1]),
    }

    assert verifier.verify_unit(changed(proof), **files).unit == 3
    for words, data in wrong.items():
        with pytest.raises(VerificationError) as refusal:
            verifier.verify_unit(data, **files)
        assert refusal.value.reason is Reason.INCLUSION_INVALID, words


def test_a_changed_count_or_root_breaks_the_signature(lot):
    series = service.issue_series(lot.packed.public_id, 9, lot.actor)
    writer.integrate()
    proof = roots.unit_proof(series, serial_of(series, 3))
    for field, value in (("count", 10), ("root", "00" * 32)):
        copy = json.loads(json.dumps(proof))
        copy["credential"]["credentialSubject"][field] = value

        with pytest.raises(VerificationError) as refusal:
            verifier.verify_unit(json.dumps(copy).encode(), did_document=did_of(series), log_key=log.vkey())

        assert refusal.value.reason is Reason.SIGNATURE_INVALID


@pytest.mark.parametrize(
    "change",
    [
        {"format": "x"}, {"serial": "abc"}, {"serial": 5}, {"blind": "zz"}, {"index": -1}, {"index": True}, {"path": "x"},
        {"path": ["00"]}, {"credential": []}, {"more": 1},
    ],
)  # fmt: skip
def test_every_malformed_field_of_a_proof_is_named(lot, change):
    series = service.issue_series(lot.packed.public_id, 3, lot.actor)
    writer.integrate()
    proof = roots.unit_proof(series, serial_of(series, 1))

    with pytest.raises(VerificationError) as refusal:
        verifier.verify_unit(changed(proof, **change), did_document=did_of(series), log_key=log.vkey())

    assert refusal.value.reason is Reason.BAD_JSON


def test_a_proof_without_its_log_proof_says_so(lot):
    series = service.issue_series(lot.packed.public_id, 3, lot.actor)
    proof = roots.unit_proof_file(series, serial_of(series, 1))

    with pytest.raises(VerificationError) as refusal:
        verifier.verify_unit(proof, did_document=did_of(series), log_key="x")

    assert refusal.value.reason is Reason.INCLUSION_INVALID


def test_the_first_level_is_never_stored_and_the_blinds_stay_secret(lot, session):
    series = service.issue_series(lot.packed.public_id, 205, lot.actor)

    assert session.scalars(select(RootTile.level).where(RootTile.series_id == series.id)).all() == []
    one, two = (roots.unit_proof(series, serial_of(series, place)) for place in (1, 2))
    assert one["blind"] != two["blind"]


def test_a_large_series_gets_its_root_from_the_worker_and_is_not_printed_before(lot, monkeypatch):
    monkeypatch.setattr(rules, "AT_ONCE", 10)
    series = service.issue_series(lot.packed.public_id, 11, lot.actor)

    with pytest.raises(CannotIssue) as refusal:
        register_service.register_print(series.public_id, register_service.Wish("a4", 1, 11), lot.actor)
    assert [one.rule for one in refusal.value.unmet] == ["code.root_computing"]

    from trace.code import jobs

    jobs.commit_root(series.id)
    register_service.register_print(series.public_id, register_service.Wish("a4", 1, 11), lot.actor)
    assert roots.statement_of(series) is not None


@pytest.fixture
def self_signed(lot):
    """The firm keeps its own key from now on."""
    writer.integrate()  # what was sealed before stands in the log before the old key ends
    private = Ed25519PrivateKey.generate()
    identity.register_external_key(
        lot.organisation.id, encode_public_key(private.public_key().public_bytes_raw()), lot.actor
    )
    return lot, private


def sign_elsewhere(package: bytes, private: Ed25519PrivateKey) -> str:
    words = json.loads(package)
    value = multibase_encode(private.sign(bytes.fromhex(words["toSign"])))
    return json.dumps(words["document"] | {"proof": words["proof"] | {"proofValue": value}}, ensure_ascii=False)


def test_a_firm_with_its_own_key_signs_the_same_words_whenever_it_downloads_them(self_signed, clock):
    lot, private = self_signed
    series = service.issue_series(lot.packed.public_id, 5, lot.actor)
    first = roots.to_sign(series)
    clock.set("2026-12-01 08:00:00")

    with pytest.raises(CannotIssue) as refusal:
        register_service.register_print(series.public_id, register_service.Wish("a4", 1, 5), lot.actor)
    roots.take_signature(series, sign_elsewhere(first, private), lot.actor)
    writer.integrate()

    assert roots.to_sign(series) == first
    assert [one.rule for one in refusal.value.unmet] == ["code.not_signed"]
    found = verifier.verify_unit(
        roots.unit_proof_file(series, serial_of(series, 5)), did_document=did_of(series), log_key=log.vkey()
    )
    assert found.count == 5
    register_service.register_print(series.public_id, register_service.Wish("a4", 1, 5), lot.actor)


def test_a_void_of_a_firm_with_its_own_key_frees_quantity_only_when_signed(self_signed):
    lot, private = self_signed
    series = service.issue_series(lot.packed.public_id, 205, lot.actor)
    roots.take_signature(series, sign_elsewhere(roots.to_sign(series), private), lot.actor)

    void = service.void_units(series.public_id, 1, 5, lot.actor, reason="标签丢失")
    before = queries.standing_codes(lot.packed.id)
    roots.take_signature(void, sign_elsewhere(roots.to_sign(void), private), lot.actor)

    assert (before, queries.standing_codes(lot.packed.id)) == (205, 200)


def test_other_words_or_another_key_are_refused(self_signed):
    lot, private = self_signed
    series = service.issue_series(lot.packed.public_id, 5, lot.actor)
    package = roots.to_sign(series)
    longer = json.loads(sign_elsewhere(package, private))
    longer["credentialSubject"]["count"] = 6

    for given, code in (
        (json.dumps(longer), "code.upload_differs"),
        (sign_elsewhere(package, Ed25519PrivateKey.generate()), "signing.signature_invalid"),
        ("{}", "code.upload_malformed"),
    ):
        with pytest.raises(BadInput) as refusal:
            roots.take_signature(series, given, lot.actor)
        assert refusal.value.code == code


def test_the_public_page_and_the_proof_are_served_to_anybody(lot, client, session):
    series = service.issue_series(lot.packed.public_id, 5, lot.actor)
    writer.integrate()
    serial = serial_of(series, 2)

    page = client.get(f"/trace/series/{series.public_id}")
    unit = client.get(f"/trace/series/{series.public_id}/units/{serial}")
    proof = client.get(f"/trace/series/{series.public_id}/units/{serial.lower()}.proof")
    unknown = client.get(f"/trace/series/{series.public_id}/units/0000000000000.proof")

    assert roots.root_of(series.id).root.hex() in page.text
    assert "第 2 个，共 5 个" in unit.text
    assert verifier.verify_unit(proof.data, did_document=did_of(series), log_key=log.vkey()).serial == serial
    assert unknown.status_code == 404
    assert "0000000000000" not in json.dumps(proof.json["path"])


def test_big_prints_come_in_parts_from_the_worker(lot, monkeypatch, session):
    from trace.code import bigprint, jobs

    monkeypatch.setitem(rules.MAX_PRINT, "a4", 30)
    series = service.issue_series(lot.packed.public_id, 70, lot.actor)
    _, run = register_service.register_print(series.public_id, register_service.Wish("a4", 1, 70), lot.actor)

    assert bigprint.is_big(run)
    assert bigprint.part_count(run) == 3
    for number in (1, 2, 2, 3):
        jobs.print_part(run.id, number)

    made = queries.parts_of(run.id)
    assert [(one.first_unit, one.last_unit) for one in made] == [(1, 30), (31, 60), (61, 70)]
    assert bigprint.read_part(made[2]).startswith(b"%PDF")


def test_fsck_finds_a_changed_root(lot, session):
    series = service.issue_series(lot.packed.public_id, 205, lot.actor)
    writer.integrate()
    assert list(differences(db.session)) == []

    session.execute(text("alter table trace_code_root disable trigger user"))
    session.execute(text("update trace_code_root set root = sha256('x')"))
    session.expire_all()

    assert any("another root" in line and str(series.public_id) in line for line in differences(db.session))


def test_fsck_recomputes_a_tile_of_a_long_series(session, clock):
    long = make.make_sealed_lot(number=7033, name="示例大户", harvested_g=4_000_000, taken_g=3_900_000, pieces=700)
    series = service.issue_series(long.packed.public_id, 600, long.actor)
    writer.integrate()
    tile = session.scalars(select(RootTile).where(RootTile.series_id == series.id)).one()

    assert list(differences(db.session)) == []
    session.execute(text("alter table trace_code_root_tile disable trigger user"))
    session.execute(
        text("update trace_code_root_tile set hashes = sha256('x') || substr(hashes, 33) where id = :i"), {"i": tile.id}
    )
    session.expire_all()
    assert any("another root" in line for line in differences(db.session))
