"""Reads about users, memberships and actors."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from core import clock
from core.account.actor import GUEST, Actor
from core.account.models import Membership, RoleGrant, User
from core.account.permissions import ROLES, permissions_of
from core.account.rules import needs_totp
from core.db import db
from core.organisation.models import Organisation


@dataclass(frozen=True, slots=True)
class MembershipView:
    """A membership as the switch in the header shows it."""

    id: int
    organisation_id: int
    organisation_name: str
    organisation_kind: str
    role: str
    public_id: uuid.UUID

    @property
    def role_label(self) -> str:
        return ROLES[self.role]


def _live(today: date) -> Sequence[object]:
    return (
        Membership.from_on <= today,
        Membership.ended_at.is_(None),
        or_(Membership.until_on.is_(None), Membership.until_on >= today),
    )


def memberships_of(user_id: int) -> list[MembershipView]:
    """The user's memberships in force today, oldest first."""
    rows = db.session.execute(
        select(Membership, Organisation)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.user_id == user_id, Organisation.state == "active", *_live(clock.today()))  # type: ignore[arg-type]
        .order_by(Membership.id)
    )
    return [MembershipView(m.id, o.id, o.name, o.kind, m.role, m.public_id) for m, o in rows]


def granted(role: str) -> frozenset[str]:
    """The permissions of a role: the declared ones, corrected by the deployment's own grants."""
    changes = {g.permission: g.granted for g in db.session.scalars(select(RoleGrant).where(RoleGrant.role == role))}
    return _corrected(permissions_of(role), changes)


def _corrected(base: frozenset[str], changes: Mapping[str, bool]) -> frozenset[str]:
    return (base | {p for p, yes in changes.items() if yes}) - {p for p, yes in changes.items() if not yes}


def load_actor(user_id: int, membership_id: int | None) -> Actor:
    """The actor for a user and the membership chosen in the session; without one, the person alone."""
    user = db.session.get(User, user_id)
    if user is None or user.disabled_at is not None:
        return GUEST
    mine = memberships_of(user_id)
    chosen = next((m for m in mine if m.id == membership_id), None)
    if chosen is None:
        return Actor(user_id=user_id, role="person", permissions=granted("person"), name=user.display_name)
    return Actor(
        user_id=user_id,
        organisation_id=chosen.organisation_id,
        organisation_kind=chosen.organisation_kind,
        role=chosen.role,
        permissions=granted(chosen.role) | granted("person"),
        membership_id=chosen.id,
        name=user.display_name,
        organisation_name=chosen.organisation_name,
        needs_second_factor=user.totp_sealed is None and needs_totp(frozenset({chosen.role})),
    )


def actor_of(user_id: int, organisation_id: int, role: str) -> Actor:
    """The actor of a user in a given organisation and role (jobs, demo story); raises LookupError without it."""
    for view in memberships_of(user_id):
        if view.organisation_id == organisation_id and view.role == role:
            return load_actor(user_id, view.id)
    raise LookupError(f"user {user_id} is no {role} of organisation {organisation_id}")


def user_by_name(name: str) -> User | None:
    """The user who signs in by this mobile number or login name, or None."""
    return db.session.scalar(select(User).where(or_(User.mobile == name, User.login_name == name)))


def user_names(ids: Sequence[int]) -> dict[int, str]:
    """Display names by user id, once for a whole screen."""
    rows = db.session.execute(select(User.id, User.display_name).where(User.id.in_(ids)))
    return {row.id: row.display_name for row in rows}


def members_of(organisation_id: int) -> list[tuple[int, str, str]]:
    """(user id, display name, role) of the organisation's live members."""
    rows = db.session.execute(
        select(User.id, User.display_name, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == organisation_id, *_live(clock.today()))  # type: ignore[arg-type]
        .order_by(Membership.id)
    )
    return [(user_id, name, role) for user_id, name, role in rows]
