"""Log entries: JCS of ``{v, kind, hash, issuer, subject}`` (TRUST 4).

For kind ``vc`` every field follows from the record, for ``did-document`` from the document; other kinds carry
their entry bytes beside the proof.  No time stands in an entry.
"""

from __future__ import annotations

from typing import Any

from .canonical import canonical_bytes, canonical_hash, parse_object
from .credential import issuer_of, subject_of
from .reasons import Reason, VerificationError

VERSION = 1
VC = "vc"
DID_DOCUMENT = "did-document"
MAX_ENTRY = 65_535


def entry_bytes(kind: str, digest: bytes, issuer: str, subject: str) -> bytes:
    """The bytes of one entry; ``digest`` is SHA-256 (32 bytes), written as 64 hex digits."""
    if len(digest) != 32:
        raise ValueError("a digest has 32 bytes")
    entry = {"v": VERSION, "kind": kind, "hash": digest.hex(), "issuer": issuer, "subject": subject}
    data = canonical_bytes(entry)
    if len(data) > MAX_ENTRY:
        raise ValueError("an entry has at most 65535 bytes")
    return data


def credential_entry(signed: dict[str, Any]) -> bytes:
    """The entry of a signed record: hash = SHA-256 of the canonical bytes of the record with its proof."""
    return entry_bytes(VC, canonical_hash(signed), issuer_of(signed), subject_of(signed))


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
    if canonical != data or set(entry) != {"v", "kind", "hash", "issuer", "subject"} or entry["v"] != VERSION:
        raise VerificationError(Reason.LEAF_MISMATCH, "the bytes are not a log entry")
    return entry
