"""Reads of applications for entry."""

from __future__ import annotations

import uuid

from sqlalchemy import Select, false, func, select

from admin.enterprise import rules
from admin.enterprise.errors import ApplicationNotFound
from admin.enterprise.models import Application, Conditions
from core.account.actor import Actor
from core.db import db

OPEN = ("submitted", "supplement", "under_review")
VIEW = "admin.enterprise.view"


def conditions_now() -> Conditions | None:
    """The latest published set of entry conditions, or None while none is published."""
    return db.session.scalar(select(Conditions).order_by(Conditions.id.desc()).limit(1))


def conditions_of(application: Application) -> Conditions | None:
    """The set the application is judged by: the one stored with it, else the one in force."""
    if application.conditions_id is None:
        return conditions_now()
    return db.session.get(Conditions, application.conditions_id)


def at_desk(actor: Actor) -> bool:
    """Whether applications lie on the actor's desk."""
    return actor.is_system or (actor.can(VIEW) and actor.organisation_kind in rules.DESKS)


def visible(application: Application, actor: Actor) -> bool:
    """The applicant always; the desk once it has been sent."""
    if actor.is_system or (actor.user_id is not None and application.applicant_id == actor.user_id):
        return True
    if application.organisation_id is not None and application.organisation_id == actor.organisation_id:
        return True
    return at_desk(actor) and application.submitted_at is not None


def application_for(public_id: uuid.UUID, actor: Actor) -> Application:
    """An application the actor may see; ApplicationNotFound otherwise."""
    found = db.session.scalar(select(Application).where(Application.public_id == public_id))
    if found is None or not visible(found, actor):
        raise ApplicationNotFound()
    return found


def own(actor: Actor) -> list[Application]:
    """The applications of the signed-in person, newest first."""
    if actor.user_id is None:
        return []
    query = select(Application).where(Application.applicant_id == actor.user_id).order_by(Application.id.desc())
    return list(db.session.scalars(query))


def cases(actor: Actor) -> Select[Application]:
    """The applications on the actor's desk, newest first."""
    return (
        select(Application)
        .where(Application.submitted_at.is_not(None) if at_desk(actor) else false())
        .order_by(Application.id.desc())
    )


def _waiting_states(actor: Actor) -> list[str]:
    return (["submitted"] if actor.can(rules.SCREEN) else []) + (["under_review"] if actor.can(rules.DECIDE) else [])


def waiting(actor: Actor, limit: int = 50) -> list[Application]:
    """The applications that wait for what this actor may do, oldest submission first."""
    query = cases(actor).where(Application.state.in_(_waiting_states(actor)))
    return list(db.session.scalars(query.order_by(None).order_by(Application.submitted_at).limit(limit)))


def waiting_count(actor: Actor) -> int:
    """How many applications wait for what this actor may do."""
    states = _waiting_states(actor)
    if not at_desk(actor):
        return 0
    query = select(func.count(Application.id)).where(Application.state.in_(states))
    return db.session.scalar(query) or 0


def rival(application: Application) -> str:
    """The case number of another open application with the same code, or ''."""
    if not application.code:
        return ""
    query = select(Application.case_no).where(
        Application.code == application.code, Application.state.in_(OPEN), Application.id != application.id
    )
    return db.session.scalar(query.limit(1)) or ""


LIVING = ("approved", "resident", "probation")


def application_of(organisation_id: int) -> Application | None:
    """The application by which an organisation is in the town (the enterprise's before the undertaker's), or None."""
    query = select(Application).where(Application.organisation_id == organisation_id)
    return db.session.scalar(query.order_by(Application.kind, Application.id.desc()).limit(1))


def entered() -> set[int]:
    """Every organisation that came into the town by an application."""
    query = select(Application.organisation_id).where(Application.organisation_id.is_not(None)).distinct()
    return {found for found in db.session.scalars(query) if found is not None}


def other_living(application: Application) -> bool:
    """Whether the organisation stays by another application."""
    query = select(Application.id).where(
        Application.organisation_id == application.organisation_id,
        Application.id != application.id,
        Application.state.in_(LIVING),
    )
    return db.session.scalar(query.limit(1)) is not None


def undertakers() -> list[int]:
    """Ids of the organisations registered as undertakers (承办主体)."""
    query = select(Application.organisation_id).where(Application.kind == "undertaker", Application.state.in_(LIVING))
    return [i for i in db.session.scalars(query) if i is not None]
