"""What ``flask trace fsck`` rebuilds from this room's raw rows: log entries of records and DID documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from trace.log.service import Expected
from trace.signing.canonical import canonical_bytes, canonical_hash, parse_object
from trace.signing.models import Did, DidDocument, EventList, Record, SigningKey, StatusEntry, StatusList, StatusVersion
from trace.verify import status
from trace.verify.entry import did_document_entry, entry_of
from trace.verify.events import claims_of, compare
from trace.verify.reasons import VerificationError
from trace.verify.verifier import check_signed


def records(session: Session) -> Iterator[Expected]:
    """Each record: canonical bytes, digest, signature under its DID document, and the entry that follows from it."""
    for row in _in_order(session):
        what = f"record {row.public_id}"
        try:
            payload = parse_object(row.payload)
            check_signed(payload, parse_object(_latest_document(session, row)))
            entry = entry_of(payload)
        except VerificationError as error:
            yield Expected(row.log_entry_id, b"", what, str(error))
            continue
        same = canonical_bytes(payload) == row.payload and canonical_hash(payload) == row.digest
        fault = "" if same else "stored bytes or digest differ from the record"
        if row.kind == "events" and not fault:
            fault = _event_list_fault(session, row, payload)
        yield Expected(row.log_entry_id, entry, what, fault)


def _event_list_fault(session: Session, row: Record, payload: dict[str, Any]) -> str:
    """What is wrong with the kept events of a signed list; empty where they are the ones it names."""
    document = session.scalar(select(EventList.document).where(EventList.record_id == row.id))
    try:
        compare(parse_object(document or b"{}"), claims_of(payload))
    except VerificationError as error:
        return str(error)
    return ""


def _in_order(session: Session) -> Iterator[Record]:
    """All records, five hundred at a time, read from the rows as they are."""
    after = 0
    while rows := session.scalars(
        select(Record).where(Record.id > after).order_by(Record.id).limit(500).execution_options(populate_existing=True)
    ).all():
        yield from rows
        after = rows[-1].id


def documents(session: Session) -> Iterator[Expected]:
    """Each did.json version and the entry that follows from it."""
    for row in session.scalars(select(DidDocument).order_by(DidDocument.id)):
        what = f"DID document {row.did_id} version {row.version}"
        try:
            document = parse_object(row.document)
            entry = did_document_entry(document)
        except VerificationError as error:
            yield Expected(row.log_entry_id, b"", what, str(error))
            continue
        same = canonical_bytes(document) == row.document
        yield Expected(row.log_entry_id, entry, what, "" if same else "stored bytes are not canonical")


def status_lists(session: Session) -> Iterator[Expected]:
    """Each version of each status list: signature, entry, and for the newest that its bits are the withdrawn records."""
    for row in session.scalars(select(StatusVersion).order_by(StatusVersion.id)):
        number = session.scalar(select(StatusList.number).where(StatusList.id == row.list_id))
        what = f"status list {number} version {row.version}"
        try:
            document = parse_object(row.document)
            check_signed(document, parse_object(_document_of(session, str(document.get("issuer")))))
            bits = status.decode(document["credentialSubject"]["encodedList"])
            entry = entry_of(document)
        except (VerificationError, KeyError, TypeError) as error:
            yield Expected(row.log_entry_id, b"", what, str(error))
            continue
        same = canonical_bytes(document) == row.document
        if _is_newest(session, row) and bits != status.decode(status.encode(_withdrawn(session, row.list_id))):
            yield Expected(row.log_entry_id, entry, what, "the bits differ from the withdrawn records")
        else:
            yield Expected(row.log_entry_id, entry, what, "" if same else "stored bytes are not canonical")


def _is_newest(session: Session, row: StatusVersion) -> bool:
    return row.version == session.scalar(
        select(func.max(StatusVersion.version)).where(StatusVersion.list_id == row.list_id)
    )


def _withdrawn(session: Session, list_id: int) -> list[int]:
    found = select(StatusEntry.position).where(StatusEntry.list_id == list_id, StatusEntry.set_at.is_not(None))
    return list(session.scalars(found))


def _document_of(session: Session, did: str) -> bytes:
    found = session.scalar(
        select(DidDocument.document)
        .join(Did, Did.id == DidDocument.did_id)
        .where(Did.did == did)
        .order_by(DidDocument.version.desc())
        .limit(1)
    )
    return found or b"{}"


def _latest_document(session: Session, row: Record) -> bytes:
    found = session.scalar(
        select(DidDocument.document)
        .join(Did, Did.id == DidDocument.did_id)
        .join(SigningKey, SigningKey.did_id == Did.id)
        .where(SigningKey.id == row.key_id)
        .order_by(DidDocument.version.desc())
        .limit(1)
    )
    return found or b"{}"
