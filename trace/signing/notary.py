"""The notary port's other side: sign credentials of lower floors, log their digests."""

from __future__ import annotations

from typing import Any

from core.account.actor import SYSTEM
from core.errors import DomainError
from core.notary import NotaryRequest
from core.organisation import queries as organisations
from trace.log import service as log
from trace.signing import identity, service
from trace.verify.entry import entry_bytes


def handle(request: NotaryRequest) -> dict[str, Any]:
    """Do what was asked, in the caller's unit; the outcome names the record or the log entry, or why not."""
    if request.verb == "issue":
        record = service.issue(
            request.body, issuer_code=_issuer(request), subject=request.subject, kind=request.kind, actor=SYSTEM
        )
        return {"record_id": str(record.public_id), "log_entry": record.log_entry_id}
    did = identity.ensure_did(organisations.get_by_code(_issuer(request)).id, SYSTEM)
    digest = bytes.fromhex(request.body["digest"])
    entry = log.append(request.kind, entry_bytes(request.kind, digest, did.did, f"urn:uuid:{request.subject}"))
    return {"log_entry": entry.id}


def _issuer(request: NotaryRequest) -> str:
    """The organisation that signs; a request without one comes from the brand office."""
    if request.issuer:
        return request.issuer
    desk = organisations.desk_id("brand_office")
    if desk is None:
        raise DomainError(
            "还没有品牌办公室，授权书不能签名。", code="signing.no_brand_office", help="先建品牌办公室这个单位。"
        )
    return organisations.get_organisation(desk).code
