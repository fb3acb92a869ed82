"""Audit rows (append-only by trigger) and their hash chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class AuditRow(Model):
    """Who did what to which object, when; ``txid`` orders rows by the transaction that wrote them."""

    __tablename__ = "core_record_entry"
    __table_args__ = (Index("ix_core_record_entry_subject", "subject_table", "subject_key"),)

    at: Mapped[datetime]
    verb: Mapped[str] = mapped_column(index=True)
    subject_table: Mapped[str]
    subject_key: Mapped[str]
    user_id: Mapped[int | None]
    organisation_id: Mapped[int | None] = mapped_column(index=True)
    role: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    request_id: Mapped[str] = mapped_column(default="")
    txid: Mapped[int] = mapped_column(BigInteger, server_default=text("(pg_current_xact_id()::text::bigint)"))


class ChainLink(Model):
    """The chained form of one audit row: hash = SHA-256(previous hash || canonical row)."""

    __tablename__ = "core_record_link"

    entry_id: Mapped[int] = mapped_column(ForeignKey("core_record_entry.id"), unique=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    chained_at: Mapped[datetime]
