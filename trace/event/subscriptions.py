"""Named queries and who is told of what they find.  Never commits."""

# ruff: noqa: S608 - every value is bound; what is put together is a condition of this room
from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, Conflict, NotFound
from core.record.service import record
from core.seal.service import seal
from trace.event import parameters, schedule, webhook
from trace.event.facets import instant
from trace.event.models import SECRET, NamedQuery, Subscription
from trace.event.parameters import Query
from trace.event.problems import (
    AlreadyExists,
    NoSuchName,
    NoSuchResource,
    SubscriptionControlsProblem,
    ValidationProblem,
)
from trace.event.schedule import BadSchedule
from trace.event.tokens import Bearer
from trace.event.vocabulary import STANDARD_PREFIXES

MAX_QUERIES, MAX_SUBSCRIPTIONS = 200, 100
_NAME = re.compile(r"[A-Za-z0-9._~-]{1,80}")
_FIELDS = {"dest", "signatureToken", "stream", "schedule", "reportIfEmpty", "initialRecordTime", "queryName", "secret"}


def read_query(stored: Mapping[str, Any]) -> Query:
    """The query of a stored JSON object; its ``@context`` names extension fields."""
    from trace.event import context as contexts

    known = {**STANDARD_PREFIXES, **(contexts.namespaces(stored["@context"]) if "@context" in stored else {})}
    return parameters.read(((k, v) for k, v in stored.items() if k != "@context"), known)


def create_query(bearer: Bearer, body: Any) -> NamedQuery:
    """Afterwards the organisation has a query of this name; AlreadyExists where it had one."""
    if not isinstance(body, dict) or set(body) - {"name", "query", "@context"}:
        raise ValidationProblem('命名查询要写成 {"name": …, "query": {…}}。')
    name, query = body.get("name"), body.get("query")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValidationProblem("name 用 1 到 80 个字母、数字和 . _ ~ -。")
    if name == "SimpleEventQuery" or not isinstance(query, dict):
        raise ValidationProblem("query 要是一个对象，名称不能是 SimpleEventQuery。")
    read_query(query)
    assert bearer.organisation_id is not None
    own = select(NamedQuery).where(NamedQuery.organisation_id == bearer.organisation_id)
    if db.session.scalar(own.where(NamedQuery.name == name)):
        raise AlreadyExists(f"已经有名为 {name} 的查询。", help="换一个名称，或先删掉原来的。")
    if len(db.session.scalars(own).all()) >= MAX_QUERIES:
        raise ValidationProblem(f"命名查询最多 {MAX_QUERIES} 个。", help="先删掉不用的。")
    made = NamedQuery(
        organisation_id=bearer.organisation_id,
        name=name,
        query=query,
        created_at=clock.now(),
        created_by=bearer.token_id,
    )
    db.session.add(made)
    db.session.flush()
    return made


def queries_of(organisation_id: int, after: str | None, most: int) -> Sequence[NamedQuery]:
    """The organisation's queries by name."""
    wanted = select(NamedQuery).where(NamedQuery.organisation_id == organisation_id)
    if after is not None:
        wanted = wanted.where(NamedQuery.name > after)
    return db.session.scalars(wanted.order_by(NamedQuery.name).limit(most)).all()


def get_query(bearer: Bearer, name: str) -> NamedQuery:
    """The organisation's query of this name; NoSuchName otherwise."""
    found = db.session.scalar(
        select(NamedQuery).where(NamedQuery.organisation_id == bearer.organisation_id, NamedQuery.name == name)
    )
    if found is None:
        raise NoSuchName("没有这个名称的查询。", help="用 GET /epcis/queries 看有哪些。")
    return found


def delete_query(query: NamedQuery) -> None:
    """Afterwards query, subscriptions and their delivery logs are gone."""
    given = {"query": query.id}
    db.session.execute(
        text(
            "delete from trace_event_delivery where subscription_id in (select id from trace_event_subscription where query_id = :query)"
        ),
        given,
    )
    db.session.execute(text("delete from trace_event_subscription where query_id = :query"), given)
    db.session.delete(query)
    db.session.flush()


