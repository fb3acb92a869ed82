"""Log keys, entries, tiles, checkpoints, witnesses.  Entries and checkpoints never change; tiles only grow (triggers)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId
from core.seal.registry import sealed_column


class LogKey(PublicId, Model):
    """The Ed25519 key of the log, apart from every DID key; ``origin`` is its name and the log's.

    A key is closed where published entries are lost for good (docs/adr/0041); the next one has an origin of its own.
    """

    __tablename__ = "trace_log_key"
    __table_args__ = (CheckConstraint("(closed_at is null) = (close_reason = '')", name="closed_with_reason"),)

    origin: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[bytes] = mapped_column(unique=True)
    sealed_secret: Mapped[bytes]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    close_reason: Mapped[str] = mapped_column(default="")


class LogEntry(Model):
    """One entry: queued with the thing it is about, later given a place, later covered by a checkpoint."""

    __tablename__ = "trace_log_entry"
    __table_args__ = (
        CheckConstraint("length(leaf_hash) = 32", name="leaf_hash"),
        CheckConstraint("length(entry) between 1 and 65535", name="entry"),
        CheckConstraint("sequence >= 0", name="sequence"),
        CheckConstraint("integrated_at is null or sequence is not null", name="integrated_after_sequenced"),
        Index("ix_trace_log_entry_waiting", "id", postgresql_where=text("sequence is null")),
        Index("ix_trace_log_entry_pending", "queued_at", postgresql_where=text("integrated_at is null")),
    )

    kind: Mapped[str]
    entry: Mapped[bytes]
    leaf_hash: Mapped[bytes] = mapped_column(index=True)
    queued_at: Mapped[datetime]
    sequence: Mapped[int | None] = mapped_column(default=None, unique=True)
    integrated_at: Mapped[datetime | None] = mapped_column(default=None)


class Tile(Model):
    """Up to 256 hashes of one level; only ever appended to."""

    __tablename__ = "trace_log_tile"
    __table_args__ = (
        UniqueConstraint("level", "number"),
        CheckConstraint("length(hashes) between 32 and 8192 and length(hashes) % 32 = 0", name="hashes"),
    )

    level: Mapped[int]
    number: Mapped[int]
    hashes: Mapped[bytes]


class StoredCheckpoint(Model):
    """A published checkpoint; one root for one size of a log, for ever.  Cosignatures stand beside it."""

    __tablename__ = "trace_log_checkpoint"
    __table_args__ = (
        CheckConstraint("length(root) = 32", name="root"),
        CheckConstraint("size > 0", name="size"),
        UniqueConstraint("key_id", "size"),
    )

    key_id: Mapped[int] = mapped_column(ForeignKey("trace_log_key.id"))
    size: Mapped[int]
    root: Mapped[bytes]
    note: Mapped[str]
    made_at: Mapped[datetime]


class Witness(PublicId, Model):
    """An outside witness (C2SP tlog-witness): its cosignature vkey, its address, and how far it has cosigned.

    ``old_size`` is what it says it has last seen of this log; ``failure`` is empty while it answers well.
    """

    __tablename__ = "trace_log_witness"
    __table_args__ = (CheckConstraint("old_size >= 0", name="old_size"),)

    name: Mapped[str]
    operator: Mapped[str]
    vkey: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
    old_size: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None] = mapped_column(default=None)
    failure: Mapped[str] = mapped_column(default="")
    failed_since: Mapped[datetime | None] = mapped_column(default=None)


class Cosignature(Model):
    """The newest signature line of one witness on one checkpoint; a later one of the same checkpoint replaces it."""

    __tablename__ = "trace_log_cosignature"
    __table_args__ = (UniqueConstraint("checkpoint_id", "witness_id"), Index("ix_trace_log_cosignature_size", "size"))

    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("trace_log_checkpoint.id"))
    witness_id: Mapped[int] = mapped_column(ForeignKey("trace_log_witness.id"))
    size: Mapped[int]
    line: Mapped[str]
    signed_at: Mapped[datetime]


sealed_column("trace_log_key", "sealed_secret", row="public_id", purpose="log-key")
