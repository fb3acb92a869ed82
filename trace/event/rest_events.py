"""Capture and query operations of the REST binding."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response, request

from trace.event import answers, capture, pages, parameters, queries
from trace.event.answers import stamp
from trace.event.facets import bare, canonical
from trace.event.models import Capture
from trace.event.parameters import EVENT_TYPES, Condition, Query
from trace.event.problems import (
    NoSuchResource,
    QueryParameterProblem,
    QueryTooLarge,
    UnsupportedMediaProblem,
    ValidationProblem,
)
from trace.event.queries import Place, Row, Scope
from trace.event.rest import address, answer, bearer, empty, epc_format, resource
from trace.event.vocabulary import STANDARD_PREFIXES

TOP_LEVEL = (
    "queries",
    "capture",
    "events",
    "eventTypes",
    "epcs",
    "readPoints",
    "bizLocations",
    "dispositions",
    "bizSteps",
)
DEFAULT_PAGE, LARGEST_PAGE = 30, 1000
PAGING = ("perPage", "nextPageToken")
MEDIA = ("application/json", "application/ld+json", "application/xml", "text/xml")


def scope() -> Scope:
    return Scope(bearer().organisation_id)


def _media_type() -> str:
    """The media type of the body; only the four that are read here."""
    kind = request.content_type or ""
    if request.mimetype not in MEDIA:
        raise UnsupportedMediaProblem(
            "只收 JSON-LD 或 XML 的 EPCIS 2.0 文件。",
            help="Content-Type 写 application/json、application/ld+json 或 application/xml。",
        )
    return kind


def per_page() -> int:
    text = request.args.get("perPage", str(DEFAULT_PAGE))
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10) or int(text) < 1:
        raise QueryParameterProblem("perPage 要写成大于 0 的整数。", help=f"最大 {LARGEST_PAGE}。")
    return min(int(text), LARGEST_PAGE)


def question(*more: Any) -> str:
    """What is asked by whom, without the paging itself."""
    asked = sorted((k, v) for k, v in request.args.items(multi=True) if k not in PAGING)
    return pages.asked(request.path, asked, bearer().organisation_id, *more)


def next_link(asked: str, place: list[Any]) -> dict[str, str]:
    """The Link to the next page and when its token ends."""
    token, ends = pages.make(asked, place)
    kept = [(k, v) for k, v in request.args.items(multi=True) if k != "nextPageToken"]
    path = "/".join(quote(part, safe="") for part in request.path.removeprefix("/epcis/").split("/"))
    return {
        "Link": f'<{address(path)}?{urlencode([*kept, ("nextPageToken", token)])}>; rel="next"',
        "GS1-Next-Page-Token-Expires": stamp(ends),
    }


@resource("/", anonymous=True)
def top_level() -> Response:
    return answer(answers.collection(TOP_LEVEL))


# --- capture ---------------------------------------------------------------------------------------------------------


@resource("/capture", "POST", scope="capture")
def post_capture() -> Response:
    behaviour = request.headers.get("GS1-Capture-Error-Behaviour", "rollback")
    if behaviour not in ("rollback", "proceed"):
        raise ValidationProblem("GS1-Capture-Error-Behaviour 只能是 rollback 或 proceed。")
    kind = _media_type()
    _check_length()
    job = capture.capture(request.get_data(), kind, bearer(), behaviour=behaviour)
    return empty(202, {"Location": address("capture", str(job.public_id)), "GS1-Capture-Error-Behaviour": behaviour})


def _check_length() -> None:
    if (request.content_length or 0) > capture.FILE_SIZE_LIMIT:
        capture.refuse_size()


@resource("/capture", scope="capture")
def list_captures() -> Response:
    organisation_id, asked, most = bearer().organisation_id, question(), per_page()
    assert organisation_id is not None
    token = request.args.get("nextPageToken")
    before = int(pages.read(token, asked)[0]) if token else None
    jobs = queries.capture_jobs(organisation_id, before, most + 1)
    headers = next_link(asked, [jobs[most - 1].id]) if len(jobs) > most else {}
    return answer([_job(job) for job in jobs[:most]], headers=headers)


@resource("/capture/<capture_id>", scope="capture")
def show_capture(capture_id: str) -> Response:
    organisation_id = bearer().organisation_id
    assert organisation_id is not None
    job = queries.capture_job(capture_id, organisation_id)
    if job is None:
        raise NoSuchResource("没有这个捕获任务。", help="用 GET /epcis/capture 看本单位的任务。")
    return answer(_job(job))


def _job(job: Capture) -> dict[str, Any]:
    return {
        "captureID": str(job.public_id),
        "createdAt": stamp(job.created_at),
        "finishedAt": stamp(job.finished_at) if job.finished_at else None,
        "running": job.finished_at is None,
        "success": job.success,
        "captureErrorBehaviour": job.behaviour,
        "received": job.received,
        "stored": job.stored,
        "known": job.known,
        "errors": [
            {
                "type": "epcisException:ValidationException",
                "title": "事件不合要求",
                "status": 400,
                "detail": error.get("message", ""),
                **error,
            }
            for error in job.errors
        ],
    }


@resource("/events", "POST", scope="capture")
def post_event() -> Response:
    kind = _media_type()
    _check_length()
    stored = capture.capture_one(request.get_data(), kind, bearer())
    rows = queries.one(stored.event_id, scope())
    pairs = answers.shown([row for row in rows if row.own][-1:], epc_format())
    events, context = answers.events_and_context(pairs)
    return answer(
        {"@context": context, **events[0]}, 201, {"Location": address("events", quote(stored.event_id, safe=""))}
    )


# --- query -----------------------------------------------------------------------------------------------------------


def prefixes() -> dict[str, str]:
    """Prefixes of extension fields: GS1's own, and those of the GS1-Extensions header (``prefix=uri``, by commas)."""
    found = dict(STANDARD_PREFIXES)
    for part in request.headers.get("GS1-Extensions", "").split(","):
        name, _, uri = part.strip().partition("=")
        if name and uri:
            found[name] = uri
    return found


