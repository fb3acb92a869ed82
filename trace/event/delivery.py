"""Tell subscribers: plan messages in order of commit, send them outside any unit of work, try again with growing pauses.

An event is told once its transaction lies below the oldest one still running, so that a late commit is never passed
over.  A message's events are fixed when it is planned: every try sends the same body under the same id.
"""

# ruff: noqa: S608 - every value is bound; what is put together are column names of this room
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from core import clock
from core.db import db, unit_of_work
from core.notice import service as notices
from core.seal.service import unseal
from trace.event import answers, queries, schedule, selection, subscriptions, webhook
from trace.event.jsontext import dumps
from trace.event.models import SECRET, Delivery, NamedQuery, Subscription
from trace.event.problems import EpcisProblem
from trace.event.webhook import Sent

BATCH = 100
WINDOW = 2000
MAX_TRIES = 15
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
LEASE = timedelta(minutes=2)
GIVE_UP_AFTER = 3
KEPT = timedelta(days=90)

_SAFE = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_DUE = text(
    "select s.id from trace_event_subscription s where s.ended_at is null and s.paused_at is null and s.next_at <= :now and (not s.stream or exists ("
    "select 1 from trace_event_event e where e.organisation_id = s.organisation_id "
    f"and (e.txid, e.id) > (s.cursor_txid, s.cursor_id) and e.txid < {_SAFE})) "
    "order by s.id limit :most for update of s skip locked"
)
_NEXT = text(
    "select e.txid, e.id from trace_event_event e where e.organisation_id = :organisation "
    f"and (e.txid, e.id) > (:txid, :id) and e.txid < {_SAFE} order by e.txid, e.id limit :most"
)
_CLAIM = text(
    "update trace_event_delivery d set tries = d.tries + 1, next_at = :lease where d.id in ("
    "select w.id from trace_event_delivery w join trace_event_subscription s on s.id = w.subscription_id "
    "where w.status = 'waiting' and w.next_at <= :now and s.ended_at is null and s.paused_at is null and not exists ("
    "select 1 from trace_event_delivery b where b.subscription_id = w.subscription_id and b.status = 'waiting' and b.id < w.id) "
    "order by w.id limit :most for update of w skip locked) returning d.id"
)


def pause_after(tries: int) -> timedelta:
    """How long to wait after the so-many-th failed try."""
    return min(FIRST_PAUSE * int(2 ** min(tries - 1, 20)), LONGEST_PAUSE)


def plan(most: int = 50) -> int:
    """Afterwards every due subscription has its messages waiting; returns how many subscriptions were looked at."""
    now = clock.now()
    due = list(db.session.scalars(_DUE, {"now": now, "most": most}))
    for row_id in due:
        subscription = db.session.get_one(Subscription, row_id)
        db.session.refresh(subscription)
        try:
            told = _plan_one(subscription, now)
        except EpcisProblem as error:
            subscriptions.end(subscription, f"查询读不懂了：{error.message}"[:300])
            continue
        if not subscription.stream:
            if not told and subscription.report_if_empty:
                _add(subscription, [], now)
            subscription.next_at = schedule.next_after(subscription.schedule or {}, now)
    db.session.flush()
    return len(due)


def _plan_one(subscription: Subscription, now: datetime) -> int:
    """Move the cursor over what was committed since, and queue what the query finds of it."""
    query = subscriptions.read_query(db.session.get_one(NamedQuery, subscription.query_id).query)
    told = 0
    while True:
        place = {
            "organisation": subscription.organisation_id,
            "txid": subscription.cursor_txid,
            "id": subscription.cursor_id,
        }
        window = db.session.execute(_NEXT, {**place, "most": WINDOW}).all()
        if not window:
            return told
        last = window[-1]
        where = selection.own(query, subscription.organisation_id)
        statement = (
            f"select e.id from trace_event_event e where {where.sql()} and (e.txid, e.id) > (:txid, :id) "
            "and (e.txid, e.id) <= (:last_txid, :last_id) and e.record_time >= :since order by e.txid, e.event_time, e.id"
        )
        found = list(
            db.session.scalars(
                text(statement),
                {
                    **where.values,
                    **place,
                    "last_txid": last.txid,
                    "last_id": last.id,
                    "since": subscription.initial_record_time,
                },
            )
        )
        for start in range(0, len(found), BATCH):
            _add(subscription, found[start : start + BATCH], now)
        told += len(found)
        subscription.cursor_txid, subscription.cursor_id = last.txid, last.id


def _add(subscription: Subscription, events: Sequence[int], now: datetime) -> None:
    db.session.add(
        Delivery(
            subscription_id=subscription.id,
            events=list(events),
            created_at=now,
            next_at=now,
            answered=None,
            done_at=None,
        )
    )


