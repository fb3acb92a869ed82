"""Reads: the record of a lot with its versions, its files, DID documents, and whether our own copy verifies."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, select

from core.db import db
from core.organisation import queries as organisations
from trace.log import queries as log
from trace.log.models import LogEntry
from trace.signing import identity, rules
from trace.signing.canonical import parse_object
from trace.signing.errors import NoRecord
from trace.signing.models import Did, DidDocument, Record, SigningKey
from trace.signing.verification import OK, latest_documents, verify_stored
from trace.verify.did import did_web_url
from trace.verify.reasons import SENTENCES, Reason
from trace.verify.tlogproof import TlogProof


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version in the line of a lot's record."""

    public_id: uuid.UUID
    version: int
    kind: str
    kind_label: str
    reason: str
    sealed_at: datetime
    state: str  # pending | integrated
    log_index: int | None
    verification: str  # ok, or the reason code


@dataclass(frozen=True, slots=True)
class RecordView:
    """What holds for a lot now: the latest full statement, with what was added or withdrawn since.

    ``payload`` is the signed JSON of the latest record or correction; ``verification`` the worst answer among it,
    its addenda and the latest version; ``version`` the number of the latest version.
    """

    public_id: uuid.UUID
    version: int
    kind: str
    lot_id: int
    organisation_id: int
    payload: dict[str, Any]
    sealed_at: datetime
    state: str
    log_index: int | None
    tree_size: int
    witnesses: int
    verification: str
    issuer: str
    issuer_name: str
    custody: str
    custody_label: str
    withdrawn_reason: str | None
    addenda: tuple[dict[str, Any], ...]
    versions: tuple[VersionView, ...]

    @property
    def is_unchanged(self) -> bool:
        return self.verification == OK

    @property
    def corrected(self) -> bool:
        return any(version.kind == "correction" for version in self.versions)

    @property
    def digest_key(self) -> tuple[str, int, str, str]:
        """What a cached page depends on."""
        return (str(self.public_id), self.version, self.state, self.verification)


@dataclass(frozen=True, slots=True)
class KeyView:
    """A signing key as its owner sees it."""

    public_id: uuid.UUID
    number: int
    method: str
    custody: str
    custody_label: str
    created_at: datetime
    ended_at: datetime | None
    end_kind: str | None
    end_reason: str
    planned_end_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """One version of an organisation's did.json and what it changed, read from the documents themselves."""

    version: int
    at: datetime
    log_index: int | None
    integrated: bool
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignerView:
    """Who signed a record: the DID, where its document is served, who holds the key, and the version that ended it."""

    did: str
    did_url: str
    document_version: int
    custody_label: str
    ended_in_version: int | None


def signer_of(row: Record) -> SignerView:
    """Who signed a record."""
    key = db.session.get_one(SigningKey, row.key_id)
    did = db.session.get_one(Did, key.did_id)
    latest = document(did.did)
    version = latest.version if latest else 0
    return SignerView(did.did, did_web_url(did.did), version, rules.CUSTODY[key.custody], key.ended_in_version)


def did_path(row: Record) -> str:
    """The path under which the signer's did.json is served here."""
    return urlsplit(signer_of(row).did_url).path


def record_for_lot(lot_id: int) -> RecordView | None:
    """The record of a lot, or None before it is sealed."""
    line = _line(Record.lot_id == lot_id)
    return _view(line) if line else None


def sealed_lots(lot_ids: list[int]) -> dict[int, uuid.UUID]:
    """Public id of the latest version of each lot that is sealed, in one statement."""
    rows = db.session.execute(
        select(Record.lot_id, Record.public_id).where(Record.lot_id.in_(lot_ids)).order_by(Record.version)
    )
    return {int(lot_id): public_id for lot_id, public_id in rows if lot_id is not None}


def get(public_id: uuid.UUID) -> Record:
    """The row of a record; ``NoRecord`` where there is none."""
    row = db.session.scalar(select(Record).where(Record.public_id == public_id))
    if row is None:
        raise NoRecord("没有这份记录。", help="请对照标签或链接再核对一次编号。")
    return row


def by_digest(hexadecimal: str) -> Record:
    """The row whose signed bytes have this SHA-256; ``NoRecord`` where there is none."""
    is_hash = len(hexadecimal) == 64 and set(hexadecimal) <= set("0123456789abcdef")
    row = db.session.scalar(select(Record).where(Record.digest == bytes.fromhex(hexadecimal))) if is_hash else None
    if row is None:
        raise NoRecord("没有这份记录。", help="核对日志条目里的 hash，64 位小写十六进制。")
    return row


def line_of(public_id: uuid.UUID) -> tuple[Record, RecordView | None, tuple[VersionView, ...]]:
    """A record, the state of its lot now (None for a licence), and all versions of the same subject."""
    row = get(public_id)
    line = _line(Record.subject_key == row.subject_key)
    return row, _view(line) if row.lot_id is not None else None, _versions(line)


def payload_of(row: Record) -> dict[str, Any]:
    """The signed JSON of a record."""
    return parse_object(row.payload)


def proof_of(row: Record, *, size: int | None = None) -> TlogProof:
    """The log proof of a record; ``NotIntegrated`` until there is one."""
    return log.proof_of(row.log_entry_id, size=size)


def reason_text(code: str) -> str:
    """The plain sentence for a verification reason code."""
    return SENTENCES[Reason(code)]


def document(did_name: str, version: int | None = None) -> DidDocument | None:
    """A did.json version (default: the latest) of a DID, or None."""
    query = select(DidDocument).join(Did, Did.id == DidDocument.did_id).where(Did.did == did_name)
    if version is not None:
        query = query.where(DidDocument.version == version)
    return db.session.scalar(query.order_by(DidDocument.version.desc()).limit(1))


