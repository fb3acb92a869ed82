"""What everybody may read: records, proofs, DID documents, the context, and how to check without us."""

from __future__ import annotations

import json
import uuid

from flask import Blueprint, Response, render_template, request

from core.account.access import public
from core.errors import BadInput, NotFound
from core.organisation import queries as organisations
from trace.log import queries as log
from trace.log.errors import NotIntegrated
from trace.lot import queries as lots
from trace.signing import archive, eventlist, identity, presentation, queries, rules, status, wheel
from trace.signing.models import DidDocument, StatusVersion
from trace.signing.verification import OK

bp = Blueprint("signing", __name__, template_folder="templates")

OPEN = "signed records are public: anybody may read and check them"
IMMUTABLE = "public, max-age=31536000, immutable"
_MINUTE = "public, max-age=60"


@bp.get("/trace/records/<uuid:public_id>")
@public(OPEN)
def show(public_id: uuid.UUID) -> str:
    """One record in words, with its versions and reasons."""
    row, current, versions = queries.line_of(public_id)
    mine = next(version for version in versions if version.public_id == public_id)
    record = queries.payload_of(row) if mine.verification == OK else {}
    return render_template(
        "trace/signing/record.html",
        row=row,
        mine=mine,
        current=current,
        versions=versions,
        record=record,
        sections=presentation.sections(record) if record else [],
        issuer=organisations.get_organisation(row.organisation_id),
        method=record.get("proof", {}).get("verificationMethod", ""),
        signer=queries.signer_of(row),
        lot=lots.lot_by_id(row.lot_id) if row.lot_id else None,
        head=log.head(),
        vkey=log.vkey(),
        witness_keys=[witness.vkey for witness in log.witness_list()],
        did_path=queries.did_path(row),
        failed_text="" if mine.verification == OK else queries.reason_text(mine.verification),
        host=identity.host(),
        status=status.of_record(public_id),
        listing=eventlist.latest_for_lot(row.lot_id) if row.lot_id else None,
    )


@bp.get("/trace/records/<uuid:public_id>.json")
@public(OPEN)
def record_json(public_id: uuid.UUID) -> Response:
    """The signed record itself, byte for byte as it was sealed."""
    row = queries.get(public_id)
    return open_answer(row.payload, "application/vc", IMMUTABLE)


@bp.get("/trace/records/<uuid:public_id>.tlog-proof")
@public(OPEN)
def record_proof(public_id: uuid.UUID) -> Response:
    """The log proof under the latest checkpoint (or ``?size=``); 404 with Retry-After until integrated."""
    row = queries.get(public_id)
    return _proof(row.log_entry_id)


@bp.get("/.well-known/did.json")
@public(OPEN)
def platform_did() -> Response:
    """The platform's DID document."""
    return _did_answer(f"did:web:{identity.host()}")


@bp.get("/.well-known/did.tlog-proof")
@public(OPEN)
def platform_did_proof() -> Response:
    """The log proof of a version of the platform's DID document."""
    return _proof(_document(f"did:web:{identity.host()}").log_entry_id)


@bp.get("/org/<code>/did.json")
@public(OPEN)
def organisation_did(code: str) -> Response:
    """An organisation's DID document: the latest, or ``?version=``."""
    return _did_answer(f"did:web:{identity.host()}:org:{code}")


@bp.get("/org/<code>/did.tlog-proof")
@public(OPEN)
def organisation_did_proof(code: str) -> Response:
    """The log proof of a version of an organisation's DID document."""
    return _proof(_document(f"did:web:{identity.host()}:org:{code}").log_entry_id)


@bp.get("/trace/status/<int:number>")
@public(OPEN)
def status_list(number: int) -> Response:
    """A list of withdrawn records (BitstringStatusListCredential): the newest version, or ``?version=``."""
    row = _status(number)
    response = open_answer(row.document, "application/vc", _MINUTE)
    response.headers["ETag"] = f'"{row.version}"'
    return response


@bp.get("/trace/status/<int:number>.tlog-proof")
@public(OPEN)
def status_list_proof(number: int) -> Response:
    """The log proof of a version of a list of withdrawn records."""
    return _proof(_status(number).log_entry_id)


