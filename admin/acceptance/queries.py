"""Reads of acceptance cases."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from admin.acceptance.models import Case, Member
from admin.project.models import Project
from admin.project.queries import visible
from core.account.actor import Actor
from core.account.queries import members_of as members_of_organisation
from core.account.queries import user_names
from core.db import db
from core.errors import NotFound
from core.organisation.queries import of_kind

DEAD = ("returned", "failed", "overdue")
PASSED = ("passed", "published", "filed")


def get_case(public_id: uuid.UUID | str, actor: Actor) -> Case:
    """The case, NotFound where it is missing or about another organisation's project."""
    try:
        key = public_id if isinstance(public_id, uuid.UUID) else uuid.UUID(str(public_id))
    except ValueError as error:
        raise NotFound("没有找到这次验收。") from error
    row = db.session.scalar(select(Case).where(Case.public_id == key))
    if row is None or not visible(db.session.get_one(Project, row.project_id), actor):
        raise NotFound("没有找到这次验收。", help="请从列表重新进入。")
    return row


def cases_of(project_id: int) -> list[Case]:
    """Cases of a project, newest first."""
    return list(db.session.scalars(select(Case).where(Case.project_id == project_id).order_by(Case.id.desc())))


def live_case(project_id: int, stage_id: int | None) -> Case | None:
    """The case of a stage (or the final one) that was not turned down, or None."""
    query = select(Case).where(Case.project_id == project_id, Case.state.not_in(DEAD))
    query = query.where(Case.stage_id.is_(None) if stage_id is None else Case.stage_id == stage_id)
    return db.session.scalar(query)


def is_passed(project_id: int, stage_id: int | None) -> bool:
    """Whether the stage (or the whole) is accepted and the government has agreed (A§8)."""
    case = live_case(project_id, stage_id)
    return case is not None and case.state in PASSED


def members_of(case_id: int) -> list[Member]:
    """The group, chair first."""
    return list(
        db.session.scalars(select(Member).where(Member.case_id == case_id).order_by(Member.chair.desc(), Member.id))
    )


def member(case_id: int, user_id: int | None) -> Member | None:
    """This person's seat in the group, or None."""
    return db.session.scalar(select(Member).where(Member.case_id == case_id, Member.user_id == user_id))


def chair_keys(project_id: int) -> frozenset[str]:
    """Person keys of everybody who chaired an acceptance of the project."""
    rows = db.session.scalars(
        select(Member.user_id).join(Case, Case.id == Member.case_id).where(Case.project_id == project_id, Member.chair)
    )
    return frozenset(f"user:{u}" for u in rows)


def staff_keys(organisation_id: int) -> frozenset[str]:
    """Person keys of everybody who is a member of the organisation today."""
    return frozenset(f"user:{user_id}" for user_id, _, _ in members_of_organisation(organisation_id))


def candidates() -> list[tuple[int, str, str]]:
    """(user id, display name, role) of everybody in the public bodies who may sit in a group today."""
    bodies = [o.id for kind in ("bureau", "office") for o in of_kind(kind)]
    people = [person for body in bodies for person in members_of_organisation(body)]
    return sorted({p for p in people if p[2] in ("acceptance_chair", "acceptance_member")})


def names_of(case_id: int) -> dict[int, str]:
    """Display names of the group, for staff only."""
    return user_names([m.user_id for m in members_of(case_id)])
