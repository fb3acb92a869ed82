"""Reads of policies, claims and the payment list."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import Select, func, select

from admin.support import rules
from admin.support.errors import ClaimNotFound
from admin.support.models import Claim, Payment, PolicyVersion
from admin.support.rules_policy import SupportTerms
from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import NotFound
from core.policy.queries import terms

DESKS = ("office", "bureau", "platform")


def publicity_days(decided_on: date) -> int:
    """For how many working days a claim decided on that day is publicised."""
    return terms(SupportTerms, on=decided_on).publicity_wd


def versions(kind: str | None = None) -> list[PolicyVersion]:
    """Published versions, latest first within a kind."""
    query = select(PolicyVersion).order_by(PolicyVersion.kind, PolicyVersion.number.desc())
    return list(db.session.scalars(query.where(PolicyVersion.kind == kind) if kind else query))


def in_force(kind: str, day: date) -> PolicyVersion | None:
    """The version that holds on the day, or None."""
    return db.session.scalar(
        select(PolicyVersion).where(
            PolicyVersion.kind == kind, PolicyVersion.from_on <= day, PolicyVersion.until_on >= day
        )
    )


def current() -> list[PolicyVersion]:
    """What may be claimed on today."""
    return [v for kind in rules.KINDS if (v := in_force(kind, clock.today())) is not None]


def get_version(version_id: int) -> PolicyVersion:
    """A version by id."""
    found = db.session.get(PolicyVersion, version_id)
    if found is None:
        raise NotFound("没有找到这个版本。", help="请从列表重新进入。")
    return found


def visible(claim: Claim, actor: Actor) -> bool:
    """The claimant always; the desk once it was sent."""
    if actor.is_system or claim.organisation_id == actor.organisation_id:
        return True
    return actor.organisation_kind in DESKS and claim.state not in ("draft", "dropped")


def claims(actor: Actor) -> Select[Claim]:
    """The claims the actor may see."""
    if actor.is_system:
        return select(Claim)
    if actor.organisation_kind in DESKS:
        return select(Claim).where(Claim.state.not_in(("draft", "dropped")))
    return select(Claim).where(Claim.organisation_id == actor.organisation_id)


def claim_for(public_id: uuid.UUID, actor: Actor) -> Claim:
    """A claim the actor may see; ClaimNotFound otherwise."""
    row = db.session.scalar(select(Claim).where(Claim.public_id == public_id))
    if row is None or not visible(row, actor):
        raise ClaimNotFound()
    return row


def taken(organisation_id: int, kind: str, start: date, end: date, *, apart_from: int | None = None) -> str:
    """The title and number of a live claim of the kind that shares a day with the period, or ''."""
    query = (
        select(Claim, PolicyVersion.title)
        .join(PolicyVersion, PolicyVersion.id == Claim.version_id)
        .where(
            Claim.organisation_id == organisation_id,
            Claim.kind == kind,
            Claim.state.in_(rules.LIVE),
            Claim.period_from <= end,
            Claim.period_to >= start,
        )
    )
    row = db.session.execute(query.where(Claim.id != apart_from) if apart_from else query).first()
    return f"{row[1]}（{row[0].claim_no}）" if row is not None else ""


def payment_of(claim: Claim) -> Payment | None:
    """The claim's line of the payment list, or None."""
    return db.session.scalar(select(Payment).where(Payment.claim_id == claim.id))


def payments() -> Select[Payment, Claim]:
    """The payment list."""
    return select(Payment, Claim).join(Claim, Claim.id == Payment.claim_id)


def returned(organisation_id: int) -> list[Claim]:
    """The enterprise's claims that were sent back to it."""
    query = select(Claim).where(Claim.organisation_id == organisation_id, Claim.state == "returned")
    return list(db.session.scalars(query.order_by(Claim.id)))


def waiting(actor: Actor, limit: int = 50) -> list[Claim]:
    """The claims that wait for the actor's examination or decision, the oldest first."""
    states = [s for p, s in ((rules.REVIEW, "submitted"), (rules.DECIDE, "reviewed")) if actor.can(p)]
    if actor.organisation_kind not in DESKS or not states:
        return []
    return list(db.session.scalars(select(Claim).where(Claim.state.in_(states)).order_by(Claim.id).limit(limit)))


def waiting_count(actor: Actor) -> int:
    """How many claims wait for what this actor may do."""
    states = [
        s
        for p, s in ((rules.REVIEW, "submitted"), (rules.DECIDE, "reviewed"), (rules.SEND, "publicity"))
        if actor.can(p)
    ]
    if actor.organisation_kind not in DESKS or not states:
        return 0
    return db.session.scalar(select(func.count(Claim.id)).where(Claim.state.in_(states))) or 0
