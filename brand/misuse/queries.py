"""Reads about misuse cases: who sees what, what is public, what waits."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from brand.misuse import rules
from brand.misuse.errors import CaseNotFound
from brand.misuse.models import MisuseCase, MisuseFinding, PatrolRound
from brand.misuse.rules_policy import MisuseTerms
from core import clock
from core.account.actor import Actor
from core.db import db
from core.policy.queries import terms


def working_days(purpose: str, start: date) -> int:
    """How long what began on ``start`` may take (a purpose of ``rules.DEADLINES``)."""
    return rules.working_days(purpose, terms(MisuseTerms, on=start))


def contact_kept(reported_on: date) -> int:
    """How many days after the end of its case the contact of a report of that day is kept."""
    return terms(MisuseTerms, on=reported_on).keep_contact_days


def in_office(actor: Actor) -> bool:
    """Whether the actor reads cases for a public body."""
    return actor.organisation_kind in ("brand_office", "office", "bureau") and actor.can(rules.VIEW)


def visible(case: MisuseCase, actor: Actor) -> bool:
    """The offices always; the party from the notice on; nobody else."""
    if actor.is_system or in_office(actor):
        return True
    own = actor.organisation_id is not None and case.party_id == actor.organisation_id
    return own and case.noticed_at is not None


def for_actor(public_id: Any, actor: Actor) -> MisuseCase:
    """A case the actor may see; CaseNotFound otherwise."""
    case = db.session.scalar(select(MisuseCase).where(MisuseCase.public_id == public_id))
    if case is None or not visible(case, actor):
        raise CaseNotFound()
    return case


def answered(case: MisuseCase) -> bool:
    """Whether the party itself has spoken since the notice; what the office wrote down of it does not end its time."""
    return any(
        e.kind == "statement"
        and e.organisation_id is not None
        and e.organisation_id == case.party_id
        and e.sealed_at >= case.noticed_at
        for e in case.evidence
        if case.noticed_at is not None
    )


def listed(actor: Actor) -> Select[MisuseCase]:
    """The cases the actor may see, newest first."""
    query = select(MisuseCase).order_by(MisuseCase.id.desc())
    if in_office(actor):
        return query
    return query.where(MisuseCase.party_id == actor.organisation_id, MisuseCase.noticed_at.is_not(None))


def waiting_count(actor: Actor) -> int:
    """How many cases wait for what this actor may do."""
    states = (["reported", "checking", "decided"] if actor.can(rules.HANDLE) else []) + (
        ["hearing", "proposed"] if actor.can(rules.DECIDE) else []
    )
    return db.session.scalar(select(func.count(MisuseCase.id)).where(MisuseCase.state.in_(states))) or 0


def open_findings() -> list[MisuseFinding]:
    """What the automatic patrol sees now and nobody has taken up, the oldest first."""
    query = select(MisuseFinding).where(MisuseFinding.cleared_at.is_(None), MisuseFinding.case_id.is_(None))
    return list(db.session.scalars(query.order_by(MisuseFinding.found_at, MisuseFinding.id).limit(200)))


def finding(public_id: uuid.UUID) -> MisuseFinding:
    """A finding; CaseNotFound otherwise."""
    row = db.session.scalar(select(MisuseFinding).where(MisuseFinding.public_id == public_id))
    if row is None:
        raise CaseNotFound()
    return row


def finding_about(kind: str, key: str, mark: str = "") -> MisuseFinding | None:
    """What the comparison sees now about a thing (and mark), the oldest; None where it sees nothing."""
    query = select(MisuseFinding).where(
        MisuseFinding.subject_kind == kind, MisuseFinding.subject_key == key, MisuseFinding.cleared_at.is_(None)
    )
    if mark:
        query = query.where(MisuseFinding.mark == mark)
    return db.session.scalar(query.order_by(MisuseFinding.found_at, MisuseFinding.id).limit(1)) if key else None


def undecided(kind: str, key: str, mark: str, misuse: str, but: int | None = None) -> MisuseCase | None:
    """The case about a thing that is not decided yet, of this mark and class or with either class still open; or None.

    ``but`` leaves one case out.
    """
    if not key:
        return None
    query = select(MisuseCase).where(
        MisuseCase.subject_kind == kind,
        MisuseCase.subject_key == key,
        MisuseCase.mark == mark,
        MisuseCase.state.in_(rules.UNDECIDED),
        MisuseCase.id != (but or 0),
    )
    rows = list(db.session.scalars(query.order_by(MisuseCase.id)))
    same = next((c for c in rows if c.misuse == misuse), None)
    return same or next((c for c in rows if not (c.misuse and misuse)), None)


def rounds() -> list[PatrolRound]:
    """Every round, open ones first."""
    query = select(PatrolRound).order_by(PatrolRound.closed_at.is_not(None), PatrolRound.due_on, PatrolRound.id)
    return list(db.session.scalars(query.limit(100)))


def published() -> list[MisuseCase]:
    """Decisions the public may read today, newest first."""
    today = clock.today()
    query = select(MisuseCase).where(MisuseCase.state == "published", MisuseCase.published_until >= today)
    return list(db.session.scalars(query.order_by(MisuseCase.published_on.desc(), MisuseCase.id.desc())))


def published_case(public_id: uuid.UUID) -> MisuseCase:
    """One of them; CaseNotFound otherwise, also after the last day."""
    for case in published():
        if case.public_id == public_id:
            return case
    raise CaseNotFound()
