"""Every request gets an id before anything else happens, is timed, counted and, where it matters, logged.

Reads are logged by the proxy in front; ours are writes, failures and what took long (``YIDUN_ACCESS_LOG=all``: all).
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import time

from flask import Flask, Response, current_app, g, request

from core.observability import logs, metrics

log = logging.getLogger("yidun.request")

HEADER = "X-Request-ID"
SLOW_SECONDS = 1.0
_OURS = re.compile(r"^[0-9A-F]{16}$")


def new_request_id() -> str:
    """Sixteen hexadecimal digits, short enough to be read out on the telephone."""
    return secrets.token_hex(8).upper()


def shown(request_id: str) -> str:
    """The id in four groups, as a person reads it out: ``1A2B 3C4D 5E6F 7081``."""
    return " ".join(request_id[i : i + 4] for i in range(0, len(request_id), 4))


def register(app: Flask) -> None:
    """Afterwards ``g.request_id`` is there for every request, in the answer's header and in every log line."""
    settings = app.config["SETTINGS"]
    if not app.config.get("TESTING"):
        logs.configure(production=settings.production)
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request(_end)
    app.add_template_filter(shown, "request_id_shown")


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    trusted = current_app.config["SETTINGS"].trusted_proxies > 0 and _OURS.match(given)
    g.request_id = given if trusted else new_request_id()
    g.request_began = time.perf_counter()


def _end(response: Response) -> Response:
    began = g.get("request_began")
    if began is None:  # the request was refused before it had an id (a malformed address)
        return response
    seconds = time.perf_counter() - began
    response.headers[HEADER] = g.request_id
    metrics.count(request.method, request.endpoint or "none", response.status_code, seconds)
    _log(response.status_code, seconds)
    return response


def _log(status: int, seconds: float) -> None:
    matters = request.method not in ("GET", "HEAD", "OPTIONS") or status >= 500 or seconds >= SLOW_SECONDS
    if not matters and os.environ.get("YIDUN_ACCESS_LOG") != "all":
        return
    log.log(
        logging.WARNING if status >= 500 else logging.INFO,
        "%s %s %s %.0f ms", request.method, request.path, status, seconds * 1000,
        extra={"status": status, "milliseconds": round(seconds * 1000, 1), "endpoint": request.endpoint},
    )  # fmt: skip
