"""The pages and files of records, DIDs, sealing and keys."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from core.db import db
from core.ui.once import new_key
from tests.factories import trace as grow
from tests.support import trust
from trace.log import writer
from trace.signing import identity, queries, service
from trace.signing.proof import Draft, LocalSigner, complete
from trace.verify.multikey import encode_public_key, multibase_encode
from trace.verify.reasons import Reason
from trace.verify.verifier import verify

pytestmark = pytest.mark.usefixtures("session", "clock")


@pytest.fixture
def record(grown: grow.Grown):
    row = service.seal_record(grown.packed.id, actor=grown.actor, password_confirmed=True)
    db.session.flush()
    return row


def test_the_four_files_as_served_verify(client, grown, record) -> None:
    writer.integrate()
    base = f"/trace/records/{record.public_id}"

    signed = client.get(f"{base}.json")
    did = client.get(f"/org/{grown.organisation.code}/did.json")
    proof = client.get(f"{base}.tlog-proof")
    key = client.get("/log/key")

    assert signed.headers["Content-Type"] == "application/vc"
    assert did.headers["Content-Type"] == "application/did+json"
    assert verify(signed.data, log_proof=proof.data, did_document=did.data, log_key=key.text).index == 1


def test_the_proof_is_404_with_retry_after_until_integrated(client, record) -> None:
    path = f"/trace/records/{record.public_id}.tlog-proof"

    before = client.get(path)
    writer.integrate()

    assert (before.status_code, before.headers["Retry-After"]) == (404, "2")
    assert client.get(path).status_code == 200


def test_a_proof_can_be_asked_for_under_an_earlier_checkpoint(client, grown, record) -> None:
    writer.integrate()
    identity.create_key(grown.organisation.id, grown.actor)
    db.session.flush()
    writer.integrate()
    path = f"/trace/records/{record.public_id}.tlog-proof"

    assert "\n2\n" in client.get(f"{path}?size=2").text
    assert "\n3\n" in client.get(path).text
    assert client.get(f"{path}?size=zwei").status_code == 400


def test_the_record_page_says_pending_then_unchanged(client, record) -> None:
    before = client.get(f"/trace/records/{record.public_id}").text
    writer.integrate()
    after = client.get(f"/trace/records/{record.public_id}").text

    assert "存证中" in before
    assert "这份记录未被改动" in after
    assert "存证日志暂无外部见证" in after
    assert "签名密钥由平台代管" in after


def test_versions_and_their_reasons_stand_on_the_page(client, grown, record) -> None:
    service.correct(grown.packed.id, actor=grown.actor, reason="包装日期写错", password_confirmed=True)
    db.session.flush()

    page = client.get(f"/trace/records/{record.public_id}").text

    assert "包装日期写错" in page
    assert "后面还有第 2 版" in page


@pytest.mark.parametrize("path", ["", ".json", ".tlog-proof"])
def test_an_unknown_record_is_404(client, path: str) -> None:
    assert client.get(f"/trace/records/00000000-0000-4000-8000-000000000000{path}").status_code == 404


@pytest.mark.parametrize("path", ["/org/NOBODY/did.json", "/.well-known/did.json", "/org/NOBODY/did.tlog-proof"])
def test_an_unknown_did_is_404(client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_platform_did_is_served_at_the_well_known_address(client) -> None:
    platform = grow.make_organisation(7010, "示例平台", "platform")
    identity.create_key(platform.id, grow.actor_of(platform))
    db.session.flush()

    assert client.get("/.well-known/did.json").json["id"] == "did:web:demo.yidun.example"


def test_older_did_json_versions_stay_readable(client, grown) -> None:
    identity.create_key(grown.organisation.id, grown.actor)
    db.session.flush()
    path = f"/org/{grown.organisation.code}/did.json"

    assert [client.get(f"{path}?version={n}").json["documentVersion"] for n in (1, 2)] == ["1", "2"]
    assert client.get(path).json["verificationMethod"][0]["endedInDocumentVersion"] == "2"


def test_the_context_is_served_and_shipped_with_the_verifier(client) -> None:
    served = client.get("/ns/record/v1")
    with zipfile.ZipFile(io.BytesIO(client.get("/verify/verifier.zip").data)) as archive:
        shipped = json.loads(archive.read("yidun_verify/data/record-v1.json"))

    assert served.headers["Content-Type"] == "application/ld+json"
    assert served.json == shipped


def test_the_page_on_verifying_shows_the_commands_and_the_key(client, record) -> None:
    writer.integrate()

    page = client.get("/verify").text

    assert "--log-key" in page
    assert client.get("/log/key").text.strip().replace("+", "&#43;") in page.replace("+", "&#43;")


# --- sealing by hand ----------------------------------------------------------------------------------------------


def test_the_owner_previews_and_seals_with_the_password(owner, grown) -> None:
    path = f"/trace/seal/{grown.packed.public_id}"

    shown = owner.get(path).text
    assert "富士苹果" in shown
    assert "不能修改和删除" in shown
    answer = owner.post(path, data={"understood": "y", "password": owner.password, "once": new_key()})

    assert answer.status_code == 303
    assert queries.record_for_lot(grown.packed.id).version == 1


def test_a_replayed_sealing_form_is_told_and_signs_nothing_twice(owner, grown) -> None:
    data = {"understood": "y", "password": owner.password, "once": new_key(), "reason": "写明理由"}
    owner.post(f"/trace/seal/{grown.packed.public_id}", data={**data, "once": new_key()})
    path = f"/trace/seal/{grown.packed.public_id}/correction"

    assert [owner.post(path, data=data).status_code for _ in range(2)] == [303, 409]
    assert queries.record_for_lot(grown.packed.id).version == 2


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"understood": "y", "password": "wrong password"}, "密码不对"),
        ({"understood": "y"}, "登录密码"),
        ({"password": "x"}, "我明白"),
    ],
)
def test_without_password_or_consent_nothing_is_sealed(owner, grown, data: dict[str, str], word: str) -> None:
    answer = owner.post(f"/trace/seal/{grown.packed.public_id}", data=data)

    assert answer.status_code == 400
    assert word in answer.text
    assert queries.record_for_lot(grown.packed.id) is None


def test_the_preview_lists_everything_that_is_missing(as_user) -> None:
    made = grow.make_packed_lot()
    client = as_user("owner", organisation=made.organisation.id)

    page = client.get(f"/trace/seal/{made.packed.public_id}").text

    assert "合格证" in page
    assert "签名密钥" in page
    assert 'aria-disabled="true"' in page


def test_operators_guests_and_other_enterprises_do_not_seal(client, as_user, grown) -> None:
    path = f"/trace/seal/{grown.packed.public_id}"

    assert client.get(path).status_code in (302, 401)
    assert as_user("operator", organisation=grown.organisation.id).get(path).status_code == 403
    assert as_user("owner").get(path).status_code == 404
    assert as_user("owner").post(path, data={"understood": "y", "password": "x"}).status_code == 404


@pytest.mark.parametrize("kind", ["correction", "addendum", "withdrawal"])
def test_later_versions_are_signed_by_hand_with_a_reason(owner, grown, record, kind: str) -> None:
    path = f"/trace/seal/{grown.packed.public_id}/{kind}"
    data = {
        "understood": "y",
        "password": owner.password,
        "reason": "写明理由",
        "statement": "转入三号冷库",
        "once": new_key(),
    }

    assert owner.get(path).status_code == 200
    assert owner.post(path, data={**data, "reason": ""}).status_code == 400
    assert owner.post(path, data=data).status_code == 303
    assert queries.record_for_lot(grown.packed.id).kind == kind


# --- keys by hand -------------------------------------------------------------------------------------------------


def test_keys_are_created_rotated_and_revoked_by_hand(owner, grown) -> None:
    assert owner.post("/trace/keys", data={"once": new_key()}).status_code == 303
    did, keys = queries.keys_of(grown.organisation.id)
    assert [(key.number, key.end_kind) for key in keys] == [(2, None), (1, "expires")]

    path = f"/trace/keys/{keys[0].public_id}/revoke"
    assert owner.post(path, data={"reason": "设备丢失", "password": "wrong"}).status_code == 400
    assert (
        owner.post(path, data={"reason": "设备丢失", "password": owner.password, "once": new_key()}).status_code == 303
    )
    assert did in owner.get("/trace/keys").text
    assert not queries.has_key(grown.organisation.id)


def test_an_external_key_is_registered_by_its_public_part(owner, grown) -> None:
    key = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"

    assert owner.post("/trace/keys/external", data={"multikey": "z6Mk", "once": new_key()}).status_code == 400
    assert owner.post("/trace/keys/external", data={"multikey": key, "once": new_key()}).status_code == 303

    _, keys = queries.keys_of(grown.organisation.id)
    assert keys[0].custody_label == "签名密钥由企业自管"


def test_another_enterprises_key_cannot_be_revoked(as_user, grown) -> None:
    _, keys = queries.keys_of(grown.organisation.id)
    other = as_user("owner")

    assert (
        other.post(
            f"/trace/keys/{keys[0].public_id}/revoke", data={"reason": "x", "password": other.password}
        ).status_code
        == 404
    )


def test_every_reason_code_has_plain_words() -> None:
    assert all(queries.reason_text(reason.value) for reason in Reason)


# --- a key the enterprise keeps itself ----------------------------------------------------------------------------


@pytest.fixture
def own_key(grown):
    identity.register_external_key(grown.organisation.id, encode_public_key(trust.public(trust.SEED)), grown.actor)
    db.session.flush()
    return trust.SEED


def signed_elsewhere(owner, grown, seed: bytes, kind: str = "record", **texts: str) -> str:
    path = f"/trace/seal/{grown.packed.public_id}/{kind}/package"
    package = owner.get(path, query_string=texts).json
    signature = LocalSigner(seed).sign(bytes.fromhex(package["toSign"]))
    return json.dumps({**package["document"], "proof": {**package["proof"], "proofValue": multibase_encode(signature)}})


def upload(owner, grown, signed: str):
    data = {"understood": "y", "password": owner.password, "once": new_key(), "signed": signed}
    return owner.post(f"/trace/seal/{grown.packed.public_id}/signed", data=data)


def test_an_enterprise_signs_elsewhere_and_uploads_the_proof(client, owner, grown, own_key) -> None:
    assert "下载待签内容" in owner.get(f"/trace/seal/{grown.packed.public_id}").text

    answer = upload(owner, grown, signed_elsewhere(owner, grown, own_key))

    assert answer.status_code == 303
    writer.integrate()
    view = queries.record_for_lot(grown.packed.id)
    assert (view.verification, view.custody_label) == ("ok", "签名密钥由企业自管")


def test_a_correction_is_signed_elsewhere_too(owner, grown, own_key) -> None:
    upload(owner, grown, signed_elsewhere(owner, grown, own_key))

    answer = upload(owner, grown, signed_elsewhere(owner, grown, own_key, "correction", reason="包装日期写错"))

    assert answer.status_code == 303
    assert queries.record_for_lot(grown.packed.id).versions[1].reason == "包装日期写错"


def test_a_signature_of_another_key_is_refused(owner, grown, own_key) -> None:
    answer = upload(owner, grown, signed_elsewhere(owner, grown, trust.OTHER_SEED))

    assert answer.status_code == 400
    assert "对不上" in answer.text
    assert queries.record_for_lot(grown.packed.id) is None


def test_words_the_enterprise_put_in_itself_are_refused(owner, grown, own_key) -> None:
    package = owner.get(f"/trace/seal/{grown.packed.public_id}/record/package").json
    package["document"]["credentialSubject"]["lotNo"] = "OTHER"
    draft = Draft(package["document"], package["proof"])

    answer = upload(owner, grown, json.dumps(complete(draft, LocalSigner(own_key))))

    assert answer.status_code == 400
    assert "不一致" in answer.text


def test_a_package_older_than_seven_days_is_refused(owner, grown, own_key, clock) -> None:
    signed = signed_elsewhere(owner, grown, own_key)
    clock.advance(days=7, seconds=1)

    assert upload(owner, grown, signed).status_code == 400


@pytest.mark.parametrize("text", ["x", "{}", "[]", '{"a":1,"a":2}'])
def test_another_file_is_no_signed_record(owner, grown, own_key, text: str) -> None:
    assert upload(owner, grown, text).status_code == 400


def test_another_enterprise_gets_no_package(as_user, grown, own_key) -> None:
    assert as_user("owner").get(f"/trace/seal/{grown.packed.public_id}/record/package").status_code == 404
