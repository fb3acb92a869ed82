"""Reads: the value of a day, all values of a day, history and open proposals.

All values are read with one statement and kept with the transaction that asked: what a transaction decides on does not
change under it, and no process remembers anything longer.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar, cast

from sqlalchemy import func, select

from core import clock
from core.account.actor import Actor
from core.account.models import User
from core.db import db
from core.policy import registry, rules
from core.policy.errors import ChangeNotFound, KeyNotFound
from core.policy.models import Change, DatedValue
from core.policy.rules import Dated, Key, Value

T = TypeVar("T")
_KEPT = "policy"


def value(key: str, *, on: date) -> Value:
    """The value of ``key`` on the day a case's clock began (``on``); KeyNotFound where no room declares it."""
    return _on(_known(key), on)


def terms(kind: type[T], *, on: date) -> T:
    """A room's terms with the values of the day: what its rules are given."""
    prefix: str = kind.PREFIX  # type: ignore[attr-defined]
    return kind(**{f.name: value(f"{prefix}.{f.name}", on=on) for f in fields(cast(Any, kind)) if f.init})


def _on(key: Key, day: date) -> Value:
    return rules.in_force(key, dated().get(key.key, ()), day)[0]


def _known(key: str) -> Key:
    found = registry.find(key)
    if found is None:
        raise KeyNotFound()
    return found


def dated() -> Mapping[str, Sequence[Dated]]:
    """Every approved value by key, in the order of first days; read once a transaction."""
    session = db.session
    transaction = (session.get_transaction(), session.get_nested_transaction())
    kept = session.info.get(_KEPT)
    if kept is not None and transaction[0] is not None and kept[0] == transaction:
        return cast(Mapping[str, Sequence[Dated]], kept[1])
    found: dict[str, list[Dated]] = {}
    rows = session.execute(
        select(
            DatedValue.key, DatedValue.valid_from, DatedValue.value, DatedValue.reason, DatedValue.document
        ).order_by(DatedValue.valid_from, DatedValue.id)
    )
    for row in rows:
        found.setdefault(row.key, []).append(Dated(row.valid_from, row.value, row.reason, row.document))
    session.info[_KEPT] = ((session.get_transaction(), session.get_nested_transaction()), found)
    return found


def forget() -> None:
    """Afterwards this transaction reads the values anew (it has just added one)."""
    db.session.info.pop(_KEPT, None)


@dataclass(frozen=True, slots=True)
class Standing:
    """A key as a page shows it: the value of today, since when and why, what comes next, what was before."""

    key: Key
    value: Value
    now: Dated | None
    ahead: tuple[Dated, ...]
    past: tuple[Dated, ...]

    @property
    def since(self) -> date | None:
        """The first day of the value of today; None while it is the declared default."""
        return self.now.valid_from if self.now else None

    @property
    def shown(self) -> str:
        return rules.show(self.key.kind, self.value)

    def words(self, text: str) -> str:
        """A stored text of this key as a screen says it."""
        return rules.show(self.key.kind, rules.read(self.key.kind, text))


def standing(key: str) -> Standing:
    """One key as it stands today; KeyNotFound otherwise."""
    return _standing(_known(key), clock.today())


def all_standing() -> list[tuple[str, list[Standing]]]:
    """Every key as it stands today, by topic."""
    today = clock.today()
    found: dict[str, list[Standing]] = {}
    for key in registry.all_keys():
        found.setdefault(key.topic, []).append(_standing(key, today))
    return list(found.items())


def _standing(key: Key, today: date) -> Standing:
    rows = dated().get(key.key, ())
    past = [row for row in rows if row.valid_from <= today]
    value_now = rules.in_force(key, rows, today)[0]
    return Standing(key, value_now, past[-1] if past else None, tuple(rules.ahead(rows, today)), tuple(past[:-1]))


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One approved value with who proposed and who approved it, for the office."""

    shown: str
    valid_from: date
    approved_at: datetime
    proposed_by: str
    approved_by: str
    reason: str
    document: str
    change: uuid.UUID


def history_of(key: Key) -> list[HistoryLine]:
    """Every approved value of the key, newest first."""
    proposer, approver = User.__table__.alias(), User.__table__.alias()
    rows = db.session.execute(
        select(DatedValue, Change.public_id, proposer.c.display_name.label("by"), approver.c.display_name.label("decided"))
        .join(Change, Change.id == DatedValue.change_id)
        .outerjoin(proposer, proposer.c.id == DatedValue.proposed_by_id)
        .outerjoin(approver, approver.c.id == DatedValue.approved_by_id)
        .where(DatedValue.key == key.key)
        .order_by(DatedValue.valid_from.desc(), DatedValue.id.desc())
    )  # fmt: skip
    return [
        HistoryLine(
            rules.show(key.kind, rules.read(key.kind, r.DatedValue.value)), r.DatedValue.valid_from, r.DatedValue.approved_at,
            r.by or "系统", r.decided or "系统", r.DatedValue.reason, r.DatedValue.document, r.public_id,
        )
        for r in rows
    ]  # fmt: skip


def change_for(public_id: uuid.UUID) -> Change:
    """The proposal; ChangeNotFound otherwise.  Every office reads every proposal."""
    row = db.session.scalar(select(Change).where(Change.public_id == public_id))
    if row is None:
        raise ChangeNotFound()
    return row


def open_change(key: str) -> Change | None:
    """The proposal of this key that waits, or None."""
    return db.session.scalar(select(Change).where(Change.key == key, Change.state.in_(("draft", "proposed"))))


def changes_of(key: str | None = None) -> list[Change]:
    """Proposals, newest first: all, or of one key."""
    query = select(Change).order_by(Change.id.desc())
    return list(db.session.scalars(query.where(Change.key == key) if key else query.limit(50)))


def waiting_count(actor: Actor) -> int:
    """How many proposals wait for this actor's decision."""
    if not actor.can(rules.DECIDE):
        return 0
    return db.session.scalar(select(func.count(Change.id)).where(Change.state == "proposed")) or 0