@bp.get("/ns/record/v1")
@public(OPEN)
def context() -> Response:
    """Our own context, never edited."""
    body = json.dumps(rules.context(), ensure_ascii=False, indent=2).encode()
    return open_answer(body, "application/ld+json", IMMUTABLE)


@bp.get("/ns/record/v2")
@public(OPEN)
def facts_context() -> Response:
    """The context of facts after sealing, beside version 1; never edited."""
    body = json.dumps(rules.context("record-v2"), ensure_ascii=False, indent=2).encode()
    return open_answer(body, "application/ld+json", IMMUTABLE)


@bp.get("/ns/record/v2/addendum.json")
@public(OPEN)
def addendum_schema() -> Response:
    """The JSON Schema of an addendum with facts."""
    body = json.dumps(rules.context("addendum-v2.schema"), ensure_ascii=False, indent=2).encode()
    return open_answer(body, "application/schema+json", IMMUTABLE)


@bp.get("/ns/trust/v1")
@public(OPEN)
def trust_context() -> Response:
    """The context of code series and recalls, never edited."""
    body = json.dumps(rules.context("trust-v1"), ensure_ascii=False, indent=2).encode()
    return open_answer(body, "application/ld+json", IMMUTABLE)


@bp.get("/ns/events/v1")
@public(OPEN)
def events_context() -> Response:
    """The context of event lists, never edited."""
    body = json.dumps(rules.context("events-v1"), ensure_ascii=False, indent=2).encode()
    return open_answer(body, "application/ld+json", IMMUTABLE)


@bp.get("/trace/records/sha256/<hexadecimal>.json")
@public(OPEN)
def record_by_digest(hexadecimal: str) -> Response:
    """The signed statement behind a log entry, by the hash in the entry (for monitors)."""
    row = queries.by_digest(hexadecimal)
    return open_answer(row.payload, "application/vc", IMMUTABLE)


@bp.get("/verify")
@public(OPEN)
def verify() -> str:
    """How to check a record without us."""
    return render_template("trace/signing/verify.html", head=log.head(), host=identity.host(), wheel=wheel.file_name())


@bp.get(f"/verify/{wheel.file_name()}")
@public(OPEN)
def verifier_wheel() -> Response:
    """The wheel yidun-verify: verifier, witness, monitor and signing helper."""
    return open_answer(wheel.build(), "application/octet-stream", "public, max-age=3600")


@bp.get("/verify/verifier.zip")
@public(OPEN)
def verifier() -> Response:
    """The stand-alone verifier as it runs here, with its instructions."""
    response = open_answer(archive.build(), "application/zip", "public, max-age=3600")
    response.headers["Content-Disposition"] = 'attachment; filename="yidun-verifier.zip"'
    return response


def _did_answer(did: str) -> Response:
    row = _document(did)
    response = open_answer(row.document, "application/did+json", _MINUTE)
    response.headers["ETag"] = f'"{row.version}"'
    return response


def _document(did: str) -> DidDocument:
    row = queries.document(did, _number("version"))
    if row is None:
        raise NotFound(
            "没有这个身份文件。", code="signing.no_did", help="核对单位编码；没有建过签名密钥的单位没有身份文件。"
        )
    return row


def _status(number: int) -> StatusVersion:
    row = status.find_version(number, _number("version")) if number < 2**31 else None
    if row is None:
        raise NotFound(
            "没有这份撤回状态清单。", code="signing.no_status_list", help="清单的地址写在记录的 credentialStatus 里。"
        )
    return row


def _proof(entry_id: int) -> Response:
    try:
        proof = log.proof_of(entry_id, size=_number("size"))
    except NotIntegrated as error:
        response = Response(f"{error.message}\n", status=404, content_type="text/plain; charset=utf-8")
        response.headers["Retry-After"] = str(error.retry_after or 2)
        response.headers["Cache-Control"] = "no-store"
        return response
    return open_answer(str(proof).encode(), "text/plain; charset=utf-8", "public, max-age=2")


def _number(name: str) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise BadInput("编号要写成数字。", code=f"signing.bad_{name}", field=name)
    return int(text)


def open_answer(body: bytes, content_type: str, caching: str) -> Response:
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = caching
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
