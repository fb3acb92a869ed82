"""A WSGI callable in front of Flask for GET and HEAD of code addresses: no session, no login, no locale (TRAPS 9).

A request that carries a session cookie goes on to Flask, where the actor is known and staff are not counted.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from core.errors import Unavailable
from trace.resolver.answers import CONTEXT_PATH, preflight
from trace.scan.addresses import is_code_path
from trace.scan.answer import CodePage
from trace.scan.reader import SESSION_COOKIE

log = logging.getLogger("trace.scan")
_STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_OPEN = ("/00/", "/414/", "/.well-known/gs1resolver", CONTEXT_PATH)
_SAFE = "/-._~!$&'()*+,;=:@"
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class ShortCut:
    """Answers code addresses by itself and hands everything else to ``inner``."""

    def __init__(self, page: CodePage, inner: Wsgi) -> None:
        self._page, self._inner = page, inner

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        method = environ.get("REQUEST_METHOD")
        if method == "OPTIONS" and (is_code_path(path) or path.startswith(_OPEN)):
            return self._preflight(environ, start_response)
        if not is_code_path(path) or method not in ("GET", "HEAD") or self._has_session(environ):
            return self._inner(environ, start_response)
        try:
            answer = self._page.answer(environ, raw_path(environ))
        except Unavailable as away:
            answer = self._page.away(away)
        except Exception:
            log.exception("code page failed")
            return self._inner(environ, start_response)
        body = b"" if method == "HEAD" else answer.body
        headers = [*answer.headers, ("Content-Length", str(len(answer.body))), ("X-Request-ID", secrets.token_hex(8))]
        start_response(_STATUS[answer.status], headers)
        return [body]

    @staticmethod
    def _preflight(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        reply = preflight(environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", ""))
        start_response(_STATUS[reply.status], [*reply.headers, ("Content-Length", "0")])
        return [b""]

    @staticmethod
    def _has_session(environ: dict[str, Any]) -> bool:
        cookie = environ.get("HTTP_COOKIE", "")
        return SESSION_COOKIE + "=" in cookie and f" {cookie}".find(f" {SESSION_COOKIE}=") >= 0


def raw_path(environ: dict[str, Any]) -> str:
    """The path percent-coded again: WSGI hands it over decoded, as latin-1."""
    path: str = environ.get("PATH_INFO", "")
    if path.isascii() and path.replace("/", "").replace("-", "").isalnum():
        return path
    return quote(path.encode("latin-1", "replace"), safe=_SAFE)
