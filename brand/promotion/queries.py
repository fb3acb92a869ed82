"""Reads of events, places, evidence and results; an enterprise sees its own figures only."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, or_, select

from brand.licence import queries as licences
from brand.matrix import queries as matrix
from brand.promotion import rules
from brand.promotion.errors import EventNotFound
from brand.promotion.models import Enrolment, EventEvidence, EventResult, PromotionEvent
from core import clock
from core.account.actor import Actor
from core.db import db


def load(public_id: uuid.UUID) -> PromotionEvent:
    """The event, for the office; EventNotFound otherwise."""
    row = db.session.scalar(select(PromotionEvent).where(PromotionEvent.public_id == public_id))
    if row is None:
        raise EventNotFound
    return row


def announced(public_id: uuid.UUID) -> PromotionEvent:
    """The event, where it was announced; EventNotFound otherwise."""
    row = load(public_id)
    if row.announced_at is None:
        raise EventNotFound
    return row


def events() -> Select[PromotionEvent]:
    """All events of the office's list."""
    return select(PromotionEvent)


def between(first: date, last: date) -> list[PromotionEvent]:
    """Announced events that touch the days from ``first`` to ``last``, in order of their first day."""
    query = (
        select(PromotionEvent)
        .where(
            PromotionEvent.announced_at.is_not(None), PromotionEvent.starts_on <= last, PromotionEvent.ends_on >= first
        )
        .order_by(PromotionEvent.starts_on, PromotionEvent.id)
    )
    return list(db.session.scalars(query))


def open_for(organisation_id: int, today: date) -> list[tuple[PromotionEvent, Enrolment | None]]:
    """Events an enterprise may join or has joined, the next one first, each with its own latest enrolment."""
    latest = {
        e.event_id: e
        for e in db.session.scalars(
            select(Enrolment).where(Enrolment.organisation_id == organisation_id).order_by(Enrolment.id)
        )
    }
    query = (
        select(PromotionEvent)
        .where(
            or_(
                (PromotionEvent.state == "enrolling") & PromotionEvent.capacity.is_not(None)
                & (PromotionEvent.ends_on >= today),
                PromotionEvent.id.in_(latest),
            )
        )
        .order_by(PromotionEvent.starts_on, PromotionEvent.id)
    )  # fmt: skip
    return [(row, latest.get(row.id)) for row in db.session.scalars(query)]


def enrolments(event_id: int) -> list[Enrolment]:
    """Everybody who enrolled for an event: seats first in their order, then those who wait in theirs, then the rest."""
    query = (
        select(Enrolment)
        .where(Enrolment.event_id == event_id)
        .order_by(Enrolment.seat_no.nulls_last(), Enrolment.enrolled_at, Enrolment.id)
    )
    return list(db.session.scalars(query))


def enrolment_of(event_id: int, organisation_id: int | None) -> Enrolment | None:
    """The live enrolment of an enterprise, or None."""
    return db.session.scalar(
        select(Enrolment).where(
            Enrolment.event_id == event_id,
            Enrolment.organisation_id == organisation_id,
            Enrolment.state.in_(rules.LIVE_PLACES),
        )
    )


def enrolment_for_actor(public_id: uuid.UUID, actor: Actor) -> Enrolment:
    """An enrolment of the actor's own enterprise, or any for the organisers; EventNotFound otherwise."""
    row = db.session.scalar(select(Enrolment).where(Enrolment.public_id == public_id))
    own = row is not None and row.organisation_id == actor.organisation_id
    if row is None or not (own or actor.can(rules.MANAGE)):
        raise EventNotFound
    return row


@dataclass(frozen=True, slots=True)
class Seats:
    """How full an event is."""

    capacity: int | None
    taken: int
    waiting: int

    @property
    def left(self) -> int:
        return max((self.capacity or 0) - self.taken, 0)


def seats(event: PromotionEvent) -> Seats:
    """Seats taken and enterprises waiting."""
    query = select(Enrolment.state, func.count()).where(Enrolment.event_id == event.id).group_by(Enrolment.state)
    rows: dict[str, int] = {row[0]: row[1] for row in db.session.execute(query)}
    return Seats(event.capacity, sum(rows.get(s, 0) for s in rules.SEATED), rows.get("waiting", 0))


def turn(enrolment: Enrolment) -> int:
    """Which one in the waiting line an enrolment is, from 1."""
    ahead = select(func.count()).where(
        Enrolment.event_id == enrolment.event_id, Enrolment.state == "waiting", Enrolment.id < enrolment.id
    )
    return (db.session.scalar(ahead) or 0) + 1


def evidence(event_id: int) -> list[EventEvidence]:
    """The evidence of an event in the order it was added."""
    return list(
        db.session.scalars(select(EventEvidence).where(EventEvidence.event_id == event_id).order_by(EventEvidence.id))
    )


def results(event_id: int, organisation_id: int | None = None) -> list[EventResult]:
    """The results of an event; with ``organisation_id`` those of that enterprise only."""
    query = select(EventResult).where(EventResult.event_id == event_id).order_by(EventResult.id)
    if organisation_id is not None:
        query = query.where(EventResult.organisation_id == organisation_id)
    return list(db.session.scalars(query))


def licensed_for(brand_id: int | None, organisation_id: int) -> bool:
    """Whether the enterprise holds a licence in force of the brand or of one below it (any, where no brand is named)."""
    wanted = set(matrix.with_below(brand_id)) if brand_id is not None else None
    return any(v.in_force and (wanted is None or v.brand_id in wanted) for v in licences.licences_of(organisation_id))


@dataclass(frozen=True, slots=True)
class Counted:
    """Events whose evidence was checked: of a year, and of all years."""

    this_year: int
    ever: int
    waiting: int


def counted(year: int) -> dict[str, Counted]:
    """By kind of event: how many count in a year (by their last day) and ever, and how many wait for their check."""
    year_of = func.extract("year", PromotionEvent.ends_on)
    rows = db.session.execute(
        select(
            PromotionEvent.kind,
            func.count().filter((PromotionEvent.state == "evidence_checked") & (year_of == year)),
            func.count().filter(PromotionEvent.state == "evidence_checked"),
            func.count().filter(PromotionEvent.state == "held"),
        ).group_by(PromotionEvent.kind)
    )
    found = {kind: Counted(*numbers) for kind, *numbers in rows}
    return {kind: found.get(kind, Counted(0, 0, 0)) for kind in rules.KINDS}


@dataclass(frozen=True, slots=True)
class CountedEvent:
    """One event behind a number, with the day from which it counts."""

    event_no: str
    public_id: uuid.UUID
    title: str
    level: str
    part: str
    venue: str
    starts_on: date
    ends_on: date
    counted_on: date


def counted_events(kind: str, year: int | None = None) -> list[CountedEvent]:
    """The events of a kind that count: of a year (by their last day) or ever, by their last day."""
    query = select(PromotionEvent).where(PromotionEvent.kind == kind, PromotionEvent.state == "evidence_checked")
    if year is not None:
        query = query.where(func.extract("year", PromotionEvent.ends_on) == year)
    return [
        CountedEvent(
            e.event_no, e.public_id, e.title, e.level, e.part, e.venue, e.starts_on, e.ends_on,
            clock.local(e.checked_at).date(),
        )
        for e in db.session.scalars(query.order_by(PromotionEvent.ends_on, PromotionEvent.id))
        if e.checked_at is not None
    ]  # fmt: skip


def brand_names(rows: Sequence[PromotionEvent]) -> dict[int, str]:
    """Names of the brands of events, once for a whole screen."""
    return matrix.names([r.brand_id for r in rows if r.brand_id is not None])
