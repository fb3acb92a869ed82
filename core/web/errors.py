"""One handler renders every error: a page for people, RFC 9457 problem JSON for programs."""

from __future__ import annotations

import html
import logging
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, g, jsonify, make_response, redirect, render_template, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from core import db
from core.errors import BadInput, DomainError, NotFound, NotSignedIn, TooLarge, TooMany, Unavailable

log = logging.getLogger("yidun.errors")

_HTTP: dict[int, tuple[str, str, str]] = {
    400: ("这次请求读不懂", "填写的内容没有送到或格式不对，什么都没有保存。", "返回上一页，刷新后再填一次。"),
    404: ("没有找到", "这个地址没有内容，可能写错了，或者已经撤下。", "从首页重新进入。要查一箱，用首页的“查一箱”。"),
    405: ("不能这样打开", "这个地址只能从页面上的按钮进入。", "返回上一页，用页面上的按钮办理。"),
    413: ("内容太大", "上传的内容超过了上限（一次 24 MB），什么都没有保存。", "照片可先压缩，或分几次上传。"),
    415: ("文件类型不支持", "这种格式系统不能读。", "换成页面说明里列出的格式。"),
    429: ("请求太频繁", "短时间内请求太多，请歇一会儿。", "过一分钟再试。"),
}


def roll_back_quietly() -> None:
    """Drop what the failed request did; a database that is away must not hide the first error."""
    try:
        db.db.session.rollback()
    except Exception:
        log.warning("rollback failed", exc_info=True)


def wants_json() -> bool:
    """Whether the caller is a program: an API path, or an Accept header that prefers JSON."""
    if request.path.startswith(("/api/", "/epcis/")):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return bool(best and best != "text/html" and request.accept_mimetypes[best] > request.accept_mimetypes["text/html"])


def problem(error: DomainError) -> Response:
    body: dict[str, Any] = {
        "type": f"about:blank#{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.message,
        "code": error.code,
        "request_id": g.get("request_id", ""),
    }
    if error.field:
        body["field"] = error.field
    if error.help:
        body["help"] = error.help
    if error.unmet:
        body["unmet"] = [u.as_dict() for u in error.unmet]
    response = make_response(jsonify(body), error.status)
    response.headers["Content-Type"] = "application/problem+json"
    return response


def render(error: DomainError) -> Response:
    """The answer for ``error``, in the form the caller reads."""
    if isinstance(error, NotSignedIn) and request.method == "GET" and not wants_json():
        return make_response(redirect("/login?next=" + quote(request.full_path.rstrip("?"), safe="/")))
    if wants_json():
        response = problem(error)
    else:
        try:
            body = render_template("ui/error.html", error=error, request_id=g.get("request_id", ""))
        except Exception:
            log.exception("the error page itself failed")
            body = _plain(error)
        response = make_response(body, error.status)
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    response.headers["Cache-Control"] = "no-store"
    return response


def _plain(error: DomainError) -> str:
    text = html.escape
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{text(error.title)}</title><h1>{text(error.title)}</h1><p>{text(error.message)}</p>"
        f"<p>{text(error.help)}</p><p>请求编号 {text(str(g.get('request_id', '')))}</p>"
    )


def _from_http(error: HTTPException) -> DomainError:
    status = error.code or 500
    title, message, help_ = _HTTP.get(
        status, ("没有做成", "系统没有办成这件事。", "过一会儿再试；还不行请告知管理员请求编号。")
    )
    kind: type[DomainError] = {400: BadInput, 404: NotFound, 413: TooLarge, 429: TooMany}.get(status, DomainError)
    found = kind(message, code=f"http.{status}", help=help_)
    found.title, found.status = title, status
    return found


def register(app: Flask) -> None:
    """Afterwards every error of ``app`` is rendered here."""

    @app.errorhandler(DomainError)
    def _domain(error: DomainError) -> Response:
        return render(error)

    @app.errorhandler(DBAPIError)
    def _database(error: DBAPIError) -> Response:
        told = db.translate(error)
        if told is None:
            raise error
        if told.status >= 500:
            log.warning("database refused: %s", type(error.orig).__name__)
        return render(told)

    @app.errorhandler(PoolTimeout)
    def _busy(_error: PoolTimeout) -> Response:
        return render(
            Unavailable("现在人太多，没有轮到这次请求。", code="database.pool", help="请过几秒再试。", retry_after=3)
        )

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        if error.code is not None and error.code < 400:
            return error
        response = render(_from_http(error))
        if error.code == 405 and getattr(error, "valid_methods", None):
            response.headers["Allow"] = ", ".join(error.valid_methods or ())  # type: ignore[attr-defined]
        return response

    @app.errorhandler(500)
    def _unexpected(error: Exception) -> Response:
        log.error("unexpected error", exc_info=getattr(error, "original_exception", None) or error)
        failed = DomainError(
            "系统出了差错，刚才的操作没有保存。",
            code="server.error",
            help="请过一会儿再试；还不行，请把下面的请求编号告诉管理员。",
        )
        failed.title, failed.status = "系统出错了", 500
        return render(failed)
