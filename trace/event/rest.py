"""The EPCIS 2.0 REST binding: one wrapper round every operation (token, versions, media, headers, refusals).

``/epcis/`` follows the GS1 OpenAPI 2.0.0.  No cookie is read here: a caller is who its bearer token says, or nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, request

from core.account.access import public
from core.config import settings
from core.errors import DomainError
from core.web.security import csrf, limiter
from trace.event import tokens
from trace.event.answers import AS_CAPTURED, DIGITAL_LINK
from trace.event.capture import CAPTURE_LIMIT, FILE_SIZE_LIMIT
from trace.event.jsontext import dumps
from trace.event.problems import (
    EXCEPTION_OF_STATUS,
    ForbiddenProblem,
    NoSuchResource,
    NotAcceptableProblem,
    SecurityProblem,
    TooLongAddress,
    ValidationProblem,
)  # fmt: skip
from trace.event.tokens import Bearer

bp = Blueprint("epcis", __name__, url_prefix="/epcis")
csrf.exempt(bp)  # a bearer token is sent by the program itself, never by a browser on its own
OPEN = "EPCIS 接口凭令牌；没有令牌的只看公开字段"
VERSION = "2.0.0"
LONGEST_ADDRESS = 8000
ANONYMOUS_LIMIT = "60 per minute;2000 per day"
COMMON = {
    "GS1-EPCIS-Version": VERSION,
    "GS1-CBV-Version": VERSION,
    "GS1-Extensions": "cbvmda=urn:epcglobal:cbv:mda:",
    "Access-Control-Allow-Origin": "*",
    "Vary": "Accept, Authorization",
}
DISCOVERY = {
    "GS1-EPCIS-Min": VERSION,
    "GS1-EPCIS-Max": VERSION,
    "GS1-CBV-Min": VERSION,
    "GS1-CBV-Max": VERSION,
    "GS1-EPC-Format": DIGITAL_LINK,
    "GS1-CBV-XML-Format": "Never_Translates",
    "GS1-Vendor-Version": "yidun-1.0",
}
CAPTURE_DISCOVERY = {
    "GS1-EPCIS-Capture-Limit": str(CAPTURE_LIMIT),
    "GS1-EPCIS-Capture-File-Size-Limit": str(FILE_SIZE_LIMIT),
    "GS1-Capture-Error-Behaviour": "all",
}
View = Callable[..., Response]
_methods: dict[str, set[str]] = {}


def bearer() -> Bearer:
    """Whose token the request carries (asked once)."""
    found = g.get("epcis_bearer", False)
    if found is False:
        found = g.epcis_bearer = tokens.bearer_of(request.headers.get("Authorization"))
    if found is None:
        raise SecurityProblem(
            "令牌不对、已停用或者过期。", help="在“事件”页的“令牌”里新建一个，放在请求头 Authorization: Bearer 后面。"
        )
    assert isinstance(found, Bearer)
    return found


def _holds_token() -> bool:
    try:
        return not bearer().anonymous
    except SecurityProblem:
        return False


limiter.limit(ANONYMOUS_LIMIT, exempt_when=_holds_token)(bp)


def resource(
    path: str, method: str = "GET", *, scope: str = "query", anonymous: bool = False, websocket: bool = False
) -> Callable[[View], View]:
    """Register an operation: ``scope`` is what the token must hold; ``anonymous`` lets callers without one in."""
    _methods.setdefault(path, {"OPTIONS"}).add(method)

    def keep(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> Response:
            caller = bearer()
            if caller.anonymous and not anonymous:
                raise SecurityProblem("这里要令牌。", help="请求头写 Authorization: Bearer 和令牌。")
            if not caller.anonymous and scope not in caller.scopes:
                raise ForbiddenProblem(
                    f"这个令牌没有“{tokens.SCOPES[scope]}”的权限。", help="新建一个有这项权限的令牌。"
                )
            negotiate()
            if any("\0" in str(value) for value in values.values()):
                raise NoSuchResource("没有这个地址。", help="地址里有空字符（%00）。")
            return view(**values)

        marked = public(OPEN)(guarded)
        bp.add_url_rule(
            path,
            endpoint=view.__name__,
            view_func=marked,
            methods=[method],
            provide_automatic_options=False,
            merge_slashes=False,
            websocket=websocket,
        )
        return marked

    return keep


def negotiate() -> None:
    """Refuse what cannot be answered as asked: media type, version, form of identifiers, a far too long address."""
    if len(request.full_path) > LONGEST_ADDRESS:
        raise TooLongAddress(
            f"地址最长 {LONGEST_ADDRESS} 个字符。", help="长的查询用 POST /epcis/queries 存成命名查询。"
        )
    accepted = request.accept_mimetypes
    if accepted and not any(accepted[kind] for kind in ("application/json", "application/ld+json")):
        raise NotAcceptableProblem(
            "只能给出 JSON-LD。", help="请求头 Accept 写 application/json 或 application/ld+json。"
        )
    for family in ("EPCIS", "CBV"):
        low, high = request.headers.get(f"GS1-{family}-Min"), request.headers.get(f"GS1-{family}-Max")
        exact = request.headers.get(f"GS1-{family}-Version") if request.method == "POST" else None
        if (
            (low and _number(low) > (2, 0, 0))
            or (high and _number(high) < (2, 0, 0))
            or (exact and _number(exact)[:2] != (2, 0))
        ):
            raise NotAcceptableProblem(f"这里的 {family} 版本是 {VERSION}。", help="按 2.0 的格式收发。")
    if request.headers.get("GS1-EPC-Format") == "Always_EPC_URN":
        raise NotAcceptableProblem(
            "不能把标识都改写成 EPC URN。", help="GS1-EPC-Format 用 Always_GS1_Digital_Link 或 Never_Translates。"
        )


def _number(version: str) -> tuple[int, ...]:
    parts = version.split(".")
    if not all(part.isdigit() and len(part) < 6 for part in parts):
        raise ValidationProblem("版本号要写成 2.0.0 这样。")
    return tuple([*(int(part) for part in parts), 0, 0][:3])


def epc_format() -> str:
    """The form of identifiers the caller wants; GS1's default is Digital Link."""
    wanted = request.headers.get("GS1-EPC-Format", DIGITAL_LINK)
    return DIGITAL_LINK if wanted == DIGITAL_LINK else AS_CAPTURED


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON-LD answer in the media type asked for."""
    kind = "application/ld+json" if _prefers_ld() else "application/json"
    made = Response(dumps(body), status, mimetype=kind)
    made.headers.update(headers or {})
    return made


def _prefers_ld() -> bool:
    accepted = request.accept_mimetypes
    return bool(accepted) and accepted["application/ld+json"] > accepted["application/json"]


def empty(status: int, headers: dict[str, str] | None = None) -> Response:
    made = Response(status=status)
    made.headers.update(headers or {})
    return made


def address(*parts: str) -> str:
    """The full address of a resource; the host is the configured one, never the caller's word."""
    return "/".join([f"{settings().link_origin}/epcis", *parts])


