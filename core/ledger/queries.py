"""Balances and lists; every figure on a fund page comes from here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select

from core.db import db
from core.ledger.models import LedgerEntry, LedgerLine
from core.ledger.rules import ACCOUNTS, Line


@dataclass(frozen=True, slots=True)
class TrialRow:
    """An account's debit and credit sums and its balance on its own side, in 分."""

    code: str
    name: str
    debit_fen: int
    credit_fen: int
    balance_fen: int


@dataclass(frozen=True, slots=True)
class EntryView:
    """A posted entry with its legs, for a voucher list."""

    public_id: str
    book: str
    kind: str
    on_date: date
    posted_at: datetime
    memo: str
    reverses: bool
    lines: tuple[Line, ...]


def balance(account: str, **dims: str) -> int:
    """The balance of ``account`` on its own side in 分, restricted to the given dimensions."""
    net = func.coalesce(func.sum(LedgerLine.debit_fen - LedgerLine.credit_fen), 0)
    query = select(net).where(LedgerLine.account == account, *_matching(dims))
    total = int(db.session.scalar(query) or 0)
    return total if ACCOUNTS[account].side == "dr" else -total


def balances(accounts: Iterable[str], dimension: str, values: Sequence[str]) -> dict[tuple[str, str], int]:
    """Balances of several accounts for several values of one dimension, in one statement; absent pairs are 0."""
    wanted = list(accounts)
    key = LedgerLine.dims[dimension].astext
    rows = db.session.execute(
        select(LedgerLine.account, key, func.sum(LedgerLine.debit_fen - LedgerLine.credit_fen))
        .where(LedgerLine.account.in_(wanted), key.in_(list(values)))
        .group_by(LedgerLine.account, key)
    )
    found = {(a, v): 0 for a in wanted for v in values}
    for account, value, net in rows:
        found[account, value] = int(net) if ACCOUNTS[account].side == "dr" else -int(net)
    return found


def turnover(account: str, kinds: Sequence[str], **dims: str) -> tuple[int, int]:
    """Debit and credit sums of ``account`` over entries of ``kinds`` (reversals net themselves out), in 分."""
    own = select(LedgerEntry.id).where(LedgerEntry.kind.in_(kinds))
    query = select(
        func.coalesce(func.sum(LedgerLine.debit_fen), 0), func.coalesce(func.sum(LedgerLine.credit_fen), 0)
    ).where(LedgerLine.account == account, LedgerLine.entry_id.in_(own), *_matching(dims))
    reversed_of = select(LedgerEntry.id).where(LedgerEntry.reverses_id.in_(own))
    back = select(
        func.coalesce(func.sum(LedgerLine.debit_fen), 0), func.coalesce(func.sum(LedgerLine.credit_fen), 0)
    ).where(LedgerLine.account == account, LedgerLine.entry_id.in_(reversed_of), *_matching(dims))
    debit, credit = db.session.execute(query).one()
    back_debit, back_credit = db.session.execute(back).one()
    return int(debit) - int(back_credit), int(credit) - int(back_debit)


def trial_balance(book: str) -> list[TrialRow]:
    """Every account of ``book``; the debit and the credit column add up to the same sum."""
    rows = db.session.execute(
        select(LedgerLine.account, func.sum(LedgerLine.debit_fen), func.sum(LedgerLine.credit_fen))
        .join(LedgerEntry, LedgerEntry.id == LedgerLine.entry_id)
        .where(LedgerEntry.book == book)
        .group_by(LedgerLine.account)
    )
    sums = {code: (int(dr), int(cr)) for code, dr, cr in rows}
    result = []
    for account in ACCOUNTS.values():
        if account.book == book:
            dr, cr = sums.get(account.code, (0, 0))
            result.append(TrialRow(account.code, account.name, dr, cr, dr - cr if account.side == "dr" else cr - dr))
    return result


def entries(book: str, **dims: str) -> list[EntryView]:
    """Posted entries of ``book`` that have a leg with the given dimensions, oldest first."""
    wanted = select(LedgerLine.entry_id).where(*_matching(dims)) if dims else None
    query = select(LedgerEntry).where(LedgerEntry.book == book).order_by(LedgerEntry.id)
    if wanted is not None:
        query = query.where(LedgerEntry.id.in_(wanted))
    rows = list(db.session.scalars(query))
    legs: dict[int, list[Line]] = {}
    for leg in db.session.scalars(
        select(LedgerLine).where(LedgerLine.entry_id.in_([r.id for r in rows])).order_by(LedgerLine.id)
    ):
        legs.setdefault(leg.entry_id, []).append(Line(leg.account, leg.debit_fen, leg.credit_fen, leg.dims))
    return [
        EntryView(
            str(r.public_id),
            r.book,
            r.kind,
            r.on_date,
            r.posted_at,
            r.memo,
            r.reverses_id is not None,
            tuple(legs.get(r.id, ())),
        )
        for r in rows
    ]


def entry_of(book: str, kind: str, source_table: str, source_id: str) -> LedgerEntry | None:
    """The entry posted for one source, or None."""
    return db.session.scalar(
        select(LedgerEntry).where(
            LedgerEntry.book == book, LedgerEntry.kind == kind,
            LedgerEntry.source_table == source_table, LedgerEntry.source_id == source_id,
        )
    )  # fmt: skip


def lines_of(entry: LedgerEntry) -> list[Line]:
    """The legs of an entry as pure values."""
    rows = db.session.scalars(select(LedgerLine).where(LedgerLine.entry_id == entry.id).order_by(LedgerLine.id))
    return [Line(r.account, r.debit_fen, r.credit_fen, r.dims) for r in rows]


def _matching(dims: dict[str, str]) -> list[ColumnElement[bool]]:
    return [LedgerLine.dims.contains(dims)] if dims else []
