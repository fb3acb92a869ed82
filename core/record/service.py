"""Write one audit row; chain committed rows; check the chain."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core import clock, notary
from core.account.actor import Actor
from core.db import db
from core.organisation.queries import desk_id
from core.record.models import AuditRow, ChainLink

CHAIN_LOCK = 0x59_44_41_55  # "YDAU": one chainer at a time
GENESIS = b"\x00" * 32
HEAD_KIND = "audit-head"


def record(verb: str, subject: Any, actor: Actor, **details: Any) -> AuditRow:
    """Afterwards the deed is in the audit trail of this transaction; ``subject`` is a row or ``(table, key)``."""
    from core.workflow.engine import jsonable

    if isinstance(subject, tuple):
        table, key = subject
    else:
        if subject.id is None:
            db.session.flush()
        table, key = subject.__tablename__, str(getattr(subject, "public_id", None) or subject.id)
    row = AuditRow(
        at=clock.now(),
        verb=verb,
        subject_table=table,
        subject_key=str(key),
        user_id=actor.user_id,
        organisation_id=actor.organisation_id,
        role=actor.role,
        details=jsonable(details),
        request_id=_request_id(),
    )
    db.session.add(row)
    return row


def _request_id() -> str:
    from flask import g, has_request_context

    return str(g.get("request_id", "")) if has_request_context() else ""


def _canonical(row: AuditRow) -> bytes:
    fields = {
        "id": row.id,
        "at": row.at.astimezone(UTC).isoformat(),
        "verb": row.verb,
        "subject": [row.subject_table, row.subject_key],
        "actor": [row.user_id, row.organisation_id, row.role],
        "details": row.details,
        "request": row.request_id,
    }
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def chain(limit: int = 500, *, above: int = 0) -> int | None:
    """Chain the committed rows that no running transaction can still precede; how many, None beside another chainer.

    A row is taken once its writing transaction lies below the oldest transaction still running, so that a late
    commit can never slip in before a chained one.  Rows up to the id ``above`` are not looked at: see ``horizon``.
    """
    if not db.session.scalar(text("select pg_try_advisory_xact_lock(:k)"), {"k": CHAIN_LOCK}):
        return None
    last = db.session.scalar(select(ChainLink).order_by(ChainLink.id.desc()).limit(1))
    rows = db.session.scalars(
        select(AuditRow)
        .where(
            AuditRow.id > above,
            ~select(ChainLink.id).where(ChainLink.entry_id == AuditRow.id).exists(),
            AuditRow.txid < text("(pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"),
        )
        .order_by(AuditRow.txid, AuditRow.id)
        .limit(limit)
    ).all()
    previous, now = (last.hash if last else GENESIS), clock.now()
    for row in rows:
        previous = hashlib.sha256(previous + _canonical(row)).digest()
        db.session.add(ChainLink(entry_id=row.id, hash=previous, chained_at=now))
        db.session.flush()  # link ids follow chain order
    return len(rows)


@dataclass(frozen=True, slots=True)
class Horizon:
    """The highest id written, the oldest transaction that ran at the time, and the first that had not begun."""

    last_id: int
    oldest: int
    next: int


def horizon() -> Horizon:
    """What is written now.  Once ``oldest`` of a later look has reached ``next`` of this one, no row up to ``last_id``
    can still appear: when ``chain`` has then taken all it may, every one of them is chained."""
    row = db.session.execute(
        text(
            "select coalesce((select max(id) from core_record_entry), 0),"
            " pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint from pg_current_snapshot() s"
        )
    ).one()
    return Horizon(*row)


def head() -> tuple[int, str]:
    """How many rows are chained, and the hash of the last, hex."""
    last = db.session.scalar(select(ChainLink).order_by(ChainLink.id.desc()).limit(1))
    count = db.session.scalar(text("select count(*) from core_record_link")) or 0
    return int(count), (last.hash if last else GENESIS).hex()


def log_head() -> int:
    """The head of the chain is queued for the public log (kind ``audit-head``) where it moved; 1 if it was, else 0."""
    count, digest = head()
    before = notary.latest("log", HEAD_KIND)
    moved = count > 0 and (before is None or before.body["digest"] != digest)
    if not moved or desk_id("platform") is None:
        return 0
    notary.log(HEAD_KIND, digest, subject=f"audit:{count}", count=count)
    return 1


def rebuilt_heads(session: Session, counts: set[int]) -> dict[int, str]:
    """The head (hex) after each of the given numbers of rows, computed anew from the raw audit rows in chain order."""
    previous, found, wanted = GENESIS, {}, max(counts, default=0)
    rows = session.scalars(
        select(AuditRow)
        .join(ChainLink, AuditRow.id == ChainLink.entry_id)
        .order_by(ChainLink.id)
        .limit(wanted)
        .execution_options(yield_per=1000, populate_existing=True)
    )
    for count, row in enumerate(rows, 1):
        previous = hashlib.sha256(previous + _canonical(row)).digest()
        if count in counts:
            found[count] = previous.hex()
    return found


def broken_links() -> list[int]:
    """Ids of audit rows whose chained hash no longer matches their content; empty when all is unchanged."""
    previous, broken = GENESIS, []
    pairs = db.session.execute(
        select(ChainLink, AuditRow).join(AuditRow, AuditRow.id == ChainLink.entry_id).order_by(ChainLink.id)
    )
    for link, row in pairs:
        expected = hashlib.sha256(previous + _canonical(row)).digest()
        if expected != link.hash:
            broken.append(row.id)
        previous = link.hash
    return broken
