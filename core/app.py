"""The application factory: one Flask application out of core and the floors the composition root names.

The transaction lives here: a request commits once, after the view answered and before the answer leaves
(``core.db.finish_request``); any refusal rolls back.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from flask_login import LoginManager
from flask_migrate import Migrate
from jinja2 import FileSystemBytecodeCache
from werkzeug.middleware.proxy_fix import ProxyFix

from core import clock, config, db
from core.account import access
from core.rooms import plug_in
from core.web import errors, security

CORE_ROOMS = (
    "observability", "health", "account", "organisation", "notice", "job", "file", "calendar", "ledger",
    "place", "taxonomy", "seal", "record", "api", "ui", "policy",
)  # fmt: skip


class YidunFlask(Flask):
    """Flask with the single commit: inside the part whose errors are handled."""

    def dispatch_request(self, *args: Any, **kwargs: Any) -> ResponseReturnValue:
        response = self.make_response(super().dispatch_request(*args, **kwargs))
        return db.finish_request(response)

    def handle_user_exception(self, e: Exception, *args: Any, **kwargs: Any) -> Any:
        errors.roll_back_quietly()
        return super().handle_user_exception(e, *args, **kwargs)


def create_app(floors: Sequence[ModuleType], settings: config.Settings | None = None, **overrides: Any) -> Flask:
    """One application with the rooms of ``floors`` plugged in; ``overrides`` go to ``app.config``."""
    s = settings or config.settings()
    app = YidunFlask("core", static_folder="ui/static", static_url_path="/static", template_folder="ui/templates")
    app.config.from_mapping(
        SETTINGS=s,
        SECRET_KEY=s.secret_key,
        MAX_CONTENT_LENGTH=24 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=400,
        SESSION_COOKIE_NAME="yidun",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=s.secure_cookies,
        REMEMBER_COOKIE_SECURE=s.secure_cookies,
        REMEMBER_COOKIE_HTTPONLY=True,
        PERMANENT_SESSION_LIFETIME=14 * 24 * 3600,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
    )
    app.config.update(overrides)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    keep_compiled(app, s.var / "cache" / "templates")
    if s.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=s.trusted_proxies, x_proto=s.trusted_proxies)  # type: ignore[method-assign]
    db.init_app(app, s.database_url, pool_size=s.pool_size)
    Migrate(app, db.db, directory=str(config.ROOT / "migrations"), compare_type=True)
    _login(app)
    app.before_request(access.enforce)
    security.register(app)
    errors.register(app)
    _plug_in(app, floors)
    _context(app)
    return app


def keep_compiled(app: Flask, folder: Path) -> None:
    """Compiled templates stay in ``folder`` (named by their text), so that no process compiles them again after a start."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(folder))


def _login(app: Flask) -> None:
    manager = LoginManager()
    manager.session_protection = None  # rotation and epoch do this without breaking phones that change networks
    manager.init_app(app)

    @manager.user_loader  # type: ignore[untyped-decorator]
    def _load(session_id: str) -> Any:
        from core.account.service import user_of_session

        return user_of_session(session_id)


def _plug_in(app: Flask, floors: Sequence[ModuleType]) -> None:
    from core import cli

    plug_in(app, "core", CORE_ROOMS)
    for floor in floors:
        importlib.import_module(f"{floor.__name__}.register").register(app)
    cli.register(app)


def _context(app: Flask) -> None:
    @app.context_processor
    def _names() -> dict[str, Any]:
        return {"actor": access.current_actor(), "today": clock.today(), "now": clock.now(), "local": clock.local}

    @app.after_request
    def _no_store_for_members(response: Response) -> Response:
        if "Cache-Control" not in response.headers and not request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store" if access.current_actor_known() else "no-cache"
        return response
