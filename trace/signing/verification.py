"""Does our own stored copy verify?  The same checks the stand-alone verifier makes, against the rows as they are."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from core.db import db
from trace.log import queries as log
from trace.log import service as log_service
from trace.log.errors import NotIntegrated
from trace.log.models import LogEntry
from trace.signing.canonical import parse_object
from trace.signing.models import Did, DidDocument, Record, SigningKey
from trace.verify.did import Key
from trace.verify.entry import entry_of
from trace.verify.note import Checkpoint
from trace.verify.reasons import Reason, VerificationError
from trace.verify.verifier import check_signed, locate

OK = "ok"
_LIMIT = 20_000
_answers: OrderedDict[tuple[bytes, ...], str] = OrderedDict()
_lock = Lock()


def verify_stored(row: Record, entry: LogEntry | None = None, document: DidDocument | None = None) -> str:
    """``ok`` or the reason code.  Kept per record version and everything the answer rests on, so that a changed byte,
    entry or DID document is always checked anew; what is not in the log yet is checked without it.

    ``entry`` and ``document`` (the latest of the signer's DID) are read where the caller has not read them."""
    entry = entry or db.session.get_one(LogEntry, row.log_entry_id)
    document = document or _document(row)
    place = str(entry.sequence) if entry.integrated_at is not None else "waiting"
    parts = (row.payload, entry.entry, document.document if document else b"", place.encode())
    key = (str(row.public_id).encode(), *(hashlib.sha256(part).digest() for part in parts))
    with _lock:
        if key in _answers:
            _answers.move_to_end(key)
            return _answers[key]
    answer = _verify(row, entry, document)
    with _lock:
        _answers[key] = answer
        while len(_answers) > _LIMIT:
            _answers.popitem(last=False)
    return answer


def latest_documents(did_ids: set[int]) -> dict[int, DidDocument]:
    """The latest did.json of each DID, in one statement."""
    rows = db.session.scalars(
        select(DidDocument)
        .where(DidDocument.did_id.in_(did_ids))
        .ext(distinct_on(DidDocument.did_id))
        .order_by(DidDocument.did_id, DidDocument.version.desc())
        .execution_options(populate_existing=True)
    )
    return {row.did_id: row for row in rows}


def forget() -> None:
    """Afterwards every record is checked anew."""
    with _lock:
        _answers.clear()


def _document(row: Record) -> DidDocument | None:
    return db.session.scalar(
        select(DidDocument)
        .join(Did, Did.id == DidDocument.did_id)
        .join(SigningKey, SigningKey.did_id == Did.id)
        .where(SigningKey.id == row.key_id)
        .order_by(DidDocument.version.desc())
        .limit(1)
    )


def _verify(row: Record, entry: LogEntry, document: DidDocument | None) -> str:
    try:
        if document is None:
            raise VerificationError(Reason.KEY_NOT_FOUND, "no DID document")
        record = parse_object(row.payload)
        _, key = check_signed(record, parse_object(document.document))
        expected = entry_of(record)
        if entry.entry != expected:
            raise VerificationError(Reason.LEAF_MISMATCH, "the log entry says something else")
        if entry.integrated_at is not None:
            _check_log(expected, entry)
        if key.ended:
            _check_order(entry, key, document)
    except VerificationError as error:
        return error.reason.value
    return OK


def _check_log(expected: bytes, entry: LogEntry) -> None:
    log_key = log_service.find_key(db.session)
    if log_key is None:
        raise VerificationError(Reason.CHECKPOINT_INVALID, "the log has no key")
    vkey = log_service.verifier_key(log_key)
    try:
        proof = log.proof_of(entry.id)
    except (NotIntegrated, ValueError, IndexError) as error:
        raise VerificationError(Reason.INCLUSION_INVALID, f"no proof: {error}") from None
    Checkpoint.parse(proof.checkpoint, vkey)
    locate(expected, proof, vkey)


def _check_order(entry: LogEntry, key: Key, latest: DidDocument) -> None:
    """The record must stand before the did-document entry that ended the key (TRUST 2)."""
    ending = db.session.scalar(
        select(LogEntry.sequence)
        .join(DidDocument, DidDocument.log_entry_id == LogEntry.id)
        .where(DidDocument.did_id == latest.did_id, DidDocument.version == int(key.ended_in or "0"))
    )
    if entry.sequence is None or (ending is not None and entry.sequence >= ending):
        raise VerificationError(Reason.KEY_ENDED, "the record was logged after the key ended")