@bp.after_request
def _headers(response: Response) -> Response:
    for name, value in COMMON.items():
        response.headers.setdefault(name, value)
    if response.status_code == 413:
        response.headers.update(CAPTURE_DISCOVERY)
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="epcis"'
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@bp.errorhandler(DomainError)
def _problem(error: DomainError) -> Response:
    return problem(error)


def problem(error: DomainError) -> Response:
    """An RFC 9457 problem whose type is the standard's exception; ``errors`` lists every fault with its place."""
    named = getattr(error, "exception", None) or EXCEPTION_OF_STATUS.get(error.status, "ImplementationException")
    body: dict[str, Any] = {
        "type": f"epcisException:{str(named).removeprefix('epcisException:')}",
        "title": error.title,
        "status": error.status,
        "detail": error.message,
        "code": error.code,
        "request_id": g.get("request_id", ""),
    }
    if error.help:
        body["help"] = error.help
    faults = [f if isinstance(f, dict) else f.as_dict() for f in getattr(error, "faults", ())]
    if faults:
        body["errors"] = faults
    made = Response(dumps(body), error.status, mimetype="application/problem+json")
    if error.retry_after:
        made.headers["Retry-After"] = str(error.retry_after)
    return made


def register_discovery() -> None:
    """OPTIONS on every path registered so far: allowed methods, versions, limits."""
    for path, methods in _methods.items():
        bp.add_url_rule(
            path, endpoint="options" + re.sub(r"\W+", "_", path), view_func=public(OPEN)(_discovery(path, methods)),
            methods=["OPTIONS"], provide_automatic_options=False, merge_slashes=False,
        )  # fmt: skip


def _discovery(path: str, methods: set[str]) -> View:
    allowed = ", ".join(["OPTIONS", *(m for m in ("GET", "POST", "DELETE") if m in methods)])
    more = CAPTURE_DISCOVERY if path in ("/capture", "/events") else {}

    def options(**_values: Any) -> Response:
        return empty(
            204,
            {
                "Allow": allowed,
                **DISCOVERY,
                **more,
                "Access-Control-Allow-Methods": allowed,
                "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept, GS1-EPC-Format, GS1-Extensions",
            },
        )

    return options