def given() -> Iterable[tuple[str, str]]:
    return ((k, v) for k, v in request.args.items(multi=True) if k not in PAGING)


@resource("/events", anonymous=True)
def list_events() -> Response:
    return events_page(parameters.read(given(), prefixes()))


@resource("/events/<path:event_id>", anonymous=True)
def show_event(event_id: str) -> Response:
    rows = queries.one(event_id, scope())
    if not rows:
        raise NoSuchResource("没有这个事件。", help="核对 eventID；地址里的 eventID 要做百分号编码。")
    return answer(answers.query_document(rows, form=epc_format()))


def events_page(query: Query, *, name: str = "SimpleEventQuery") -> Response:
    """One page of a query; the last has no Link."""
    asked = question(name)
    token = request.args.get("nextPageToken")
    place = _place(pages.read(token, asked)) if token else Place(queries.horizon())
    if query.max_event_count is not None and place.shown == 0:
        _refuse_more_than(query.max_event_count, query, place)
    most = per_page()
    if query.event_count_limit is not None:
        most = min(most, query.event_count_limit - place.shown)
    rows = queries.find(query, scope(), place, most + 1) if most > 0 else []
    headers: dict[str, str] = {}
    shown = place.shown + min(len(rows), most)
    if len(rows) > most and (query.event_count_limit is None or shown < query.event_count_limit):
        headers = next_link(asked, _after(rows[most - 1], query, place.horizon, shown))
    return answer(answers.query_document(rows[:most], form=epc_format(), name=name), headers=headers)


def _place(kept: list[Any]) -> Place:
    horizon, moment, row_id, shown = kept
    return Place(int(horizon), str(moment), int(row_id), int(shown))


def _after(row: Row, query: Query, horizon: int, shown: int) -> list[Any]:
    moment: datetime = getattr(row, queries.order_of(query))
    return [horizon, moment.isoformat(), row.id, shown]


def _refuse_more_than(most: int, query: Query, place: Place) -> None:
    if queries.count(query, scope(), place, most + 1) > most:
        raise QueryTooLarge(f"结果超过 {most:,} 个事件。", help="加条件缩小范围，或去掉 maxEventCount 分页读。")


# --- resources -------------------------------------------------------------------------------------------------------

KINDS = {
    "eventTypes": "eventType",
    "epcs": "epc",
    "bizSteps": "bizStep",
    "bizLocations": "bizLocation",
    "readPoints": "readPoint",
    "dispositions": "disposition",
}
_ALL_ROLES = tuple(range(1, 11))


def _condition(kind: str, value: str) -> Condition:
    if kind == "epc":
        return Condition("match", "MATCH_anyEPC", "in", (_ALL_ROLES, (value,)))
    if kind == "eventType":
        return Condition("column", "type", "in", (value,))
    if kind in ("bizStep", "disposition"):
        return Condition("column", {"bizStep": "biz_step"}.get(kind, kind), "in", (bare(value),))
    column = {"bizLocation": "biz_location", "readPoint": "read_point"}[kind]
    return Condition("column", column, "in", (canonical(value),), True)


def _list(kind: str) -> Response:
    asked, most = question(), per_page()
    token = request.args.get("nextPageToken")
    after = str(pages.read(token, asked)[0]) if token else None
    if kind == "eventType":
        found = [(name, name) for name in EVENT_TYPES if after is None or name > after]
        found += [pair for pair in queries.members(kind, scope(), after, most + 1) if pair[0] not in EVENT_TYPES]
        found = sorted(found)[: most + 1]
    else:
        found = queries.members(kind, scope(), after, most + 1)
    headers = next_link(asked, [found[most - 1][1]]) if len(found) > most else {}
    return answer(answers.collection([value for value, _ in found[:most]]), headers=headers)


def _known(kind: str, value: str) -> None:
    if kind == "eventType" and value in EVENT_TYPES:
        return
    found = queries.find(Query((_condition(kind, value),)), scope(), Place(queries.horizon()), 1)
    if not found:
        raise NoSuchResource("没有这个值，或者它的事件不给你看。", help=f"用 GET 上一级地址看有哪些{kind}。")


def _add_resource(collection: str, kind: str) -> None:
    def listing() -> Response:
        return _list(kind)

    def member(value: str) -> Response:
        _known(kind, value)
        return answer(answers.collection(["events"]))

    def events(value: str) -> Response:
        _known(kind, value)
        return events_page(parameters.read(given(), prefixes()).also(_condition(kind, value)))

    listing.__name__, member.__name__, events.__name__ = f"list_{kind}", f"show_{kind}", f"events_of_{kind}"
    resource(f"/{collection}", anonymous=True)(listing)
    resource(f"/{collection}/<path:value>/events", anonymous=True)(events)
    resource(f"/{collection}/<path:value>", anonymous=True)(member)


for _collection, _kind in KINDS.items():
    _add_resource(_collection, _kind)


@resource("/<path:rest>", anonymous=True)
def unknown(rest: str) -> Response:
    raise NoSuchResource(f"这里没有 {rest[:80]}。", help="有哪些资源，见 GET /epcis/ 和 /api/ 。")


@resource("/nextPageToken/<path:token>", "DELETE", anonymous=True)
def drop_page(token: str) -> Response:
    pages.drop(token)
    return empty(204)
