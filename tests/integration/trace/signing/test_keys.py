"""Keys by log order, did.json versions, the identity host, and licences of the brand office."""

from __future__ import annotations

from datetime import date

import pytest

from core.account.actor import SYSTEM
from core.db import db
from core.errors import BadInput
from core.ui.once import new_key
from tests.factories import trace as grow
from tests.support.sealing import check_files, seal
from trace.log import queries as log
from trace.log import writer
from trace.log.fsck import differences
from trace.signing import identity, queries, service
from trace.signing.canonical import parse_object
from trace.signing.verification import verify_stored

pytestmark = pytest.mark.usefixtures("session")


# --- keys ---------------------------------------------------------------------------------------------------------


def test_a_rotated_key_still_proves_what_was_logged_before(grown) -> None:
    row = seal(grown)
    identity.create_key(grown.organisation.id, grown.actor)
    db.session.flush()
    writer.integrate()
    db.session.expire_all()

    did = queries.signer_of(row).did
    ending = queries.document(did, 2)
    proof = str(log.proof_of(ending.log_entry_id)).encode()
    assert verify_stored(row) == "ok"
    assert check_files(row, ending_document=ending.document, ending_proof=proof).key_ended is True


def test_a_record_signed_after_its_key_was_revoked_is_key_ended(grown, monkeypatch) -> None:
    key = identity.active_key(identity.find_did(grown.organisation.id).id)
    identity.revoke_key(grown.organisation.id, key.public_id, "设备丢失", grown.actor)
    did = identity.find_did(grown.organisation.id)
    monkeypatch.setattr(identity, "usable_key", lambda _organisation: (did, key))  # the thief has the old key

    row = seal(grown)
    db.session.flush()
    writer.integrate()
    db.session.expire_all()

    assert verify_stored(row) == "key_ended"


def test_without_a_usable_key_nothing_is_sealed(grown) -> None:
    key = identity.active_key(identity.find_did(grown.organisation.id).id)
    identity.revoke_key(grown.organisation.id, key.public_id, "设备丢失", grown.actor)

    with pytest.raises(Exception, match="签名密钥"):
        seal(grown)


def test_each_did_json_version_is_a_log_entry(grown) -> None:
    identity.create_key(grown.organisation.id, grown.actor)
    db.session.flush()
    writer.integrate()
    db.session.expire_all()

    versions = queries.did_versions(grown.organisation.id)
    assert [(v.version, v.integrated) for v in versions] == [(2, True), (1, True)]


def test_identity_host_may_not_change_after_the_first_entry(grown, monkeypatch) -> None:
    from dataclasses import replace

    from core import config

    changed = replace(config.settings(), identity_host="other.example")
    monkeypatch.setattr(identity.config, "settings", lambda: changed)

    with pytest.raises(identity.IdentityChanged):
        identity.host()


def test_a_licence_is_signed_by_the_brand_office_with_its_own_did(clock, app) -> None:
    from core import notary

    office = grow.make_organisation(7009, "临猗县示例品牌办公室", "brand_office")
    credential = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "BrandLicence"],
        "credentialSubject": {"licenceNo": "示例授〔2026〕0001号", "brand": ["猗顿农品"]},
        "relatedResource": [{"id": "http://127.0.0.1:8000/x.pdf", "digestSRI": "sha256-" + "A" * 43 + "="}],
    }
    request = notary.issue(credential, issuer=office.code, subject="5f0f1b1e-0000-4000-8000-000000000001")
    notary.log("licence-withdrawal", "ab" * 32, subject="5f0f1b1e-0000-4000-8000-000000000001", issuer=office.code)

    assert notary.process() == 2
    db.session.flush()
    writer.integrate()
    db.session.expire_all()

    row = queries.get(request.outcome["record_id"])
    payload = parse_object(row.payload)
    assert payload["issuer"] == f"did:web:demo.yidun.example:org:{office.code}"
    assert payload["relatedResource"][0]["id"] == "https://demo.yidun.example/x.pdf"
    assert check_files(row).index == 1
    assert list(differences(db.session)) == []


def test_the_system_may_seal_for_the_story(grown) -> None:
    assert service.seal_record(grown.packed.id, actor=SYSTEM).version == 1


# --- planned ends and history -------------------------------------------------------------------------------------


def live(grown):
    return identity.active_key(identity.find_did(grown.organisation.id).id)


def test_a_planned_key_signs_to_the_end_of_its_last_day_and_then_ends_by_itself(grown, clock) -> None:
    key = live(grown)
    row = seal(grown)
    identity.plan_end(grown.organisation.id, key.public_id, date(2026, 11, 22), grown.actor)

    clock.set("2026-11-22 23:59:59")
    assert (identity.end_planned(), live(grown)) == (0, key)
    clock.set("2026-11-23 00:00:00")
    assert live(grown) is None  # even before the job comes round
    assert (identity.end_planned(), identity.end_planned()) == (1, 0)

    writer.integrate()
    db.session.expire_all()
    assert (key.end_kind, key.ended_in_version) == ("expires", 2)
    assert verify_stored(row) == "ok"
    assert list(differences(db.session)) == []


@pytest.mark.parametrize("last_day", [date(2026, 11, 20), None])
def test_a_plan_can_be_made_for_today_and_taken_back(grown, last_day) -> None:
    key = live(grown)
    identity.plan_end(grown.organisation.id, key.public_id, date(2026, 12, 1), grown.actor)

    changed = identity.plan_end(grown.organisation.id, key.public_id, last_day, grown.actor)

    assert (changed.planned_end_at is None) == (last_day is None)


def test_a_plan_for_a_day_gone_by_is_refused(grown) -> None:
    with pytest.raises(BadInput):
        identity.plan_end(grown.organisation.id, live(grown).public_id, date(2026, 11, 19), grown.actor)


def test_a_new_key_ends_one_that_is_past_its_plan_too(grown, clock) -> None:
    old = live(grown)
    identity.plan_end(grown.organisation.id, old.public_id, date(2026, 11, 22), grown.actor)
    clock.set("2026-11-23 08:00:00")

    identity.create_key(grown.organisation.id, grown.actor)

    assert (old.end_kind, live(grown).number) == ("expires", 2)


def test_the_history_says_what_each_version_changed(grown) -> None:
    identity.create_key(grown.organisation.id, grown.actor)
    identity.revoke_key(grown.organisation.id, live(grown).public_id, "设备丢失", grown.actor)
    writer.integrate()
    db.session.expire_all()

    events = queries.key_history(grown.organisation.id)

    assert [event.changes for event in events] == [("key-2 吊销",), ("key-1 到期停用", "启用 key-2"), ("启用 key-1",)]
    assert [event.log_index for event in events] == [2, 1, 0]


def test_the_owner_plans_and_reads_the_history_by_hand(grown, as_user) -> None:
    owner = as_user("owner", organisation=grown.organisation.id)
    path = f"/trace/keys/{live(grown).public_id}/plan"

    assert owner.get(path).status_code == 200
    assert owner.post(path, data={"last_day": "2026-11-01", "once": new_key()}).status_code == 400
    assert owner.post(path, data={"last_day": "2026-12-31", "once": new_key()}).status_code == 303
    assert "12月31日" in owner.get("/trace/keys").text
    assert "启用 key-1" in owner.get("/trace/keys/history").text
    assert as_user("owner").get(path).status_code == 404
    assert as_user("operator", organisation=grown.organisation.id).get("/trace/keys/history").status_code == 403
