"""Keys, sealed records, codes, scans, and a tampered copy that the verifier rejects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import current_app

from admin.demo import cast
from admin.demo.stage import Stage
from trace.code import queries as codes_read
from trace.code import register_service as codes_register
from trace.code import service as codes_service
from trace.log import queries as log
from trace.lot import queries as lots
from trace.signing import identity, queries, service
from trace.verify.reasons import VerificationError
from trace.verify.verifier import verify

if TYPE_CHECKING:
    from trace.lot.models import Lot


def office_key(stage: Stage) -> None:
    """Afterwards the brand office can sign licences."""
    with stage.at("2026-09-02 11:00"):
        head = stage.actor("brandhead", cast.BRAND_OFFICE, "brand_decider")
        assert head.organisation_id is not None
        identity.create_key(head.organisation_id, head)


def keys(stage: Stage) -> None:
    """Afterwards both producers hold a signing key."""
    for login, name, moment in (("coop", cast.COOP, "2026-09-17 09:00"), ("jujube", cast.JUJUBE, "2026-09-17 09:30")):
        with stage.at(moment):
            owner = stage.actor(login, name, "owner")
            assert owner.organisation_id is not None
            identity.create_key(owner.organisation_id, owner)


def seal(stage: Stage) -> None:
    """Afterwards the apple lots and the jujube lot are sealed, and the apple record has an addendum."""
    coop = stage.actor("coop", cast.COOP, "owner")
    with stage.at("2026-10-18 09:00"):
        service.seal_record(_lot(stage, "apple_lot").id, actor=coop, password_confirmed=True)
        service.seal_record(_lot(stage, "gift_lot").id, actor=coop, password_confirmed=True)
    with stage.at("2026-09-22 10:00"):
        jujube = stage.actor("jujube", cast.JUJUBE, "owner")
        service.seal_record(_lot(stage, "jujube_lot").id, actor=jujube, password_confirmed=True)


def addendum(stage: Stage) -> None:
    """Afterwards a fact that came after sealing stands beside the apple record."""
    with stage.at("2026-11-05 10:00"):
        service.add_addendum(
            _lot(stage, "apple_lot").id,
            actor=stage.actor("coop", cast.COOP, "owner"),
            reason="封存后的贮存情况",
            statement="10月18日至11月5日在示例包装间冷库存放，每日记录库温，均在 0–4 ℃。",
            password_confirmed=True,
        )


def codes(stage: Stage) -> None:
    """Afterwards the apple boxes carry codes; one address is kept for the first scan, one for the repeated scan."""
    operator = stage.actor("coop2", cast.COOP, "operator")
    with stage.at("2026-10-18 14:00"):
        series = codes_service.issue_series(_lot(stage, "apple_lot").public_id, 1_200, operator, covered=True)
        codes_register.register_print(series.public_id, codes_register.Wish("a4", 1, 1_200), operator)
        gift = codes_service.issue_series(_lot(stage, "gift_lot").public_id, 38, operator)
        codes_register.register_print(gift.public_id, codes_register.Wish("roll", 1, 38), operator)
    origin = current_app.config["SETTINGS"].link_origin
    for note, one, place in (("scan_path", series, 1), ("repeated_path", series, 2), ("gift_path", gift, 1)):
        address = codes_read.unit_address(one, place)
        stage.notes[note] = address[len(origin) :]


def visits(stage: Stage) -> None:
    """Afterwards the second box has been scanned by two people on two days: the page says how often and when first."""
    for moment, agent in (
        ("2026-11-16 19:40", "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0"),
        ("2026-11-20 12:05", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15"),
    ):
        with stage.at(moment):
            client = current_app.test_client(use_cookies=False)
            answer = client.get(stage.notes["repeated_path"], headers={"Accept": "text/html", "User-Agent": agent})
            if answer.status_code != 200:
                raise RuntimeError(f"the repeated scan was answered with {answer.status_code}")


def tampered(stage: Stage) -> None:
    """Afterwards ``var/demo`` holds a record with its proofs and a copy with another weight; the verifier tells them apart."""
    view = queries.record_for_lot(_lot(stage, "apple_lot").id)
    assert view is not None
    row = queries.get(min(view.versions, key=lambda v: v.version).public_id)
    record = queries.payload_of(row)
    document = queries.document(str(record["issuer"]["id"] if isinstance(record["issuer"], dict) else record["issuer"]))
    key = log.vkey()
    assert document is not None
    assert key is not None
    files = {
        "record.json": bytes(row.payload),
        "record.tlog-proof": str(queries.proof_of(row)).encode(),
        "did.json": bytes(document.document),
        "log.vkey": key.encode(),
        "tampered.json": json.dumps(_heavier(record), ensure_ascii=False).encode(),
    }
    folder = current_app.config["SETTINGS"].var / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    verify(files["record.json"], log_proof=files["record.tlog-proof"], did_document=files["did.json"], log_key=key)
    try:
        verify(
            files["tampered.json"], log_proof=files["record.tlog-proof"], did_document=files["did.json"], log_key=key
        )
    except VerificationError as refused:
        stage.notes["tampered_reason"] = refused.reason.value
        return
    raise RuntimeError("the verifier accepted a tampered record")


def _heavier(record: dict[str, Any]) -> dict[str, Any]:
    """The same record with one figure of the packed lot changed, as a forger would."""
    copy: dict[str, Any] = json.loads(json.dumps(record))
    lot = copy["credentialSubject"]["quantity"]
    number = next(k for k, v in lot.items() if isinstance(v, int) and not isinstance(v, bool))
    lot[number] = lot[number] * 2
    return copy


def _lot(stage: Stage, note: str) -> Lot:
    login, name = ("jujube", cast.JUJUBE) if note == "jujube_lot" else ("coop", cast.COOP)
    return lots.load(stage.notes[note], stage.actor(login, name, "owner"))
