"""Every view declares who may call it; one check before each request; the actor of the request.

``@access`` and ``@public`` only mark the function (a test reads the mark); :func:`enforce` decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, has_request_context, request, session
from flask_login import current_user

from core.account.actor import GUEST, Actor
from core.account.errors import TotpNeeded
from core.errors import Denied, NotSignedIn

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a view declared: a permission, or a reason why everybody may call it."""

    permission: str | None = None
    reason: str = ""


def access(permission: str) -> Callable[[F], F]:
    """The view may be called only by an actor holding ``permission``."""

    def mark(view: F) -> F:
        view.__access__ = Declaration(permission=permission)  # type: ignore[attr-defined]
        return view

    return mark


def public(reason: str) -> Callable[[F], F]:
    """The view may be called by anybody, for the stated reason."""

    def mark(view: F) -> F:
        view.__access__ = Declaration(reason=reason)  # type: ignore[attr-defined]
        return view

    return mark


def declaration_of(app: Flask, endpoint: str) -> Declaration | None:
    found = getattr(app.view_functions.get(endpoint), "__access__", None)
    return found if isinstance(found, Declaration) else None


def current_actor() -> Actor:
    """The actor of this request: the signed-in user acting for the organisation chosen after login, or a guest."""
    if not has_request_context():
        return GUEST
    actor: Actor | None = g.get("actor")
    if actor is None:
        from core.account.queries import load_actor

        user_id = current_user.id if current_user.is_authenticated else None
        actor = load_actor(user_id, session.get("membership")) if user_id is not None else GUEST
        g.actor = actor
    return actor


def enforce() -> None:
    """Before each request: refuse a view whose permission the actor lacks (401 for guests, 403 otherwise)."""
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static" or endpoint.endswith(".static"):
        return
    declared = declaration_of(current_app, endpoint)
    if declared is None:
        raise RuntimeError(f"endpoint {endpoint} declares no access")
    if declared.permission is None:
        return
    actor = current_actor()
    if actor.user_id is None:
        raise NotSignedIn("这一页要登录后才能看。", help="登录后会回到这一页。")
    if actor.needs_second_factor and totp_required() and not endpoint.startswith("account."):
        raise TotpNeeded(
            "这个岗位要先启用动态口令，才能办理业务。", help="打开“我的账号”，在“动态口令”里启用，约 1 分钟。"
        )
    if not actor.can(declared.permission):
        raise Denied(
            "你现在的身份不能办理这件事。",
            help="如果你在别的单位也有身份，请在右上角切换；没有的话，请本单位负责人添加。",
        )


def totp_required() -> bool:
    """Whether privileged roles must have a second factor here (always in production)."""
    return bool(current_app.config.get("TOTP_REQUIRED", current_app.config["SETTINGS"].production))


def current_actor_known() -> bool:
    """Whether this request already knows a signed-in actor (asks nothing of the database)."""
    actor = g.get("actor") if has_request_context() else None
    return actor is not None and actor.user_id is not None