_NOW_COMMITTED = text("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_FIRST_BEFORE = text(
    "select coalesce(min(txid), :now) from trace_event_event where organisation_id = :organisation and record_time >= :since"
)


def subscribe(bearer: Bearer, query: NamedQuery, body: Any) -> Subscription:
    """Afterwards the subscriber is told, at once (``stream``) or by ``schedule``, of what the query finds from now on."""
    if not isinstance(body, dict) or set(body) - _FIELDS:
        raise SubscriptionControlsProblem(
            "订阅里有不认识的项。",
            help="可以有 dest、signatureToken、stream 或 schedule、reportIfEmpty、initialRecordTime。",
        )
    dest, secret = body.get("dest"), body.get("signatureToken", body.get("secret"))
    if not isinstance(dest, str):
        raise SubscriptionControlsProblem("订阅要有回调地址 dest。")
    webhook.check_dest(dest)
    if not isinstance(secret, str) or not 16 <= len(secret) <= 200:
        raise SubscriptionControlsProblem("signatureToken 要有 16 到 200 个字符，用来核对消息确实由这里发出。")
    planned = _planned(body)
    now, since = clock.now(), _since(body)
    assert bearer.organisation_id is not None
    live = select(Subscription.id).where(
        Subscription.organisation_id == bearer.organisation_id, Subscription.ended_at.is_(None)
    )
    if len(db.session.scalars(live).all()) >= MAX_SUBSCRIPTIONS:
        raise SubscriptionControlsProblem(f"订阅最多 {MAX_SUBSCRIPTIONS} 个。", help="先删掉不用的。")
    public_id = uuid.uuid4()
    made = Subscription(
        public_id=public_id, organisation_id=bearer.organisation_id, query_id=query.id, dest=dest,
        secret=seal(secret.encode(), table=SECRET.table, row=public_id, purpose=SECRET.purpose),
        stream=planned is None, schedule=planned, report_if_empty=bool(body.get("reportIfEmpty", False)),
        initial_record_time=since or now, created_at=now, next_at=now if planned is None else _first(planned, now),
        cursor_txid=_cursor(bearer.organisation_id, since), cursor_id=0, last_notified_at=None, failures=0,
        ended_at=None, ended_why=None,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def _cursor(organisation_id: int, since: datetime | None) -> int:
    """The first transaction that is told of; those before it had ended when the subscription began."""
    committed = int(db.session.scalar(_NOW_COMMITTED) or 0)
    if since is None:
        return committed
    first = db.session.scalar(_FIRST_BEFORE, {"organisation": organisation_id, "since": since, "now": committed})
    return min(int(first or committed), committed)


def _planned(body: Mapping[str, Any]) -> dict[str, str] | None:
    planned, stream = body.get("schedule"), body.get("stream")
    if (planned is None) == (stream is not True):
        raise SubscriptionControlsProblem("写 stream: true（有就告诉）或 schedule（按时告诉），只写一样。")
    if planned is None:
        return None
    if not isinstance(planned, dict) or not all(isinstance(v, str | int) for v in planned.values()):
        raise SubscriptionControlsProblem("schedule 要是一个对象，各项写成文字。")
    return {str(k): str(v) for k, v in planned.items()}


def _first(planned: dict[str, str], now: datetime) -> datetime:
    try:
        return schedule.next_after(planned, now)
    except BadSchedule as wrong:
        raise SubscriptionControlsProblem(str(wrong), help='例如 {"hour": "1", "minute": "5"}，按北京时间。') from None


def _since(body: Mapping[str, Any]) -> datetime | None:
    if "initialRecordTime" not in body:
        return None
    try:
        return instant(str(body["initialRecordTime"]))
    except ValueError:
        raise SubscriptionControlsProblem("initialRecordTime 要写成带时区的时间。") from None


def subscriptions_of(query: NamedQuery, after: int, most: int) -> Sequence[Subscription]:
    """Live subscriptions of a query, oldest first."""
    return db.session.scalars(
        select(Subscription)
        .where(Subscription.query_id == query.id, Subscription.ended_at.is_(None), Subscription.id > after)
        .order_by(Subscription.id).limit(most)
    ).all()  # fmt: skip


def get_subscription(query: NamedQuery, public_id: str) -> Subscription:
    """The query's live subscription; NoSuchResource otherwise."""
    try:
        key = uuid.UUID(public_id)
    except ValueError:
        key = None
    found = db.session.scalar(
        select(Subscription).where(
            Subscription.query_id == query.id, Subscription.public_id == key, Subscription.ended_at.is_(None)
        )
    )
    if found is None:
        raise NoSuchResource("没有这个订阅。", help="用 GET …/subscriptions 看有哪些。")
    return found


def own_subscription(public_id: uuid.UUID, actor: Actor) -> Subscription:
    """The organisation's subscription, for its page; NotFound for another's."""
    found = db.session.scalar(
        select(Subscription).where(
            Subscription.public_id == public_id, Subscription.organisation_id == actor.organisation_id
        )
    )
    if found is None:
        raise NotFound("没有找到这个订阅。", help="请从订阅列表重新进入。")
    return found


def end(subscription: Subscription, why: str) -> None:
    """Afterwards the subscriber is told nothing more; what waits is given up, the log stays."""
    subscription.ended_at, subscription.ended_why = clock.now(), why
    db.session.execute(
        text(
            "update trace_event_delivery set status = 'failed', failure = :why, done_at = :now where subscription_id = :s and status = 'waiting'"
        ),
        {"why": why, "now": clock.now(), "s": subscription.id},
    )
    db.session.flush()


LEFT_OUT = "恢复时本单位选择不补发"


def pause(subscription: Subscription, why: str) -> None:
    """Afterwards the subscriber is told nothing for now; events stand in the store, messages wait, the cursor stands still."""
    subscription.paused_at, subscription.paused_why = clock.now(), why
    db.session.flush()


@dataclass(frozen=True, slots=True)
class Owed:
    """What a subscriber has not got: messages given up or waiting, and the time of the oldest."""

    messages: int
    oldest: datetime | None


def owed(subscription: Subscription) -> Owed:
    """The messages that resuming would send (events after the pause come on top)."""
    row = db.session.execute(
        text(f"select count(*) as n, min(created_at) as oldest from trace_event_delivery where {_OWED}"),
        {"s": subscription.id, "left_out": LEFT_OUT},
    ).one()
    return Owed(row.n, row.oldest)


_OWED = "subscription_id = :s and (status = 'waiting' or (status = 'failed' and failure <> :left_out))"


def resume(public_id: uuid.UUID, actor: Actor, *, since: datetime | None = None) -> int:
    """Afterwards the subscriber is told again, from where it stopped; returns how many messages are sent again.

    Messages given up come back in their order under the ids they had, so that none is lost and none is taken for another.
    With ``since`` what is older is left out for good and stays so in the log.  Conflict where the subscription ended.
    """
    found = own_subscription(public_id, actor)
    db.session.refresh(found, with_for_update=True)
    if found.ended_at is not None:
        raise Conflict("这个订阅已经停止，不能恢复。", code="subscription.ended", help="请对方重新建立订阅。")
    now = clock.now()
    given = {"s": found.id, "left_out": LEFT_OUT, "now": now}
    if since is not None:
        if since > now:
            raise BadInput("起点不能在以后。", code="subscription.since", field="since")
        db.session.execute(
            text(
                f"update trace_event_delivery set status = 'failed', failure = :left_out, done_at = :now where {_OWED} "
                "and created_at < :since"
            ),
            given | {"since": since},
        )
        found.initial_record_time = max(found.initial_record_time, since)
    done: Any = db.session.execute(
        text(
            "update trace_event_delivery set status = 'waiting', tries = 0, next_at = :now, done_at = null, failure = '', "
            f"answered = null where {_OWED}"
        ),
        given,
    )
    found.paused_at = found.paused_why = None
    found.failures = 0
    db.session.flush()
    record(
        "event.subscription_resumed",
        found,
        actor,
        messages=int(done.rowcount),
        since=since.isoformat() if since else "",
    )
    return int(done.rowcount)
