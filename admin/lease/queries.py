"""Reads of units and leases."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from admin.lease import rules
from admin.lease.models import Lease, Reminder, Unit
from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import NotFound

DESKS = ("office", "bureau", "platform")
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
    return not actor.is_system and actor.organisation_kind not in DESKS


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


def followed(states: tuple[str, ...]) -> ColumnElement[bool]:
    """SQL: the tenant has a later lease of the same unit in one of the states."""
    later = aliased(Lease)
    return (
        select(later.id)
        .where(
            later.unit_id == Lease.unit_id,
            later.organisation_id == Lease.organisation_id,
            later.starts_on > Lease.ends_on,
            later.state.in_(states),
        )
        .exists()
    )


def ending(organisation_id: int | None = None) -> list[Lease]:
    """Running leases whose last day is to come and that no confirmed lease follows, the first to end first."""
    query = select(Lease).where(
        Lease.state == "running", Lease.ends_on >= clock.today(), ~followed(("accepted", "running"))
    )
    if organisation_id is not None:
        query = query.where(Lease.organisation_id == organisation_id)
    return list(db.session.scalars(query.order_by(Lease.ends_on, Lease.id)))


def days_left(lease: Lease) -> str:
    """How far the end is, in words, for a lease that runs today and that no confirmed one follows; '' otherwise."""
    today = clock.today()
    if lease.starts_on > today or lease.id not in {row.id for row in ending(lease.organisation_id)}:
        return ""
    return rules.left_words((lease.ends_on - today).days)


def reminded(ids: Sequence[int]) -> dict[int, set[int]]:
    """The steps at which both sides were told already, by lease."""
    sent: dict[int, set[int]] = {}
    for row in db.session.execute(select(Reminder.lease_id, Reminder.step).where(Reminder.lease_id.in_(ids or [0]))):
        sent.setdefault(row.lease_id, set()).add(row.step)
    return sent


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


def let_next() -> dict[int, Lease]:
    """The next lease of each unit that begins after today, by unit."""
    query = select(Lease).where(Lease.state.in_(HOLDING), Lease.starts_on > clock.today())
    return {lease.unit_id: lease for lease in db.session.scalars(query.order_by(Lease.starts_on.desc()))}


def offered_to(organisation_id: int) -> list[Lease]:
    """The offers that wait for the enterprise, the earliest first."""
    query = select(Lease).where(Lease.organisation_id == organisation_id, Lease.state == "offered")
    return list(db.session.scalars(query.order_by(Lease.id)))


def to_confirm(actor: Actor) -> int:
    """How many offers wait for the enterprise."""
    if actor.organisation_id is None or not actor.can(rules.ACCEPT):
        return 0
    query = select(func.count(Lease.id)).where(Lease.organisation_id == actor.organisation_id, Lease.state == "offered")
    return db.session.scalar(query) or 0
