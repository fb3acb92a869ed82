"""The whole check of one record, in the order a reader would do it by hand; reads no network and no clock.

1 strict JSON, 2 shape of a credential, 3 issuer and key, 4 signature, 5 log entry, inclusion and checkpoint,
6 for a key that has ended: the record must stand in the log before the DID document that ended it, both under
one checkpoint (TRUST 2), 7 on request: not withdrawn, and cosigned by enough of the witnesses you trust.  ``created`` and ``validFrom`` are shown, never trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from . import canonical, credential, did, proof, status
from .cosign import Cosignature, CosignerKey, cosignatures
from .entry import did_document_entry, entry_of
from .merkle import check_inclusion, leaf_hash
from .note import Checkpoint, VerifierKey
from .reasons import Reason, VerificationError
from .tlogproof import TlogProof


@dataclass(frozen=True, slots=True)
class Verified:
    """What has been shown: who signed, under which key, and where it stands in which log."""

    issuer: str
    method: str
    record_id: str
    subject: str
    log: str
    index: int
    tree_size: int
    key_ended: bool
    cosigned: tuple[Cosignature, ...] = ()
    status: status.Place | None = None
    status_version: int = 0


@dataclass(frozen=True, slots=True)
class Located:
    """An entry proven to stand at ``index`` under ``checkpoint``."""

    index: int
    checkpoint: Checkpoint


def check_signed(record: dict[str, Any], did_document: dict[str, Any]) -> tuple[proof.SignedDocument, did.Key]:
    """Steps 2 to 4: shape, key and signature of ``record``; returns the parts and the key that signed."""
    parts = proof.take_apart(record)
    credential.check(record)
    key = did.key_for(did_document, method=parts.method, issuer=credential.issuer_of(record))
    proof.check_signature(parts, key.public_key)
    return parts, key


def locate(entry: bytes, log_proof: TlogProof, log_key: VerifierKey) -> Located:
    """Where ``entry`` stands in the log of ``log_key``; refuses a proof of another entry and a foreign checkpoint."""
    if log_proof.extra is not None and log_proof.extra != entry:
        raise VerificationError(Reason.LEAF_MISMATCH, "the proof carries another entry")
    checkpoint = Checkpoint.parse(log_proof.checkpoint, log_key)
    check_inclusion(log_proof.index, checkpoint.size, leaf_hash(entry), log_proof.hashes, checkpoint.root)
    return Located(log_proof.index, checkpoint)


def check_ending(
    record: Located, key: did.Key, ending_document: dict[str, Any], ending: TlogProof, log_key: VerifierKey
) -> None:
    """Return if ``record`` was logged before ``ending_document`` ended ``key``, under one checkpoint; else ``key_ended``."""
    owner = key.method.partition("#")[0]
    same_key = did.key_for(ending_document, method=key.method, issuer=owner)
    if not same_key.ended or same_key.public_key != key.public_key:
        raise _ended("the given document does not end this key")
    if not key.ended_in or did.version_of(ending_document) != key.ended_in:
        raise _ended(f"the key was ended by document version {key.ended_in or '?'}, another one is given")
    located = locate(did_document_entry(ending_document), ending, log_key)
    mine, other = record.checkpoint, located.checkpoint
    if (mine.origin, mine.size, mine.root) != (other.origin, other.size, other.root):
        raise _ended("the two log proofs stand under different checkpoints")
    if record.index >= located.index:
        raise _ended("the record was logged after the key ended")


def verify(
    record: bytes,
    *,
    log_proof: bytes,
    did_document: bytes,
    log_key: str,
    ending_document: bytes | None = None,
    ending_proof: bytes | None = None,
    status_list: bytes | None = None,
    status_did: bytes | None = None,
    witnesses: Sequence[str] = (),
    policy: int = 0,
) -> Verified:
    """Everything at once; raises ``VerificationError`` with the first reason found.

    For a key that has ended, ``ending_document`` (default: ``did_document`` itself) and ``ending_proof`` show
    when it ended; without them the answer is ``key_ended``.  ``status_list`` with the DID document of the host that
    signs it is asked whether the record was withdrawn.  At least ``policy`` of ``witnesses`` (vkeys) must have cosigned.
    """
    signed, document = canonical.parse_object(record), canonical.parse_object(did_document)
    parts, key = check_signed(signed, document)
    vkey = VerifierKey.parse(log_key)
    located = locate(entry_of(signed), TlogProof.parse(log_proof), vkey)
    if key.ended:
        if ending_proof is None:
            raise _ended("the key has ended; give the DID document that ended it and its log proof")
        ending = document if ending_document is None else canonical.parse_object(ending_document)
        check_ending(located, key, ending, TlogProof.parse(ending_proof), vkey)
    place, version = _check_status(signed, status_list, status_did)
    return Verified(
        issuer=credential.issuer_of(signed),
        method=parts.method,
        record_id=str(signed.get("id", "")),
        subject=credential.subject_of(signed),
        log=located.checkpoint.origin,
        index=located.index,
        tree_size=located.checkpoint.size,
        key_ended=key.ended,
        cosigned=check_cosigned(located.checkpoint, witnesses, policy),
        status=place,
        status_version=version,
    )


def check_cosigned(checkpoint: Checkpoint, witnesses: Sequence[str], policy: int) -> tuple[Cosignature, ...]:
    """The checked cosignatures of the given witnesses on ``checkpoint``; ``cosigners_missing`` where fewer than ``policy``."""
    found = cosignatures(checkpoint.note, [CosignerKey.parse(text) for text in witnesses])
    if len({made.key.public_key for made in found}) < policy:
        raise VerificationError(
            Reason.COSIGNERS_MISSING, f"{len(found)} of the given witnesses cosigned, {policy} are wanted"
        )
    return tuple(found)


def _check_status(
    signed: dict[str, Any], status_list: bytes | None, status_did: bytes | None
) -> tuple[status.Place | None, int]:
    if status_list is None:
        return None, 0
    if status_did is None:
        raise VerificationError(Reason.STATUS_INVALID, "the DID document of the list's host is missing")
    given = canonical.parse_object(status_list)
    place = status.check(signed, given, canonical.parse_object(status_did))
    version = given.get("recordVersion", 0)
    return place, version if isinstance(version, int) else 0


def _ended(detail: str) -> VerificationError:
    return VerificationError(Reason.KEY_ENDED, detail)
