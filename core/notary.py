"""The notary port: a lower floor asks for a credential to be issued or a digest to be logged.

Both verbs only write a queue row in the caller's transaction.  ``trace`` registers the handler that signs and
logs; ``process`` is run by its background loop.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import clock
from core.db import Model, PublicId, db


class NotaryRequest(PublicId, Model):
    """One credential to issue or digest to log; ``outcome`` names what became of it (record id, log kind)."""

    __tablename__ = "core_notary_request"
    __table_args__ = (CheckConstraint("verb in ('issue','log')", name="verb"),)

    verb: Mapped[str]
    kind: Mapped[str]
    issuer: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(index=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    requested_at: Mapped[datetime]
    done_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSONB, default=None)
    failure: Mapped[str] = mapped_column(default="")


log_ = logging.getLogger("yidun.notary")

Handler = Callable[[NotaryRequest], dict[str, Any]]
_handler: list[Handler] = []


def register(handler: Handler) -> None:
    """``trace`` registers the one handler that signs and logs; a later registration replaces it."""
    _handler[:] = [handler]


def issue(credential: dict[str, Any], *, issuer: str, subject: str, kind: str = "licence") -> NotaryRequest:
    """Queue an unsigned VC 2.0 for signing by ``issuer`` (an organisation code) and logging; same transaction."""
    return _queue("issue", kind, issuer, subject, credential)


def log(kind: str, digest: str, *, subject: str, issuer: str = "", count: int | None = None) -> NotaryRequest:
    """Queue a digest (hex SHA-256) for the log under ``kind``; same transaction.

    ``count`` is repeated in clear by kinds that have one (``audit-head``: how many rows the head covers).
    """
    return _queue(
        "log", kind, issuer, subject, {"digest": digest} if count is None else {"digest": digest, "count": count}
    )


def _queue(verb: str, kind: str, issuer: str, subject: str, body: dict[str, Any]) -> NotaryRequest:
    row = NotaryRequest(
        verb=verb, kind=kind, issuer=issuer, subject=subject, body=body, requested_at=clock.now(), done_at=None
    )
    db.session.add(row)
    db.session.flush()  # callers keep the public id
    return row


def process(limit: int = 50) -> int:
    """Hand waiting requests to the handler, oldest first; returns how many were done (caller commits)."""
    if not _handler:
        return 0
    rows = db.session.scalars(
        select(NotaryRequest)
        .where(NotaryRequest.done_at.is_(None))
        .order_by(NotaryRequest.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    return sum(_process_one(row) for row in rows)


def _process_one(row: NotaryRequest) -> bool:
    """One request in a savepoint: a failure is kept on its row and tried again next round, the others go on."""
    try:
        with db.session.begin_nested():
            row.outcome = _handler[0](row)
            row.done_at, row.failure = clock.now(), ""
    except Exception as error:
        db.session.refresh(row)
        row.failure = f"{type(error).__name__}: {error}"[:500]
        log_.exception("notary request %s failed", row.public_id)
        return False
    return True


def latest(verb: str, kind: str) -> NotaryRequest | None:
    """The newest request of a kind, done or not, or None."""
    return db.session.scalar(
        select(NotaryRequest)
        .where(NotaryRequest.verb == verb, NotaryRequest.kind == kind)
        .order_by(NotaryRequest.id.desc())
        .limit(1)
    )


def logged(session: Session) -> Iterator[NotaryRequest]:
    """Every request to log that has its entry, oldest first (fsck rebuilds those entries)."""
    yield from session.scalars(
        select(NotaryRequest)
        .where(NotaryRequest.verb == "log", NotaryRequest.outcome["log_entry"].is_not(None))
        .order_by(NotaryRequest.id)
        .execution_options(populate_existing=True)
    )


def outcome_for(subject: str, kind: str | None = None) -> NotaryRequest | None:
    """The latest request about ``subject`` (public id of the object), or None."""
    query = select(NotaryRequest).where(NotaryRequest.subject == subject).order_by(NotaryRequest.id.desc()).limit(1)
    if kind is not None:
        query = query.where(NotaryRequest.kind == kind)
    return db.session.scalar(query)
