"""Use cases of other rooms: write the event of a house step, declare one wrong, open a lot's events.  Never commits.

This room knows neither lots nor seasons nor codes; they call it with facts (``trace.event.steps``) in their transaction.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from core import clock
from core.account.actor import Actor
from core.config import settings
from core.db import db
from core.errors import BadInput, Conflict, NotFound
from core.record.service import record
from trace.event import capture, steps, store
from trace.event.facets import canonical, key_of
from trace.event.models import Event, Link
from trace.event.steps import Scene
from trace.event.vocabulary import ERROR_REASON


def host() -> str:
    """The address below which our own words and documents have theirs."""
    return f"https://{settings().identity_host}"


def record_step(step: str, facts: Scene, organisation_id: int, actor: Actor) -> str:
    """Afterwards the step's event is stored in the caller's transaction; returns its event id.

    Telling the same step again stores nothing.  A fact that gives an event breaking EPCIS is our defect (ValueError).
    """
    event = steps.identified(steps.build(step, facts), facts.host)
    return _keep(event, steps.context_of(facts.host), organisation_id, actor, step)[0]


def record_step_once(step: str, facts: Scene, organisation_id: int, actor: Actor) -> bool:
    """As ``record_step``; returns whether the event is new (its hash id was not in the store)."""
    event = steps.identified(steps.build(step, facts), facts.host)
    return _keep(event, steps.context_of(facts.host), organisation_id, actor, step)[1]


def is_told(step: str, uri: str, organisation_id: int) -> bool:
    """Whether an event of this step names the thing as what came out of it or was observed (not as what went in)."""
    query = (
        select(Event.id)
        .join(Link, Link.event_id == Event.id)
        .where(Link.key == key_of(canonical(uri)), Link.side != 1)
        .where(Event.step == step, Event.organisation_id == organisation_id)
    )
    return db.session.scalar(query.limit(1)) is not None


def is_documented(kind: str, uri: str, organisation_id: int) -> bool:
    """Whether an event of the organisation names this business document."""
    return db.session.scalar(_documented(kind, uri, organisation_id).limit(1)) is not None


def _documented(kind: str, uri: str, organisation_id: int) -> Select[Event]:
    word = f"{host()}/btt/{kind.removeprefix(steps.OWN)}"
    return select(Event).where(
        Event.fields.contains({"bt": {word: [canonical(uri)]}}), Event.organisation_id == organisation_id
    )


def _keep(
    event: dict[str, Any], context: Any, organisation_id: int, actor: Actor, step: str | None
) -> tuple[str, bool]:
    prepared = capture.prepare([event], context)
    if prepared.faults:
        raise ValueError(f"step {step}: {prepared.faults}")
    one = prepared.ready[0]
    one.step = step
    done = store.store([one], organisation_id=organisation_id, source="platform", now=clock.now())
    if done.stored:
        record("event.recorded", ("trace_event_event", str(done.stored[0])), actor, step=step, event_id=one.event_id)
    return one.event_id, bool(done.stored)


def declare_wrong(
    event_id: str, reason: str, organisation_id: int, actor: Actor, *, corrective: tuple[str, ...] = ()
) -> str:
    """Afterwards the event stands beside its error declaration (EPCIS 2.0 7.4.1.2); nothing was changed or deleted.

    ``reason`` is ``did_not_occur`` or ``incorrect_data``.  A second declaration of the same event is a Conflict.
    """
    if reason not in ERROR_REASON.words:
        raise BadInput("原因只能是“没有发生”或“数据有误”。", code="event.reason", field="reason")
    rows = db.session.scalars(
        select(Event).where(Event.event_id == event_id, Event.organisation_id == organisation_id).order_by(Event.id)
    ).all()
    if not rows:
        raise NotFound("没有找到这个事件。", help="请从事件列表重新进入。")
    if any(row.declared_at is not None for row in rows):
        raise Conflict("这个事件已经声明过有误。", code="event.declared")
    first = rows[0]
    event = {**first.payload, "eventID": first.event_id}
    declared = steps.declare_wrong(event, clock.now(), reason, corrective)
    return _keep(declared, steps.context_of(host()), organisation_id, actor, first.step)[0]


def declare_document_wrong(kind: str, uri: str, reason: str, organisation_id: int, actor: Actor) -> list[str]:
    """Afterwards every event that names this business document is declared wrong; returns their ids (none is no error)."""
    rows = db.session.scalars(_documented(kind, uri, organisation_id)).all()
    done = {row.event_id for row in rows if row.declared_at is not None}
    wrong = [row.event_id for row in rows if row.event_id not in done]
    for event_id in wrong:
        declare_wrong(event_id, reason, organisation_id, actor)
    return wrong


def publish_lot(uri: str, organisation_id: int) -> None:
    """Afterwards the public part of the organisation's events about this lot is open to everybody (its record is sealed)."""
    store.publish(canonical(uri), organisation_id, clock.now())
