"""Reads of units and leases."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import Select, func, select

from admin.lease import rules
from admin.lease.models import Lease, Unit
from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import NotFound

HOLDING = ("offered", "accepted", "running")


def units() -> Select[Unit]:
    """Every unit."""
    return select(Unit).order_by(Unit.code)


def get_unit(public_id: uuid.UUID) -> Unit:
    """The unit; NotFound otherwise."""
    row = db.session.scalar(select(Unit).where(Unit.public_id == public_id))
    if row is None:
        raise NotFound("没有找到这个单元。", help="请从列表重新进入。")
    return row


def leases(actor: Actor) -> Select[Lease]:
    """The leases the actor may see: an enterprise its own, the desk all."""
    query = select(Lease)
    return query.where(Lease.organisation_id == actor.organisation_id) if _own_only(actor) else query


def _own_only(actor: Actor) -> bool:
    return not actor.is_system and actor.organisation_kind not in ("office", "bureau", "platform")


def visible(lease: Lease, actor: Actor) -> bool:
    """Whether the actor may know of the lease."""
    return not _own_only(actor) or lease.organisation_id == actor.organisation_id


def lease_for(public_id: uuid.UUID, actor: Actor) -> Lease:
    """A lease the actor may see; NotFound otherwise."""
    row = db.session.scalar(leases(actor).where(Lease.public_id == public_id))
    if row is None:
        raise NotFound("没有找到这份租赁。", help="请从列表重新进入。")
    return row


def leases_of(organisation_id: int) -> list[Lease]:
    """Every lease of an organisation, latest first."""
    query = select(Lease).where(Lease.organisation_id == organisation_id).order_by(Lease.id.desc())
    return list(db.session.scalars(query))


def standing(organisation_id: int) -> str:
    """How far the organisation's first lease is: '', offered, accepted or running."""
    states = {lease.state for lease in leases_of(organisation_id)}
    return next((s for s in ("running", "accepted", "offered") if s in states), "")


def has_follow_up(organisation_id: int) -> bool:
    """Whether a confirmed lease waits beside a running one."""
    states = [lease.state for lease in leases_of(organisation_id)]
    return "running" in states and "accepted" in states


def rival(unit_id: int, start: date, end: date) -> tuple[date, date] | None:
    """The period of a lease of the unit that shares a day with the given one, or None."""
    row = db.session.scalar(
        select(Lease)
        .where(Lease.unit_id == unit_id, Lease.state.in_(HOLDING), Lease.starts_on <= end, Lease.ends_on >= start)
        .limit(1)
    )
    return (row.starts_on, row.ends_on) if row is not None else None


def rent_due(organisation_id: int, start: date, end: date) -> tuple[int, bool]:
    """Rent in 分 due for the whole months let within the period, and whether anything was let then."""
    total, any_let = 0, False
    for lease in leases_of(organisation_id):
        if lease.state not in ("running", "ended"):
            continue
        last = lease.ended_on or lease.ends_on
        months = rules.months_between(start, end, lease.starts_on, last)
        total += months * lease.monthly_rent_fen
        any_let = any_let or (lease.starts_on <= end and last >= start)
    return total, any_let


def unit_codes(ids: list[int]) -> dict[int, str]:
    """Codes of units by id, once for a screen."""
    rows = db.session.execute(select(Unit.id, Unit.code).where(Unit.id.in_(ids or [0])))
    return {row.id: row.code for row in rows}


def let_today() -> dict[int, Lease]:
    """The lease that holds each unit today, by unit."""
    day = clock.today()
    query = select(Lease).where(Lease.state.in_(HOLDING), Lease.starts_on <= day, Lease.ends_on >= day)
    return {lease.unit_id: lease for lease in db.session.scalars(query)}


def to_confirm(actor: Actor) -> int:
    """How many offers wait for the enterprise."""
    if actor.organisation_id is None or not actor.can(rules.ACCEPT):
        return 0
    query = select(func.count(Lease.id)).where(Lease.organisation_id == actor.organisation_id, Lease.state == "offered")
    return db.session.scalar(query) or 0
