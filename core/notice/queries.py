"""Reads about messages and cases."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Select, Text, and_, cast, false, func, or_, select

from core import clock
from core.account.actor import Actor
from core.calendar.models import CalendarDeadline
from core.db import db
from core.errors import NotFound
from core.notice import rules
from core.notice.models import Case, Message, Outgoing
from core.notice.rules_policy import NoticeTerms
from core.policy.queries import terms


def answer_days(opened_on: date) -> int:
    """Within how many working days a case opened on that day is answered."""
    return terms(NoticeTerms, on=opened_on).answer_wd


def inbox(actor: Actor) -> Select[Message]:
    """The messages of the actor's organisation and of the person, newest first."""
    mine = [Message.user_id == actor.user_id] if actor.user_id is not None else []
    ours = [Message.organisation_id == actor.organisation_id] if actor.organisation_id is not None else []
    return select(Message).where(or_(false(), *mine, *ours)).order_by(Message.id.desc())


def unread_count(actor: Actor) -> int:
    """How many messages of the actor's inbox are unread."""
    unread = inbox(actor).where(Message.read_at.is_(None)).order_by(None)
    return db.session.scalar(select(func.count()).select_from(unread.subquery())) or 0


def message_for(public_id: UUID, actor: Actor) -> Message:
    """A message of the actor's inbox; NotFound otherwise."""
    found = db.session.scalar(inbox(actor).where(Message.public_id == public_id))
    if found is None:
        raise NotFound("没有找到这条消息。", help="请从消息列表重新打开。")
    return found


def cases(actor: Actor) -> Select[Case]:
    """The cases on the actor's desk, by deadline."""
    desk = actor.organisation_kind if rules.handles(actor, actor.organisation_kind) else ""
    return (
        select(Case)
        .outerjoin(
            CalendarDeadline,
            and_(
                CalendarDeadline.subject_table == Case.__tablename__,
                CalendarDeadline.subject_key == cast(Case.id, Text),
                CalendarDeadline.purpose == rules.DEADLINE,
            ),
        )
        .where(Case.desk == desk)
        .order_by(CalendarDeadline.due_on, Case.id)
    )


def case_for(public_id: UUID, actor: Actor) -> Case:
    """A case of the actor's desk; NotFound otherwise."""
    query = select(Case).where(Case.public_id == public_id)
    if not actor.is_system:
        query = cases(actor).where(Case.public_id == public_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("没有找到这件来件。", help="请从来件列表重新打开；来件只给承办单位看。")
    return found


def find_case(receipt_no: str) -> Case | None:
    """The case of a receipt number, for tests and the demo story."""
    return db.session.scalar(select(Case).where(Case.receipt_no == receipt_no))


def waiting(actor: Actor, limit: int = 50) -> list[Case]:
    """The unanswered cases on the actor's desk, by deadline."""
    return list(db.session.scalars(cases(actor).where(Case.state.in_(("new", "accepted"))).limit(limit)))


def waiting_count(actor: Actor) -> int:
    """How many cases on the actor's desk are new or being handled."""
    waiting = cases(actor).where(Case.state.in_(("new", "accepted"))).order_by(None)
    return db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def overdue_count(actor: Actor) -> int:
    """How many unanswered cases on the actor's desk are past their day."""
    late = (
        cases(actor).where(Case.state.in_(("new", "accepted")), CalendarDeadline.due_on < clock.today()).order_by(None)
    )
    return db.session.scalar(select(func.count()).select_from(late.subquery())) or 0


def outgoing(limit: int = 100) -> list[Outgoing]:
    """The latest outgoing mail and SMS."""
    return list(db.session.scalars(select(Outgoing).order_by(Outgoing.id.desc()).limit(limit)))


def search(text: str, actor: Actor) -> list[Case]:
    """Cases on the actor's desk whose receipt number or subject contains ``text``."""
    wanted = text.strip()
    if len(wanted) < 2:
        return []
    fits = or_(
        Case.receipt_no.contains(wanted.upper(), autoescape=True), Case.subject.contains(wanted, autoescape=True)
    )
    return list(db.session.scalars(cases(actor).where(fits).limit(8)))
