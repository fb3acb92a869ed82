"""Log entries: JCS of ``{v, kind, hash, issuer, subject}`` and what a kind repeats in clear (TRUST 4 and 5).

| kind | hash = SHA-256 of | repeated in clear |
|---|---|---|
| ``vc`` | JCS of the signed credential with its proof | |
| ``did-document`` | JCS of the DID document | |
| ``status-list`` | JCS of the signed status list credential | |
| ``series-root`` | JCS of the signed credential of a code series | item, lot, first, count, root |
| ``recall`` | JCS of the signed recall credential | count and lots (SHA-256 of JCS of the list of lots) |
| ``audit-head`` | the chained audit rows (the chain's last hash itself) | count |

Every field follows from the document alone; so that document, proof, DID and log key verify with nothing else.
All kinds but ``vc`` also carry their entry bytes beside the proof.  No time stands in an entry.
"""

from __future__ import annotations

import re
from typing import Any

from .canonical import canonical_bytes, canonical_hash, parse_object
from .credential import issuer_of, subject_of
from .reasons import Reason, VerificationError

VERSION = 1
VC = "vc"
DID_DOCUMENT = "did-document"
STATUS_LIST = "status-list"
SERIES_ROOT = "series-root"
RECALL = "recall"
AUDIT_HEAD = "audit-head"
MAX_ENTRY = 65_535
_TYPE_OF_KIND = {
    SERIES_ROOT: "CodeSeriesRoot",
    RECALL: "LotRecall",
    STATUS_LIST: "BitstringStatusListCredential",
}
_FIELDS = frozenset({"v", "kind", "hash", "issuer", "subject"})
_CLEAR = {
    SERIES_ROOT: frozenset({"item", "lot", "first", "count", "root"}),
    RECALL: frozenset({"count", "lots"}),
    AUDIT_HEAD: frozenset({"count"}),
}
_HEX = re.compile(r"[0-9a-f]{64}")


def entry_bytes(kind: str, digest: bytes, issuer: str, subject: str, **clear: str | int) -> bytes:
    """The bytes of one entry; ``digest`` is SHA-256 (32 bytes), written as 64 hex digits."""
    if len(digest) != 32:
        raise ValueError("a digest has 32 bytes")
    if set(clear) != _CLEAR.get(kind, frozenset()):
        raise ValueError(f"an entry of kind {kind} repeats {sorted(_CLEAR.get(kind, ()))}")
    entry = {"v": VERSION, "kind": kind, "hash": digest.hex(), "issuer": issuer, "subject": subject, **clear}
    data = canonical_bytes(entry)
    if len(data) > MAX_ENTRY:
        raise ValueError("an entry has at most 65535 bytes")
    return data


def kind_of(signed: dict[str, Any]) -> str:
    """The kind of entry a signed credential has in the log, by its type."""
    given = signed.get("type", [])
    types = given if isinstance(given, list) else [given]
    return next((kind for kind, name in _TYPE_OF_KIND.items() if name in types), VC)


def entry_of(signed: dict[str, Any]) -> bytes:
    """The entry of a signed credential of any kind; ``bad_json`` where what its kind repeats is missing."""
    build = {SERIES_ROOT: series_root_entry, RECALL: recall_entry, STATUS_LIST: status_list_entry}
    return build.get(kind_of(signed), credential_entry)(signed)


def credential_entry(signed: dict[str, Any]) -> bytes:
    """The entry of a signed record: hash = SHA-256 of the canonical bytes of the record with its proof."""
    return entry_bytes(VC, canonical_hash(signed), issuer_of(signed), subject_of(signed))


def status_list_entry(signed: dict[str, Any]) -> bytes:
    """The entry of one version of a status list; its subject is the list's address."""
    return entry_bytes(STATUS_LIST, canonical_hash(signed), issuer_of(signed), str(signed.get("id", "")))


def series_root_entry(signed: dict[str, Any]) -> bytes:
    """The entry of a code series: item, lot, first unit, count and root stand in clear, for monitors to add up."""
    subject = _subject(signed)
    item, lot = _text(subject, "item"), _text(subject, "lot")
    first, count, root = _count(subject, "firstUnit", 0), _count(subject, "count", 1), _text(subject, "root")
    if not _HEX.fullmatch(root):
        raise _bad("the root of a code series is not 64 hex digits")
    clear: dict[str, str | int] = {"item": item, "lot": lot, "first": first, "count": count, "root": root}
    return entry_bytes(SERIES_ROOT, canonical_hash(signed), issuer_of(signed), subject_of(signed), **clear)


def recall_entry(signed: dict[str, Any]) -> bytes:
    """The entry of a recall: how many lots, and the digest of the list of lots, stand in clear."""
    lots = _subject(signed).get("lots")
    if not isinstance(lots, list) or not lots or not all(isinstance(lot, str) and lot for lot in lots):
        raise _bad("a recall names its lots")
    digest = canonical_hash(lots).hex()
    return entry_bytes(
        RECALL, canonical_hash(signed), issuer_of(signed), subject_of(signed), count=len(lots), lots=digest
    )


def audit_head_entry(count: int, head: bytes, issuer: str) -> bytes:
    """The entry of the audit trail's head after ``count`` chained rows; ``hash`` is the head itself."""
    return entry_bytes(AUDIT_HEAD, head, issuer, f"urn:yidun:audit:{count}", count=count)


def did_document_entry(document: dict[str, Any]) -> bytes:
    """The entry of one version of a DID document: issuer and subject are the DID itself."""
    did = document.get("id")
    if not isinstance(did, str):
        raise VerificationError(Reason.BAD_JSON, "the DID document has no id")
    return entry_bytes(DID_DOCUMENT, canonical_hash(document), did, did)


def read_entry(data: bytes) -> dict[str, Any]:
    """The fields of an entry; ``leaf_mismatch`` where the bytes are not an entry of ours in canonical form."""
    try:
        entry = parse_object(data)
        canonical = canonical_bytes(entry)
    except VerificationError as error:
        raise VerificationError(Reason.LEAF_MISMATCH, error.detail) from None
    fields = _FIELDS | _CLEAR.get(str(entry.get("kind")), frozenset())
    if canonical != data or set(entry) != fields or entry["v"] != VERSION:
        raise VerificationError(Reason.LEAF_MISMATCH, "the bytes are not a log entry")
    return entry


def _subject(signed: dict[str, Any]) -> dict[str, Any]:
    subject = signed.get("credentialSubject")
    if not isinstance(subject, dict):
        raise _bad("credentialSubject is not one object")
    return subject


def _text(subject: dict[str, Any], name: str) -> str:
    value = subject.get(name)
    if not isinstance(value, str) or not value:
        raise _bad(f"credentialSubject.{name} is missing")
    return value


def _count(subject: dict[str, Any], name: str, least: int) -> int:
    value = subject.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise _bad(f"credentialSubject.{name} is not a whole number from {least}")
    return value


def _bad(detail: str) -> VerificationError:
    return VerificationError(Reason.BAD_JSON, detail)
