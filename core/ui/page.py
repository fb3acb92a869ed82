"""What a page remembers about its reader: language and large type, by a parameter kept in a cookie (no database, no script)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, current_app, g, get_flashed_messages, request
from sqlalchemy.exc import SQLAlchemyError

YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class PageSettings:
    """Language ``zh`` or ``en``; large type on or off."""

    lang: str = "zh"
    large: bool = False


def page_settings() -> PageSettings:
    """The settings of this request: the parameter wins over the cookie."""
    found = g.get("ui_page")
    if found is None:
        found = read_settings(dict(request.args.items()), dict(request.cookies.items()))
        g.ui_page = found
    return found  # type: ignore[no-any-return]


def read_settings(args: dict[str, str], cookies: dict[str, str]) -> PageSettings:
    """Settings from parameters and cookies; anything unknown counts as not given (pure)."""
    lang = next((v for v in (args.get("lang"), cookies.get("lang")) if v in ("zh", "en")), "zh")
    large = next((v for v in (args.get("large"), cookies.get("large")) if v in ("0", "1")), "0")
    return PageSettings(lang, large == "1")


def keep_settings(response: Response) -> Response:
    """Keep a parameter in its cookie; pages vary by cookie."""
    for name, allowed in (("lang", ("zh", "en")), ("large", ("0", "1"))):
        given = request.args.get(name)
        if given in allowed and response.status_code < 500:
            response.set_cookie(
                name,
                given,
                max_age=YEAR,
                samesite="Lax",
                secure=current_app.config["SESSION_COOKIE_SECURE"],
                httponly=True,
            )
    if response.mimetype == "text/html":
        response.vary.add("Cookie")
    return response


def switch_url(name: str, value: str) -> str:
    """This page with one setting changed; after a POST the link leads to the home page instead of repeating it."""
    if request.method != "GET":
        return "/?" + urlencode({name: value})
    args = [(k, v) for k, v in request.args.items(multi=True) if k != name]
    return request.path + "?" + urlencode([*args, (name, value)])


def here() -> str:
    """The address of this page (GET), else the home page."""
    return request.full_path.rstrip("?") if request.method == "GET" else back_here() or "/"


def back_here() -> str:
    """The page of ours the reader came from, or ''."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host or not parts.path.startswith("/"):
        return ""
    path = parts.path + ("?" + parts.query if parts.query else "")
    return "" if path.startswith("//") or (path == request.full_path.rstrip("?") and request.method == "GET") else path


def signed_in() -> bool:
    """Whether the reader has an account and is in it."""
    from core.account.access import current_actor

    return current_actor().user_id is not None


def told() -> list[tuple[str, str]]:
    """Messages left for this page as (tone, text)."""
    tones = ("ok", "busy", "todo", "bad", "none")
    messages: list[Any] = list(get_flashed_messages(with_categories=True))
    return [(c if c in tones else "none", str(m)) for c, m in messages]


def _page_names() -> dict[str, Any]:
    """The page's settings; where the database is away the reader counts as a guest, so that the error page stands."""
    from core.account.access import current_actor
    from core.account.actor import GUEST

    try:
        current_actor()
    except SQLAlchemyError:
        g.actor = GUEST
    return {"ui_page": page_settings()}


def register(app: Flask, helpers: dict[str, Any]) -> None:
    """Afterwards templates know ``ui_page``, ``switch_url`` and the helpers given; cookies keep what was asked."""
    app.jinja_env.globals.update(helpers)
    app.jinja_env.globals.update(switch_url=switch_url, here=here, back_here=back_here, told=told)
    app.context_processor(_page_names)
    app.after_request(keep_settings)
