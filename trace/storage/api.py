"""``POST /api/readings``: loggers send readings as JSON or CSV with a bearer token; sending twice stores once."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from core import clock
from core.account.access import public
from core.api.description import Operation, describe
from core.errors import BadInput, NotSignedIn, TooLarge, UnsupportedMedia
from core.web.security import csrf
from trace.storage import rules, service
from trace.storage.errors import NOT_THIS_LOGGER

bp = Blueprint("readings", __name__, url_prefix="/api/readings")
csrf.exempt(bp)  # the token is sent by the logger itself, never by a browser on its own
MAX_BYTES = 256 * 1024


class GivenReading(BaseModel):
    """One reading: an ISO time with its zone, °C and % relative humidity as numbers or decimal texts."""

    at: str
    temperature: str | float | None = None
    humidity: str | float | None = None


class GivenReadings(BaseModel):
    """At most 1000 readings of the logger whose token is sent."""

    readings: list[GivenReading]


class RefusedRow(BaseModel):
    """A row that was not taken."""

    row: int
    code: str
    message: str


class Answer(BaseModel):
    """How the batch ended; refused rows name their reasons, all others are durable."""

    stored: int
    known: int
    suspect: int
    refused: list[RefusedRow]


@bp.post("")
@public("loggers sign in with a token of their own")
def take() -> ResponseReturnValue:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 20 <= len(token.strip()) <= 200:
        raise NotSignedIn(NOT_THIS_LOGGER, code="storage.token", help="在请求头写 Authorization: Bearer 口令。")
    logger = service.logger_of_token(token.strip())
    if (request.content_length or 0) > MAX_BYTES:
        raise TooLarge("一次最多 256 KB。", code="storage.too_large", help="分几次送。")
    data = request.get_data(cache=False)
    if len(data) > MAX_BYTES:
        raise TooLarge("一次最多 256 KB。", code="storage.too_large", help="分几次送。")
    taken = service.take_readings(logger, _read(data), source="http")
    told = {
        "stored": taken.stored, "known": taken.known, "suspect": taken.suspect,
        "refused": [{"row": e.row, "code": e.code, "message": e.message} for e in taken.errors],
    }  # fmt: skip
    return jsonify(told), 200


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """What is written twice would be taken once, and nobody would know which; so nothing is taken."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise rules.Unreadable("同一个名字在一个对象里写了两次，不知道以哪个为准，请改好再送。")
    return found


def _read(data: bytes) -> rules.Batch:
    try:
        text = data.decode("utf-8")
        if request.mimetype == "text/csv":
            return rules.read_csv(text, now=clock.now())
        if request.mimetype == "application/json":
            body: Any = json.loads(text, parse_float=str, parse_constant=str, object_pairs_hook=_each_name_once)
            return rules.read_json(body, now=clock.now())
    except rules.Unreadable as error:
        raise BadInput(str(error), code="storage.unreadable") from None
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise BadInput("内容读不出来，要是 UTF-8 的 JSON 或 CSV。", code="storage.unreadable") from None
    raise UnsupportedMedia(
        "只收 application/json 和 text/csv。", code="storage.media", help="在请求头写对 Content-Type。"
    )


describe(
    Operation(
        "/api/readings",
        "POST",
        "记录仪上送温湿度读数",
        "冷库",
        {200: ("每一条的结果；重复上送不会重复入账", "application/json", Answer)},
        body=GivenReadings,
        errors=(400, 401),
        parameters=(("Authorization", "header", "Bearer 加记录仪的口令", "string"),),
    )
)