@dataclass(frozen=True, slots=True)
class Message:
    """A claimed delivery, ready to be sent."""

    row_id: int
    dest: str
    body: bytes
    headers: dict[str, str]


def claim(most: int = 20) -> list[Message]:
    """The next due message of each subscriber, leased to this worker; a killed worker's come back after the lease."""
    now = clock.now()
    rows = sorted(db.session.scalars(_CLAIM, {"now": now, "lease": now + LEASE, "most": most}))
    return [_message(db.session.get_one(Delivery, row_id), now) for row_id in rows]


def _message(delivery: Delivery, now: datetime) -> Message:
    db.session.refresh(delivery)
    subscription = db.session.get_one(Subscription, delivery.subscription_id)
    query = db.session.get_one(NamedQuery, subscription.query_id)
    rows = queries.by_ids(delivery.events, subscription.organisation_id)
    document = answers.query_document(rows, name=query.name, subscription=str(subscription.public_id))
    document["creationDate"] = answers.stamp(delivery.created_at)
    body = dumps(document)
    secret = unseal(
        subscription.secret, table=SECRET.table, row=subscription.public_id, purpose=SECRET.purpose
    ).decode()
    headers = {
        "Content-Type": "application/ld+json",
        "User-Agent": "yidun-epcis/1.0",
        "GS1-Signature": webhook.signature(secret, int(now.timestamp()), body),
        "Idempotency-Key": str(delivery.public_id),
        "GS1-EPCIS-Version": "2.0.0",
        "GS1-CBV-Version": "2.0.0",
    }
    return Message(delivery.id, subscription.dest, body, headers)


def note(row_id: int, sent: Sent) -> None:
    """Write down how a try went: delivered, tried again later, or given up."""
    subscription_id = db.session.scalar(select(Delivery.subscription_id).where(Delivery.id == row_id))
    subscription = db.session.get(Subscription, subscription_id, with_for_update=True) if subscription_id else None
    delivery = db.session.get(Delivery, row_id, with_for_update=True)  # after the subscription, as resuming locks them
    if delivery is None or subscription is None or delivery.status != "waiting":
        return
    now = clock.now()
    delivery.answered, delivery.failure = sent.status, sent.failure
    if sent.ok:
        delivery.status, delivery.done_at = "delivered", now
        subscription.last_notified_at, subscription.failures = now, 0
    elif delivery.tries >= MAX_TRIES:
        delivery.status, delivery.done_at = "failed", now
        subscription.failures += 1
        if subscription.failures >= GIVE_UP_AFTER and subscription.ended_at is None:
            _pause(subscription)
    else:
        delivery.next_at = now + pause_after(delivery.tries)
    db.session.flush()


def _pause(subscription: Subscription) -> None:
    subscriptions.pause(subscription, f"连续 {GIVE_UP_AFTER} 条消息没有送到")
    notices.send(
        to_organisation_id=subscription.organisation_id,
        title="一个事件订阅已暂停",
        body=f"发往 {subscription.dest[:80]} 的消息连续 {GIVE_UP_AFTER} 条没有送到。修好对方的地址，再点“恢复发送”，没送到的会补发。",
        link=f"/events/subscriptions/{subscription.public_id}/resume",
    )


def run_once() -> int:
    """Plan, send and note one round; each network call lies outside a unit of work.  Returns how many were sent."""
    with unit_of_work():
        plan()
    with unit_of_work():
        messages = claim()
    for message in messages:
        sent = webhook.sender()(message.dest, message.body, message.headers)
        with unit_of_work():
            note(message.row_id, sent)
    return len(messages)


def forget(now: datetime) -> int:
    """Delivery logs older than 90 days are swept, but for what a paused subscription still owes; returns how many."""
    done: Any = db.session.execute(
        text(
            "delete from trace_event_delivery d where status <> 'waiting' and done_at < :before and not (status = 'failed' and exists ("
            "select 1 from trace_event_subscription s where s.id = d.subscription_id and s.paused_at is not null))"
        ),
        {"before": now - KEPT},
    )
    return int(done.rowcount)


def deliveries_table(organisation_id: int) -> Any:
    """The rows of the delivery log."""
    return (
        select(
            Delivery.id, Delivery.public_id, Delivery.created_at, Delivery.status, Delivery.tries, Delivery.answered,
            Delivery.failure, Delivery.done_at, Delivery.events, Delivery.next_at, Subscription.dest, NamedQuery.name,
        )
        .where(
            Subscription.id == Delivery.subscription_id, NamedQuery.id == Subscription.query_id,
            Subscription.organisation_id == organisation_id,
        )
    )  # fmt: skip
