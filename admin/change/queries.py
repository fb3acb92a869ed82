"""Reads of requests for a change."""

from __future__ import annotations

import uuid

from sqlalchemy import Select, func, or_, select

from admin.change import rules
from admin.change.errors import ChangeNotFound
from admin.change.models import Change
from core.account.actor import Actor
from core.db import db

DESKS = ("office", "bureau")


def visible(change: Change, actor: Actor) -> bool:
    """Both parties of a merger once it was sent, the desk once it was sent, the asker always."""
    if actor.is_system or change.organisation_id == actor.organisation_id:
        return True
    sent = change.state not in ("draft", "dropped")
    return sent and (
        actor.organisation_kind in DESKS or (change.into_id is not None and change.into_id == actor.organisation_id)
    )


def changes(actor: Actor) -> Select[Change]:
    """The requests the actor may see."""
    if actor.is_system:
        return select(Change)
    sent = Change.state.not_in(("draft", "dropped"))
    if actor.organisation_kind in DESKS:
        return select(Change).where(sent)
    own, other = Change.organisation_id == actor.organisation_id, Change.into_id == actor.organisation_id
    return select(Change).where(or_(own, other & sent))


def change_for(public_id: uuid.UUID, actor: Actor) -> Change:
    """A request the actor may see; ChangeNotFound otherwise."""
    row = db.session.scalar(select(Change).where(Change.public_id == public_id))
    if row is None or not visible(row, actor):
        raise ChangeNotFound()
    return row


def returned(organisation_id: int) -> list[Change]:
    """The organisation's requests that were sent back to it."""
    query = select(Change).where(Change.organisation_id == organisation_id, Change.state == "returned")
    return list(db.session.scalars(query.order_by(Change.id)))


def _waiting_states(actor: Actor) -> list[str]:
    if actor.organisation_kind not in DESKS:
        return []
    return (["submitted"] if actor.can(rules.SCREEN) else []) + (["screened"] if actor.can(rules.DECIDE) else [])


def waiting(actor: Actor, limit: int = 50) -> list[Change]:
    """The requests that wait for this actor, the oldest first."""
    query = select(Change).where(Change.state.in_(_waiting_states(actor)))
    return list(db.session.scalars(query.order_by(Change.id).limit(limit)))


def waiting_count(actor: Actor) -> int:
    """How many wait for this actor."""
    return db.session.scalar(select(func.count(Change.id)).where(Change.state.in_(_waiting_states(actor)))) or 0
