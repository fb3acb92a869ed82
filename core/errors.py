"""Typed errors: a code for tests and logs, a Chinese sentence for the user, the field, and what to do next.

Pure: rules may import it.  Services raise; one handler (``core.app``) renders HTML or RFC 9457 problem JSON.
Database constraint names map to the same sentences, so that a race and a check tell the user the same thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unmet:
    """One unmet rule: what is missing, which rule says so, what helps, who can do it."""

    rule: str
    message: str
    article: str = ""
    help: str = ""
    who: str = ""

    def as_dict(self) -> dict[str, str]:
        return {
            "rule": self.rule,
            "message": self.message,
            "article": self.article,
            "help": self.help,
            "who": self.who,
        }


class DomainError(Exception):
    """Base of everything a user may be told."""

    status = 422
    default_code = "domain.error"
    title = "这一步没有做成"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        field: str | None = None,
        help: str = "",
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.field = field
        self.help = help
        self.retry_after = retry_after
        self.unmet: tuple[Unmet, ...] = ()


class BadInput(DomainError):
    """The input cannot be read: wrong type, over-long, control characters, malformed code."""

    status = 400
    default_code = "input.bad"
    title = "填写的内容有误"


class NotSignedIn(DomainError):
    status = 401
    default_code = "account.sign_in_needed"
    title = "请先登录"


class Denied(DomainError):
    """The actor is known but may not do this."""

    status = 403
    default_code = "access.denied"
    title = "不能办理"


class NotFound(DomainError):
    """Not there, or not visible to the actor (another organisation's object)."""

    status = 404
    default_code = "object.not_found"
    title = "没有找到"


class Conflict(DomainError):
    """The state of things does not allow this any more (taken, sold, already done)."""

    status = 409
    default_code = "object.conflict"
    title = "情况有变"


class InvalidMove(Conflict):
    """The workflow has no such move from the present state."""

    default_code = "workflow.invalid_move"


class StalePage(Conflict):
    """Somebody else changed the object after this page was opened; nothing was overwritten."""

    default_code = "page.stale"
    title = "页面已不是最新"


class TooLarge(DomainError):
    status = 413
    default_code = "input.too_large"
    title = "文件太大"


class UnsupportedMedia(DomainError):
    status = 415
    default_code = "input.unsupported_media"
    title = "文件类型不支持"


class RuleBroken(DomainError):
    """One or more rules are unmet; ``unmet`` holds every one of them."""

    status = 422
    default_code = "rule.broken"
    title = "还差几样"

    def __init__(
        self,
        message: str = "",
        *,
        unmet: Sequence[Unmet] = (),
        code: str | None = None,
        field: str | None = None,
        help: str = "",
    ) -> None:
        text = message or (unmet[0].message if unmet else "条件不满足。")
        super().__init__(text, code=code or (unmet[0].rule if unmet else None), field=field, help=help)
        self.unmet = tuple(unmet)


class TooMany(DomainError):
    status = 429
    default_code = "rate.too_many"
    title = "请求太频繁"


class Unavailable(DomainError):
    status = 503
    default_code = "service.unavailable"
    title = "暂时不可用"


@dataclass(frozen=True, slots=True)
class ConstraintText:
    code: str
    message: str
    field: str | None = None


_CONSTRAINTS: dict[str, ConstraintText] = {}


def register_constraint(name: str, code: str, message: str, field: str | None = None) -> None:
    """After this, a violation of database constraint ``name`` is told to the user as ``message`` (409)."""
    _CONSTRAINTS[name] = ConstraintText(code, message, field)


def constraint_text(name: str | None) -> ConstraintText | None:
    return _CONSTRAINTS.get(name or "")
