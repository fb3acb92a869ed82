"""Named queries and subscriptions of the REST binding."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import orjson
from flask import Response, request

from trace.event import pages, parameters, subscriptions
from trace.event.answers import stamp
from trace.event.models import NamedQuery, Subscription
from trace.event.problems import NotImplementedHere, UnsupportedMediaProblem, ValidationProblem
from trace.event.rest import address, answer, bearer, empty, resource
from trace.event.rest_events import events_page, next_link, per_page, question

SUBSCRIPTION = "/queries/<query_name>/subscriptions"


def _organisation() -> int:
    organisation_id = bearer().organisation_id
    assert organisation_id is not None
    return organisation_id


def _body() -> Any:
    if request.mimetype not in ("application/json", "application/ld+json"):
        raise UnsupportedMediaProblem("这里只收 JSON。", help="Content-Type 写 application/json。")
    if b"\\u0000" in request.get_data():
        raise ValidationProblem("文字里有空字符（U+0000），请删去后再发。")
    try:
        return orjson.loads(request.get_data())
    except orjson.JSONDecodeError:
        raise ValidationProblem("请求体不是有效的 JSON。") from None


@resource("/queries", "POST", scope="admin")
def post_query() -> Response:
    made = subscriptions.create_query(bearer(), _body())
    return empty(201, {"Location": address("queries", quote(made.name, safe=""))})


@resource("/queries")
def list_queries() -> Response:
    asked, most = question(), per_page()
    token = request.args.get("nextPageToken")
    after = str(pages.read(token, asked)[0]) if token else None
    found = subscriptions.queries_of(_organisation(), after, most + 1)
    headers = next_link(asked, [found[most - 1].name]) if len(found) > most else {}
    return answer([_query(one) for one in found[:most]], headers=headers)


def _query(one: NamedQuery) -> dict[str, Any]:
    return {"name": one.name, "query": one.query}


@resource("/queries/<query_name>")
def show_query(query_name: str) -> Response:
    return answer(_query(subscriptions.get_query(bearer(), query_name)))


@resource("/queries/<query_name>", "DELETE", scope="admin")
def delete_query(query_name: str) -> Response:
    subscriptions.delete_query(subscriptions.get_query(bearer(), query_name))
    return empty(204)


@resource("/queries/<query_name>/events")
def query_events(query_name: str) -> Response:
    stored = subscriptions.get_query(bearer(), query_name)
    extra = set(request.args) - {"perPage", "nextPageToken"}
    if extra:
        parameters.read([(name, request.args[name]) for name in sorted(extra) if name not in SCHEDULING])
        raise ValidationProblem(
            f"命名查询的事件不能再加参数：{'、'.join(sorted(extra))[:200]}。", help="条件写在查询里；按时接收请建订阅。"
        )
    return events_page(subscriptions.read_query(stored.query), name=stored.name)


@resource("/queries/<query_name>/events", websocket=True)
def refuse_websocket(query_name: str) -> Response:
    subscriptions.get_query(bearer(), query_name)
    raise NotImplementedHere(
        "这里不提供 WebSocket 订阅。", help="用 POST /epcis/queries/名称/subscriptions 建网络回调订阅，或分页读。"
    )


SCHEDULING = frozenset(
    ["second", "minute", "hour", "dayOfMonth", "month", "dayOfWeek", "stream", "reportIfEmpty", "initialRecordTime"]
)


@resource(SUBSCRIPTION, "POST", scope="admin")
def post_subscription(query_name: str) -> Response:
    query = subscriptions.get_query(bearer(), query_name)
    made = subscriptions.subscribe(bearer(), query, _body())
    place = address("queries", quote(query.name, safe=""), "subscriptions", str(made.public_id))
    return answer(_subscription(made, query), 201, {"Location": place})


@resource(SUBSCRIPTION)
def list_subscriptions(query_name: str) -> Response:
    query = subscriptions.get_query(bearer(), query_name)
    asked, most = question(), per_page()
    token = request.args.get("nextPageToken")
    after = int(pages.read(token, asked)[0]) if token else 0
    found = subscriptions.subscriptions_of(query, after, most + 1)
    headers = next_link(asked, [found[most - 1].id]) if len(found) > most else {}
    return answer([_subscription(one, query) for one in found[:most]], headers=headers)


@resource(f"{SUBSCRIPTION}/<subscription_id>")
def show_subscription(query_name: str, subscription_id: str) -> Response:
    query = subscriptions.get_query(bearer(), query_name)
    found = subscriptions.get_subscription(query, subscription_id)
    return answer(
        _subscription(found, query),
        headers={"GS1-Query-Min-Record-Time": stamp(found.last_notified_at or found.initial_record_time)},
    )


@resource(f"{SUBSCRIPTION}/<subscription_id>", "DELETE", scope="admin")
def delete_subscription(query_name: str, subscription_id: str) -> Response:
    query = subscriptions.get_query(bearer(), query_name)
    subscriptions.end(subscriptions.get_subscription(query, subscription_id), "已退订")
    return empty(204)


def _subscription(one: Subscription, query: NamedQuery) -> dict[str, Any]:
    """A subscription as told to its owner: never its secret."""
    told: dict[str, Any] = {
        "subscriptionID": str(one.public_id),
        "queryName": query.name,
        "dest": one.dest,
        "createdAt": stamp(one.created_at),
        "initialRecordTime": stamp(one.initial_record_time),
        "reportIfEmpty": one.report_if_empty,
    }
    if one.last_notified_at is not None:
        told["lastNotifiedAt"] = stamp(one.last_notified_at)
    return {**told, **({"stream": True} if one.stream else {"schedule": one.schedule})}
