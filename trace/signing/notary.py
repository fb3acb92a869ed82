"""The notary port's other side: sign credentials of lower floors, log their digests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from core import notary
from core.account.actor import SYSTEM
from core.errors import DomainError
from core.notary import NotaryRequest
from core.organisation import queries as organisations
from core.record import service as audit_trail
from trace.log import queries as log_queries
from trace.log import service as log
from trace.log.service import Expected
from trace.signing import identity, statements, status
from trace.verify.entry import AUDIT_HEAD, audit_head_entry, entry_bytes

# After these the signed licence says no more by itself; a resumed one is signed anew and gets a place of its own.
ENDS_A_LICENCE = frozenset({"licence-withdrawal", "licence-suspension", "licence-replacement"})


def handle(request: NotaryRequest) -> dict[str, Any]:
    """Do what was asked, in the caller's unit; the outcome names the record or the log entry, or why there is none."""
    if request.verb == "issue":
        record = statements.issue(
            request.body, issuer_code=_issuer(request), subject=request.subject, kind=request.kind, actor=SYSTEM
        )
        return {"record_id": str(record.public_id), "log_entry": record.log_entry_id}
    if request.kind == AUDIT_HEAD and not log_queries.anything_logged():
        return {"skipped": "nothing is in the log yet"}  # the identity host may still change (TRUST 1)
    did = identity.ensure_did(organisations.get_by_code(_issuer(request)).id, SYSTEM)
    entry = log.append(request.kind, _entry(request, did.did, request.body["digest"]))
    if request.kind in ENDS_A_LICENCE:
        status.withdraw(f"licence:{request.subject}")
    return {"log_entry": entry.id, "issuer": did.did}


def logged(session: Session) -> Iterator[Expected]:
    """Each digest the port logged and the entry that follows from it; audit heads are rebuilt from the raw audit rows."""
    done = list(notary.logged(session))
    heads = audit_trail.rebuilt_heads(session, {row.body["count"] for row in done if row.kind == AUDIT_HEAD})
    for row in done:
        assert row.outcome is not None
        issuer = row.outcome.get("issuer")
        if issuer is None:  # logged before outcomes named their issuer
            continue
        digest = heads.get(row.body["count"], "") if row.kind == AUDIT_HEAD else row.body["digest"]
        what = f"{row.kind} {row.subject}"
        if digest != row.body["digest"]:
            yield Expected(row.outcome["log_entry"], b"", what, "the audit rows lead to another head")
        else:
            yield Expected(row.outcome["log_entry"], _entry(row, issuer, digest), what)


def _entry(request: NotaryRequest, issuer: str, digest: str) -> bytes:
    if request.kind == AUDIT_HEAD:
        return audit_head_entry(int(request.body["count"]), bytes.fromhex(digest), issuer)
    return entry_bytes(request.kind, bytes.fromhex(digest), issuer, f"urn:uuid:{request.subject}")


def _issuer(request: NotaryRequest) -> str:
    """The organisation that signs; a request without one comes from the brand office, the audit head from the platform."""
    if request.issuer:
        return request.issuer
    kind = "platform" if request.kind == AUDIT_HEAD else "brand_office"
    desk = organisations.desk_id(kind)
    if desk is None:
        raise DomainError(
            f"还没有{'平台' if kind == 'platform' else '品牌办公室'}这个单位，不能签名。",
            code=f"signing.no_{kind}",
            help="先建这个单位。",
        )
    return organisations.get_organisation(desk).code
