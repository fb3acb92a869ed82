"""Digital Bazaar's eddsa-jcs-2022 verifies what we sign, and we verify what it signs."""

from __future__ import annotations

import json
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import Any

import pytest

from core.db import db
from tests.factories import trace as grow
from tests.support import trust
from tests.support.sealing import seal
from trace.inspection import service as inspection
from trace.lot import operations
from trace.signing import eventlist, identity, queries, rules, service, statements, status
from trace.signing.canonical import parse_object
from trace.verify.reasons import VerificationError
from trace.verify.verifier import check_signed

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tests" / "second" / "vc" / "check.mjs"
NODE = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv" / "bin"))
PACKAGE = ROOT / "node_modules" / "@digitalbazaar" / "eddsa-jcs-2022-cryptosuite"

pytestmark = pytest.mark.skipif(
    NODE is None or not PACKAGE.exists(),
    reason="the second implementation (node, npm packages) is not here: tools/setup.py",
)


def ask(**request: Any) -> dict[str, Any]:
    done = subprocess.run(
        [str(NODE), str(SCRIPT)],
        cwd=ROOT,
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def contexts() -> dict[str, Any]:
    """Our own contexts; the library brings credentials/v2 itself."""
    host = "https://demo.yidun.example/ns"
    names = ("record-v1", "record-v2", "trust-v1", "events-v1")
    return {f"{host}/{name.replace(chr(45), chr(47))}": rules.context(name) for name in names}


def verify(credential: dict[str, Any], document: dict[str, Any], **options: Any) -> dict[str, Any]:
    return ask(op="verify", credential=credential, documents={**contexts(), document["id"]: document}, **options)


@pytest.fixture
def grown(session, clock) -> grow.Grown:
    made = grow.make_packed_lot()
    grow.make_organisation(7900, "示例平台", kind="platform")
    grow.make_report(made.actor, made.raw)
    inspection.issue_certificate(made.actor, lot=made.packed, bases=("control",))
    identity.create_key(made.organisation.id, made.actor)
    return made


def did_of(credential: dict[str, Any]) -> dict[str, Any]:
    found = queries.document(credential["issuer"])
    assert found is not None
    return parse_object(found.document)


def test_it_verifies_our_sealed_record_and_every_other_statement(grown) -> None:
    row = seal(grown)
    subject = parse_object(row.payload)["credentialSubject"]
    series = statements.issue_series_root(
        statements.Series(
            uuid.uuid4(), grown.organisation.id, subject["item"]["id"], subject["id"], subject["lotNo"], 0, 200, b"\x07" * 32,
            parse_object(row.payload)["id"],
        ),
        grown.actor,
    )  # fmt: skip
    recall = statements.issue_recall(
        uuid.uuid4(), grown.organisation.id, lots=[subject["id"]], reason="抽检不合格", actor=grown.actor
    )
    addendum = seal(grown, kind="addendum", reason="转库", statement="11月20日转入三号冷库")
    operations.destroy_pieces(grown.packed, grown.actor, 1, reason="送检")
    waste = service.offered(grown.packed.id)
    facts = seal(grown, kind="addendum", reason="送检用去一箱", facts=[one.key for one in waste])
    events = eventlist.sign(grown.packed.id, grown.actor, password_confirmed=True)
    withdrawal = seal(grown, kind="withdrawal", reason="抽检不合格")
    db.session.flush()
    assert "/ns/record/v2" in facts.payload.decode()
    listed = status.find_version(1)
    assert listed is not None

    made = (row, series, recall, addendum, facts, events, withdrawal)
    for data in (*(one.payload for one in made), listed.document):
        credential = parse_object(data)
        assert verify(credential, did_of(credential)) == {"verified": True}, credential["type"]


def test_what_was_altered_is_refused_by_it_and_by_us(grown) -> None:
    credential = parse_object(seal(grown).payload)
    credential["credentialSubject"]["quantity"]["pieces"] += 1

    answer = verify(credential, did_of(credential))

    assert (answer["verified"], "Invalid signature" in answer["error"]) == (False, True)
    with pytest.raises(VerificationError):
        check_signed(credential, did_of(credential))


def test_reordered_contexts_are_refused_by_it_and_by_us(grown) -> None:
    credential = parse_object(seal(grown).payload)
    credential["@context"] = credential["@context"][:1]

    assert verify(credential, did_of(credential), plain=True)["verified"] is False
    with pytest.raises(VerificationError):
        check_signed(credential, did_of(credential))


@pytest.mark.parametrize(
    "subject",
    [
        {"id": "urn:x:1", "品名": "富士苹果", "备注": "𠮷野 🍎"}, {"id": "urn:x:2", "n": [1, 0.002, 1e21, -0.0, 333333333.33333329]},
        {"id": "urn:x:3", "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7},
    ],
)  # fmt: skip
def test_we_verify_what_it_signs_and_refuse_it_altered(subject: dict[str, Any]) -> None:
    document = trust.unsigned(credentialSubject=subject)
    made = ask(op="sign", document=document, seed=trust.SEED.hex(), did=trust.DID, created="2026-10-18T02:00:00Z")

    check_signed(made["signed"], made["didDocument"])

    made["signed"]["credentialSubject"]["id"] = "urn:x:9"
    with pytest.raises(VerificationError):
        check_signed(made["signed"], made["didDocument"])


def test_both_sign_the_same_bytes() -> None:
    document = trust.unsigned()
    made = ask(op="sign", document=document, seed=trust.SEED.hex(), did=trust.DID, created="2026-10-18T02:00:00Z")

    assert made["signed"]["proof"]["proofValue"] == trust.signed(document)["proof"]["proofValue"]
