"""Accounts, entries, lines.  The triggers that guard them are SQL in migration 0002."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId


class LedgerAccount(Model):
    """An account of a book and the side it grows on."""

    __tablename__ = "core_ledger_account"
    __table_args__ = (UniqueConstraint("book", "code"), CheckConstraint("side in ('dr','cr')", name="side"))

    book: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    side: Mapped[str]


class LedgerEntry(PublicId, Model):
    """One posted entry: what happened, from which source, by whom.  Immutable; corrected by a reversal."""

    __tablename__ = "core_ledger_entry"
    __table_args__ = (
        UniqueConstraint("book", "kind", "source_table", "source_id", name="uq_core_ledger_entry_source"),
        CheckConstraint("book in ('G','U','S')", name="book"),
    )

    book: Mapped[str]
    kind: Mapped[str]
    source_table: Mapped[str]
    source_id: Mapped[str]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("core_ledger_entry.id"), unique=True, default=None)
    on_date: Mapped[date]
    posted_at: Mapped[datetime]
    memo: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"), default=None)
    role: Mapped[str]
    txid: Mapped[int] = mapped_column(BigInteger, server_default=text("(pg_current_xact_id()::text::bigint)"))


class LedgerLine(Model):
    """One leg in 分 with its dimensions (batch, project, claim, category, source, seller, order)."""

    __tablename__ = "core_ledger_line"
    __table_args__ = (
        CheckConstraint("debit_fen >= 0 and credit_fen >= 0 and (debit_fen > 0) <> (credit_fen > 0)", name="one_side"),
        Index("ix_core_ledger_line_dims", "dims", postgresql_using="gin"),
    )

    entry_id: Mapped[int] = mapped_column(ForeignKey("core_ledger_entry.id"), index=True)
    account: Mapped[str] = mapped_column(ForeignKey("core_ledger_account.code"), index=True)
    debit_fen: Mapped[int]
    credit_fen: Mapped[int]
    dims: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
