"""Log key, entries, tiles, checkpoints.  Entries and checkpoints never change; tiles only grow (triggers)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId
from core.seal.registry import sealed_column


class LogKey(PublicId, Model):
    """The Ed25519 key of the log, apart from every DID key; ``origin`` is its name and the log's."""

    __tablename__ = "trace_log_key"

    origin: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[bytes] = mapped_column(unique=True)
    sealed_secret: Mapped[bytes]
    created_at: Mapped[datetime]


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
    """A published checkpoint; one root for one size, for ever.  The note may gain cosignatures."""

    __tablename__ = "trace_log_checkpoint"
    __table_args__ = (CheckConstraint("length(root) = 32", name="root"), CheckConstraint("size > 0", name="size"))

    key_id: Mapped[int] = mapped_column(ForeignKey("trace_log_key.id"))
    size: Mapped[int] = mapped_column(unique=True)
    root: Mapped[bytes]
    note: Mapped[str]
    made_at: Mapped[datetime]


sealed_column("trace_log_key", "sealed_secret", row="public_id", purpose="log-key")
