"""Places for enterprises: given in order under the event's row lock, so that nobody is promised a seat twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from brand.promotion import permissions, queries, rules
from brand.promotion.errors import TWICE, AlreadyEnrolled
from brand.promotion.models import Enrolment, PromotionEvent
from core import clock, identifiers
from core.account.actor import SYSTEM, Actor
from core.db import db, lock
from core.errors import BadInput, Denied, RuleBroken
from core.notice.service import send
from core.organisation import queries as organisations
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from core.workflow.table import Move


def unmet_for(event: PromotionEvent, organisation_id: int) -> list[Any]:
    """Every reason why the enterprise cannot enrol now, before it tries."""
    return rules.enrolment_faults(
        state=event.state,
        capacity=event.capacity,
        enrol_until=event.enrol_until,
        now=clock.now(),
        active=organisations.get_organisation(organisation_id).is_active,
        licensed=not event.licensed_only or queries.licensed_for(event.brand_id, organisation_id),
    )


def enrol(event: PromotionEvent, actor: Actor, *, goods: str, people: int, needs: str = "") -> Enrolment:
    """Afterwards the enterprise has a seat, or its turn in the waiting line where all are taken.

    The event's row lock makes enterprises wait for each other; the database keeps seat numbers unique and within capacity.
    """
    if not actor.can(permissions.ENROL) or actor.organisation_id is None:
        raise Denied("活动由企业负责人或经办员报名。", help="请切换到企业身份办理。")
    lock(event)
    if unmet := unmet_for(event, actor.organisation_id):
        raise RuleBroken(unmet=unmet)
    if queries.enrolment_of(event.id, actor.organisation_id) is not None:
        raise AlreadyEnrolled(TWICE, help="在“活动和素材”里看报名结果。")
    goods = identifiers.normalise_text(goods)
    if not goods:
        raise BadInput("还没有写带什么产品去。", code="promotion.goods", field="goods")
    if not 1 <= people <= 50:
        raise BadInput("人数在 1 到 50 之间。", code="promotion.people", field="people")
    row = Enrolment(
        event_id=event.id, organisation_id=actor.organisation_id, goods=goods, people=people,
        needs=identifiers.normalise_text(needs, multiline=True), enrolled_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()  # the engine needs the row
    record("promotion.enrolled", row, actor, event_no=event.event_no)
    fill(event)
    return row


def withdraw(place: Enrolment, actor: Actor) -> None:
    """Afterwards the enterprise is out, and the next in line has its seat."""
    _move(place, actor, "withdraw")


def decline(place: Enrolment, actor: Actor, reason: str) -> None:
    """Afterwards the organiser has refused the enterprise with a reason; its seat goes to the next in line."""
    _move(place, actor, "decline", reason)


def present(place: Enrolment, actor: Actor, *, came: bool) -> None:
    """Afterwards it is on record whether the enterprise came."""
    _move(place, actor, "attend" if came else "miss")


def _move(place: Enrolment, actor: Actor, key: str, reason: str = "") -> None:
    event = db.session.get_one(PromotionEvent, place.event_id)
    lock(event)  # always the event first: two who leave at once never wait for each other in a circle
    fire(rules.ENROLMENT, place, key, actor, reason=reason)
    fill(event)


def fill(event: PromotionEvent) -> int:
    """Afterwards free seats are given to those who wait, in their order, and they are told; returns how many.

    The caller holds the event's row lock.
    """
    if event.capacity is None or event.state != "enrolling":
        return 0
    places = queries.enrolments(event.id)
    taken = {p.seat_no for p in places if p.seat_no is not None}
    given = 0
    for place in sorted((p for p in places if p.state == "waiting"), key=lambda p: (p.enrolled_at, p.id)):
        seat = rules.free_seat(taken, event.capacity)
        if seat is None:
            break
        fire(rules.ENROLMENT, place, "confirm", SYSTEM, payload={"seat": seat})
        taken.add(seat)
        given += 1
    return given


def load_facts(
    place: Enrolment, _move: Move, _actor: Actor, now: datetime, _payload: Mapping[str, Any]
) -> rules.PlaceFacts:
    """What the guards of a place decide on."""
    event = db.session.get_one(PromotionEvent, place.event_id)
    return rules.PlaceFacts(clock.local(now).date(), event.starts_on)


def on_confirmed(place: Enrolment, ctx: MoveContext) -> None:
    """Effect: the seat stands, the enterprise is told."""
    with db.session.no_autoflush:  # the CHECK wants state and seat together
        place.seat_no = int(ctx.payload["seat"])
    db.session.flush()
    event = db.session.get_one(PromotionEvent, place.event_id)
    send(
        title=f"报名成功：{event.title}", body=f"你的展位是第 {place.seat_no} 号。来不了请在开始前退出，让给候补的企业。",
        link=f"/promotion/{event.public_id}", to_organisation_id=place.organisation_id,
    )  # fmt: skip


def on_left(place: Enrolment, ctx: MoveContext) -> None:
    """Effect of a withdrawal or a refusal: the seat is free."""
    with db.session.no_autoflush:
        place.seat_no = None
    db.session.flush()
    if ctx.move.key == "decline":
        event = db.session.get_one(PromotionEvent, place.event_id)
        send(
            title=f"不能参加：{event.title}", body=ctx.reason, link=f"/promotion/{event.public_id}",
            to_organisation_id=place.organisation_id,
        )  # fmt: skip


EFFECTS = {"confirm": on_confirmed, "withdraw": on_left, "decline": on_left}


def event_of(place: Enrolment) -> PromotionEvent:
    """The event of a place."""
    return db.session.scalars(select(PromotionEvent).where(PromotionEvent.id == place.event_id)).one()
