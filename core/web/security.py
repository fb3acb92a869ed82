"""CSRF, rate limits, security headers, and a bound on what a form may hold."""

from __future__ import annotations

import unicodedata

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError

from core.errors import BadInput

csrf = CSRFProtect()
limiter = Limiter(
    get_remote_address, storage_uri="memory://", default_limits=["1200 per minute"], headers_enabled=False
)

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'; worker-src 'self'"
)


def register(app: Flask) -> None:
    """Afterwards every POST needs a token, every answer carries the headers, unreadable text is refused."""
    app.config.setdefault("RATELIMIT_ENABLED", not app.config.get("TESTING", False))
    csrf.init_app(app)
    limiter.init_app(app)
    app.before_request(_refuse_unreadable_text)
    app.after_request(_headers)

    @app.errorhandler(CSRFError)
    def _csrf(_error: CSRFError) -> Response:
        from core.web.errors import render

        return render(
            BadInput(
                "页面打开太久，已经失效，刚才的填写没有保存。", code="form.expired", help="返回上一页，刷新后再填一次。"
            )
        )


def _refuse_unreadable_text() -> None:
    """NUL and other control characters never reach a view or the database (tab and line breaks may)."""
    sources = [request.args, request.form] if request.method == "POST" else [request.args]
    for source in sources:
        for key, value in source.items(multi=True):
            if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\r\n" for c in value):
                raise BadInput(
                    "填写的内容里有看不见的控制字符。",
                    code="input.control_character",
                    field=key,
                    help="删掉后重新输入，不要从别处直接粘贴。",
                )


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=(), payment=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if current_app.config["SETTINGS"].production:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response
