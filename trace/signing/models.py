"""Identity, DIDs, keys, DID documents, records.  Documents and records never change (model and trigger refuse)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId
from core.seal.registry import sealed_column


class Identity(Model):
    """The identity host of this deployment, written at first use; one row."""

    __tablename__ = "trace_signing_identity"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    host: Mapped[str]
    stored_at: Mapped[datetime]


class Did(Model):
    """A DID of an organisation: one per code it had, the latest first by id; a row never changes."""

    __tablename__ = "trace_signing_did"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    did: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class SigningKey(PublicId, Model):
    """An Ed25519 key of a DID; the secret is sealed, or not with us at all (custody external)."""

    __tablename__ = "trace_signing_key"
    __table_args__ = (
        UniqueConstraint("did_id", "number"),
        CheckConstraint("custody in ('local','external')", name="custody"),
        CheckConstraint("(custody = 'local') = (sealed_secret is not null)", name="secret_by_custody"),
        CheckConstraint("end_kind in ('expires','revoked')", name="end_kind"),
        CheckConstraint(
            "(ended_at is null) = (end_kind is null) and (ended_at is null) = (ended_in_version is null)", name="ended"
        ),
        CheckConstraint("length(public_key) = 32", name="public_key"),
    )

    did_id: Mapped[int] = mapped_column(ForeignKey("trace_signing_did.id"))
    number: Mapped[int]
    public_key: Mapped[bytes] = mapped_column(unique=True)
    custody: Mapped[str]
    sealed_secret: Mapped[bytes | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    end_kind: Mapped[str | None] = mapped_column(default=None)
    ended_in_version: Mapped[int | None] = mapped_column(default=None)
    end_reason: Mapped[str] = mapped_column(default="")
    planned_end_at: Mapped[datetime | None] = mapped_column(default=None)


class DidDocument(Model):
    """One version of a did.json, in canonical bytes, with its log entry."""

    __tablename__ = "trace_signing_did_document"
    __table_args__ = (UniqueConstraint("did_id", "version"), CheckConstraint("version > 0", name="version"))

    did_id: Mapped[int] = mapped_column(ForeignKey("trace_signing_did.id"))
    version: Mapped[int]
    document: Mapped[bytes]
    log_entry_id: Mapped[int] = mapped_column(ForeignKey("trace_log_entry.id"), unique=True)
    created_at: Mapped[datetime]


class Record(PublicId, Model):
    """A signed credential in canonical bytes.  Version n of a lot's record, or a licence; no state stands here."""

    __tablename__ = "trace_signing_record"
    __table_args__ = (
        UniqueConstraint("subject_key", "version"),
        CheckConstraint(
            "kind in ('record','addendum','correction','withdrawal','licence','series','series_change','recall','events')",
            name="kind",
        ),
        CheckConstraint(
            "(lot_id is null) = (kind in ('licence','series','series_change','recall','events'))", name="lot_by_kind"
        ),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("length(digest) = 32", name="digest"),
        CheckConstraint("kind in ('record','licence','series','events') or reason <> ''", name="reason"),
    )

    kind: Mapped[str]
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("trace_lot_lot.id"), index=True)
    subject_key: Mapped[str]
    version: Mapped[int]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("trace_signing_key.id"))
    payload: Mapped[bytes]
    digest: Mapped[bytes] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(default="")
    sealed_at: Mapped[datetime]
    sealed_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    log_entry_id: Mapped[int] = mapped_column(ForeignKey("trace_log_entry.id"), unique=True)


class EventList(Model):
    """The public events of a lot as one EPCIS document, in the canonical bytes whose digest a record of kind events signs."""

    __tablename__ = "trace_signing_event_list"
    __table_args__ = (CheckConstraint("events > 0", name="events"),)

    record_id: Mapped[int] = mapped_column(ForeignKey("trace_signing_record.id"), unique=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"), index=True)
    events: Mapped[int]
    document: Mapped[bytes]


class StatusList(Model):
    """A list of withdrawn records (Bitstring Status List 1.0, purpose revocation); its row lock orders its versions."""

    __tablename__ = "trace_signing_status_list"

    number: Mapped[int] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class StatusEntry(Model):
    """The place of one record in a status list: random, taken once; ``set_at`` when the record was withdrawn."""

    __tablename__ = "trace_signing_status_entry"
    __table_args__ = (
        UniqueConstraint("list_id", "position"),
        CheckConstraint("position between 0 and 131071", name="position"),
    )

    list_id: Mapped[int] = mapped_column(ForeignKey("trace_signing_status_list.id"))
    position: Mapped[int]
    record_public_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    taken_at: Mapped[datetime]
    set_at: Mapped[datetime | None] = mapped_column(default=None)


class StatusVersion(Model):
    """One signed version of a status list, in canonical bytes, with its log entry."""

    __tablename__ = "trace_signing_status_version"
    __table_args__ = (UniqueConstraint("list_id", "version"), CheckConstraint("version > 0", name="version"))

    list_id: Mapped[int] = mapped_column(ForeignKey("trace_signing_status_list.id"))
    version: Mapped[int]
    document: Mapped[bytes]
    log_entry_id: Mapped[int] = mapped_column(ForeignKey("trace_log_entry.id"), unique=True)
    created_at: Mapped[datetime]


class SealedRowChanged(RuntimeError):
    """Somebody tried to change or delete a sealed row: a programming error."""


def _refuse(_mapper: Any, _connection: Any, target: Any) -> None:
    raise SealedRowChanged(f"{type(target).__name__} {target.id} is sealed; add a new version instead")


for _sealed in (Record, DidDocument, EventList, StatusVersion):
    event.listen(_sealed, "before_update", _refuse)
    event.listen(_sealed, "before_delete", _refuse)

sealed_column("trace_signing_key", "sealed_secret", row="public_id", purpose="signing-key")
