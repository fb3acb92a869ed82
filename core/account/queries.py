"""Reads about users, memberships and actors."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select

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
    rows = db.session.execute(select(RoleGrant.permission, RoleGrant.granted).where(RoleGrant.role == role))
    return _corrected(role, [(role, permission, yes) for permission, yes in rows])


def _corrected(role: str, grants: Iterable[tuple[str, str, bool]]) -> frozenset[str]:
    """The declared permissions of a role with the deployment's rows (role, permission, granted) laid over them."""
    changes = {permission: yes for of, permission, yes in grants if of == role}
    return (permissions_of(role) | {p for p, yes in changes.items() if yes}) - {
        p for p, yes in changes.items() if not yes
    }


def load_actor(user_id: int, membership_id: int | None) -> Actor:
    """The actor for a user and the membership chosen in the session; without one, the person alone.

    One statement beside the user's own row, for every signed-in request pays it: the chosen membership and the
    deployment's grants come together.
    """
    user = db.session.get(User, user_id)
    if user is None or user.disabled_at is not None:
        return GUEST
    chosen, grants = _chosen_with_grants(user_id, membership_id)
    own = _corrected("person", grants)
    if chosen is None:
        return Actor(user_id=user_id, role="person", permissions=own, name=user.display_name)
    return Actor(
        user_id=user_id,
        organisation_id=chosen.organisation_id,
        organisation_kind=chosen.organisation_kind,
        role=chosen.role,
        permissions=_corrected(chosen.role, grants) | own,
        membership_id=chosen.id,
        name=user.display_name,
        organisation_name=chosen.organisation_name,
        needs_second_factor=user.totp_sealed is None and needs_totp(frozenset({chosen.role})),
    )


def _chosen_with_grants(
    user_id: int, membership_id: int | None
) -> tuple[MembershipView | None, list[tuple[str, str, bool]]]:
    """The user's membership of this id, if it is in force today, and all the deployment's grants."""
    grants = select(
        func.jsonb_agg(func.jsonb_build_array(RoleGrant.role, RoleGrant.permission, RoleGrant.granted))
    ).scalar_subquery()
    if membership_id is None:
        return None, [tuple(row) for row in db.session.scalar(select(grants)) or ()]
    row = db.session.execute(
        select(Membership.id, Membership.role, Membership.public_id, Organisation, grants.label("grants"))
        .select_from(User)
        .outerjoin(
            Membership,
            and_(Membership.user_id == User.id, Membership.id == membership_id, *_live(clock.today())),  # type: ignore[arg-type]
        )
        .outerjoin(Organisation, and_(Organisation.id == Membership.organisation_id, Organisation.state == "active"))
        .where(User.id == user_id)
    ).one()
    listed = [tuple(pair) for pair in row.grants or ()]
    o = row.Organisation
    if o is None:
        return None, listed
    return MembershipView(row.id, o.id, o.name, o.kind, row.role, row.public_id), listed


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
