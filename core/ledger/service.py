"""Post and reverse entries in the caller's transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import Conflict, RuleBroken, Unmet, register_constraint
from core.ledger import queries, rules
from core.ledger.models import LedgerAccount, LedgerEntry, LedgerLine
from core.ledger.rules import ACCOUNTS, Line
from core.money import yuan_grouped
from core.record.service import record

register_constraint("uq_core_ledger_entry_source", "ledger.already_posted", "这件事已经记过账，没有重复入账。")
register_constraint("uq_core_ledger_entry_reverses_id", "ledger.already_reversed", "这笔分录已经冲销过。")


def post(
    book: str, kind: str, source: Any, lines: Sequence[Line], actor: Actor, memo: str, *, on: date | None = None
) -> LedgerEntry:
    """Afterwards one balanced entry stands for (book, kind, source); zero legs are left out.

    ``source`` is a row or ``(table, key)``.  RuleBroken where the legs do not balance or a guarded balance would fall
    below zero; Conflict where the source has been posted already.
    """
    legs = rules.without_zero(lines)
    unmet = rules.faults(book, legs)
    if unmet:
        raise RuleBroken(unmet=unmet)
    table, key = _source(source)
    if queries.entry_of(book, kind, table, key) is not None:
        raise Conflict(
            "这件事已经记过账，没有重复入账。", code="ledger.already_posted", help="刷新页面查看已有的分录。"
        )
    _hold_floors(legs)
    entry = LedgerEntry(
        book=book, kind=kind, source_table=table, source_id=key, on_date=on or clock.today(), posted_at=clock.now(),
        memo=memo, user_id=actor.user_id, organisation_id=actor.organisation_id, role=actor.role,
    )  # fmt: skip
    return _write(entry, legs, actor)


def reverse(entry: LedgerEntry, actor: Actor, memo: str) -> LedgerEntry:
    """Afterwards ``entry`` is cancelled by its mirror; a second reversal and a reversal of a reversal are refused."""
    if entry.reverses_id is not None:
        raise RuleBroken(
            unmet=[Unmet("ledger.reversal_of_reversal", "冲销分录不能再冲销。", help="按实际情况重新记一笔。")]
        )
    if db.session.scalar(select(LedgerEntry.id).where(LedgerEntry.reverses_id == entry.id)) is not None:
        raise Conflict("这笔分录已经冲销过。", code="ledger.already_reversed")
    legs = rules.mirror(queries.lines_of(entry))
    _hold_floors(legs)
    back = LedgerEntry(
        book=entry.book, kind=f"X.{entry.kind}", source_table=entry.source_table, source_id=entry.source_id,
        reverses_id=entry.id, on_date=clock.today(), posted_at=clock.now(), memo=memo, user_id=actor.user_id,
        organisation_id=actor.organisation_id, role=actor.role,
    )  # fmt: skip
    return _write(back, legs, actor)


def ensure_accounts() -> int:
    """Afterwards every account of the rules stands in the database; returns how many were added."""
    values = [{"book": a.book, "code": a.code, "name": a.name, "side": a.side} for a in ACCOUNTS.values()]
    statement = insert(LedgerAccount).values(values).on_conflict_do_nothing(index_elements=["code"])
    return len(db.session.execute(statement.returning(LedgerAccount.id)).all())


def _write(entry: LedgerEntry, legs: Sequence[Line], actor: Actor) -> LedgerEntry:
    db.session.add(entry)
    db.session.flush()  # the legs need the entry's id
    for leg in legs:
        db.session.add(
            LedgerLine(
                entry_id=entry.id,
                account=leg.account,
                debit_fen=leg.debit_fen,
                credit_fen=leg.credit_fen,
                dims=dict(leg.dims),
            )
        )
    db.session.flush()
    record(
        "ledger.posted", entry, actor, book=entry.book, kind=entry.kind, total_fen=sum(leg.debit_fen for leg in legs)
    )
    return entry


def _source(source: Any) -> tuple[str, str]:
    if isinstance(source, tuple):
        return str(source[0]), str(source[1])
    if source.id is None:
        db.session.flush()
    return source.__tablename__, str(source.id)


def _hold_floors(legs: Sequence[Line]) -> None:
    """Lock every guarded balance the legs lower, then refuse the entry if one would fall below zero."""
    touched = rules.floors_touched(legs)
    for code, dims in touched:
        name = f"{code}|{dims}".encode()
        number = int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)
        db.session.execute(text("select pg_advisory_xact_lock(:n)"), {"n": number})
    unmet = []
    for code, dims in touched:
        account = ACCOUNTS[code]
        change = sum(
            rules.growth(account, leg)
            for leg in legs
            if leg.account == code and all(leg.dims.get(name) == value for name, value in dims)
        )
        held = queries.balance(code, **dict(dims))
        if held + change < 0:
            unmet.append(
                Unmet(
                    "ledger.floor",
                    f"“{account.name}”只有 {yuan_grouped(held)} 元，不够支出 {yuan_grouped(-change)} 元。",
                    help="先核对前面的分录和额度，再办理。",
                    who="县财政局",
                )
            )
    if unmet:
        raise RuleBroken(unmet=unmet)