def keys_of(organisation_id: int) -> tuple[str | None, list[KeyView]]:
    """The DID of an organisation and its keys, the newest first."""
    did = identity.find_did(organisation_id)
    if did is None:
        return None, []
    rows = db.session.scalars(select(SigningKey).where(SigningKey.did_id == did.id).order_by(SigningKey.number.desc()))
    return did.did, [
        KeyView(
            row.public_id, row.number, identity.method_of(did, row), row.custody, rules.CUSTODY[row.custody],
            row.created_at, row.ended_at, row.end_kind, row.end_reason, row.planned_end_at,
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class DocumentVersionView:
    """A version of an organisation's did.json and where it stands in the log."""

    version: int
    created_at: datetime
    log_index: int | None
    integrated: bool


def did_versions(organisation_id: int) -> list[DocumentVersionView]:
    """All did.json versions of an organisation, the newest first."""
    did = identity.find_did(organisation_id)
    if did is None:
        return []
    rows = db.session.scalars(
        select(DidDocument).where(DidDocument.did_id == did.id).order_by(DidDocument.version.desc())
    ).all()
    places = log.places_of([row.log_entry_id for row in rows])
    return [
        DocumentVersionView(
            row.version,
            row.created_at,
            places[row.log_entry_id].index,
            places[row.log_entry_id].integrated_at is not None,
        )
        for row in rows
    ]


def key_history(organisation_id: int) -> list[KeyEvent]:
    """What each did.json version changed, the newest first: keys taken into use, expired, revoked."""
    did = identity.find_did(organisation_id)
    if did is None:
        return []
    rows = db.session.scalars(
        select(DidDocument).where(DidDocument.did_id == did.id).order_by(DidDocument.version)
    ).all()
    places = log.places_of([row.log_entry_id for row in rows])
    events: list[KeyEvent] = []
    before: dict[str, Any] = {}
    for row in rows:
        now = {method["id"]: method for method in parse_object(row.document)["verificationMethod"]}
        place = places[row.log_entry_id]
        changes = tuple(rules.key_changes(before, now))
        events.append(KeyEvent(row.version, row.created_at, place.index, place.integrated_at is not None, changes))
        before = now
    return events[::-1]


def has_key(organisation_id: int) -> bool:
    """Whether the organisation can sign now (guided start)."""
    did = identity.find_did(organisation_id)
    return did is not None and identity.active_key(did.id) is not None


def signs_itself(organisation_id: int) -> bool:
    """Whether the key in use is kept by the organisation itself."""
    did = identity.find_did(organisation_id)
    key = identity.active_key(did.id) if did else None
    return key is not None and key.custody == "external"


def sealed_count(organisation_id: int) -> int:
    """How many lots the organisation has sealed (guided start)."""
    rows = db.session.scalars(
        select(Record.lot_id).where(Record.organisation_id == organisation_id, Record.kind == "record")
    )
    return len(rows.all())


@dataclass(frozen=True, slots=True)
class _Version:
    """A record with everything its answer rests on, from one statement."""

    row: Record
    entry: LogEntry
    key: SigningKey
    did: Did


def _line(condition: ColumnElement[bool]) -> list[_Version]:
    found = db.session.execute(
        select(Record, LogEntry, SigningKey, Did)
        .join(LogEntry, LogEntry.id == Record.log_entry_id)
        .join(SigningKey, SigningKey.id == Record.key_id)
        .join(Did, Did.id == SigningKey.did_id)
        .where(condition)
        .order_by(Record.version)
        .execution_options(populate_existing=True)
    )
    return [_Version(*row) for row in found]


def _view(line: list[_Version]) -> RecordView:
    versions = _versions(line)
    full = next(item for item in reversed(line) if item.row.kind in rules.FULL)
    latest = line[-1].row
    added = [item.row for item in line if item.row.kind == "addendum" and item.row.version > full.row.version]
    answers = {version.version: version.verification for version in versions}
    broken = next((answers[row.version] for row in (full.row, latest, *added) if answers[row.version] != OK), OK)
    payload = parse_object(full.row.payload) if broken == OK else {}
    size, witnesses = log.size_and_witnesses(full.entry.sequence)
    assert full.row.lot_id is not None
    return RecordView(
        public_id=latest.public_id,
        version=latest.version,
        kind=latest.kind,
        lot_id=full.row.lot_id,
        organisation_id=full.row.organisation_id,
        payload=payload,
        sealed_at=full.row.sealed_at,
        state="integrated" if all(version.state == "integrated" for version in versions) else "pending",
        log_index=full.entry.sequence,
        tree_size=size,
        witnesses=witnesses,
        verification=broken,
        issuer=full.did.did,
        issuer_name=_sealer_name(payload) or organisations.get_organisation(full.row.organisation_id).public_name,
        custody=full.key.custody,
        custody_label=rules.CUSTODY[full.key.custody],
        withdrawn_reason=latest.reason if latest.kind == "withdrawal" else None,
        addenda=tuple(parse_object(row.payload) for row in added) if broken == OK else (),
        versions=versions,
    )


def _sealer_name(payload: dict[str, Any]) -> str:
    """The sealer's name as it was signed."""
    return str(payload.get("credentialSubject", {}).get("parties", {}).get("sealer", {}).get("name", ""))


def _versions(line: list[_Version]) -> tuple[VersionView, ...]:
    documents = latest_documents({item.did.id for item in line})
    return tuple(
        VersionView(
            item.row.public_id, item.row.version, item.row.kind, rules.KINDS[item.row.kind], item.row.reason,
            item.row.sealed_at, "integrated" if item.entry.integrated_at else "pending", item.entry.sequence,
            verify_stored(item.row, item.entry, documents.get(item.did.id)),
        )
        for item in line
    )  # fmt: skip
