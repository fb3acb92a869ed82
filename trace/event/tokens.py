"""Bearer tokens of partners' systems: shown once, kept as a hash, with scopes, an end and a revocation."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from core import clock
from core.account.actor import Actor
from core.db import db, separate_unit
from core.errors import BadInput, Conflict, NotFound
from core.identifiers import normalise_text
from core.record.service import record
from trace.event.models import Token

SCOPES = {"capture": "送事件", "query": "查事件", "admin": "管理命名查询和订阅"}
PREFIX = "ydt_"
MAX_TOKENS = 50
LIFETIMES = {"30": "30 天", "90": "90 天", "365": "1 年", "730": "2 年"}
_USED_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose token a request carries and what it may do; an anonymous one may only ask for public fields."""

    organisation_id: int | None = None
    token_id: int | None = None
    scopes: frozenset[str] = frozenset()

    @property
    def anonymous(self) -> bool:
        return self.organisation_id is None


ANONYMOUS = Bearer()


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def make_token(actor: Actor, *, name: str, scopes: Iterable[str], days: int) -> tuple[Token, str]:
    """A new token of the actor's organisation and its text, which nobody can ever read again."""
    wanted = [scope for scope in SCOPES if scope in set(scopes)]
    if not wanted or len(wanted) != len(set(scopes)):
        raise BadInput("至少选一项权限。", code="token.scopes", field="scopes")
    label = normalise_text(name)
    if not label or len(label) > 60:
        raise BadInput("给令牌起个名字，说明给谁用，60 字以内。", code="token.name", field="name")
    if not 1 <= days <= 730:
        raise BadInput("有效期最长两年。", code="token.days", field="days")
    assert actor.organisation_id is not None
    now = clock.now()
    live = db.session.scalars(
        select(Token.id).where(
            Token.organisation_id == actor.organisation_id, Token.revoked_at.is_(None), Token.expires_at > now
        )
    ).all()
    if len(live) >= MAX_TOKENS:
        raise Conflict(f"有效的令牌已有 {MAX_TOKENS} 个，先停用不用的。", code="token.too_many", field="name")
    text = PREFIX + secrets.token_urlsafe(32)
    token = Token(
        organisation_id=actor.organisation_id, name=label, digest=digest_of(text), hint=text[: len(PREFIX) + 4],
        scopes=wanted, created_at=now, created_by=actor.user_id, expires_at=now + timedelta(days=days),
        revoked_at=None, last_used_at=None,
    )  # fmt: skip
    db.session.add(token)
    db.session.flush()
    record("token.made", token, actor, name=label, scopes=wanted, days=days)
    return token, text


def get_token(public_id: object, actor: Actor) -> Token:
    """The organisation's token; NotFound for another's."""
    token = db.session.scalar(
        select(Token).where(Token.public_id == public_id, Token.organisation_id == actor.organisation_id)
    )
    if token is None:
        raise NotFound("没有找到这个令牌。", help="请从令牌列表重新进入。")
    return token


def revoke(token: Token, actor: Actor) -> None:
    """Afterwards the token opens nothing; a second time changes nothing."""
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        record("token.revoked", token, actor, name=token.name)


def tokens_of(organisation_id: int) -> Sequence[Token]:
    """The organisation's tokens, newest first, ended ones included."""
    return db.session.scalars(
        select(Token).where(Token.organisation_id == organisation_id).order_by(Token.id.desc())
    ).all()


def state_of(token: Token, now: datetime) -> tuple[str, str]:
    """Word and tone of a token's state."""
    if token.revoked_at is not None:
        return "已停用", "none"
    return ("已过期", "none") if token.expires_at <= now else ("有效", "ok")


def bearer_of(header: str | None) -> Bearer | None:
    """Who an Authorization header says it is: anonymous without one, None where the token is unknown, ended or revoked."""
    if not header:
        return ANONYMOUS
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "bearer" or not text.strip().startswith(PREFIX):
        return None
    now = clock.now()
    token = db.session.scalar(select(Token).where(Token.digest == digest_of(text.strip())))
    if token is None or token.revoked_at is not None or token.expires_at <= now:
        return None
    if token.last_used_at is None or now - token.last_used_at >= _USED_EVERY:
        _note_use(token.id, now)
    return Bearer(token.organisation_id, token.id, frozenset(token.scopes))


def _note_use(token_id: int, now: datetime) -> None:
    """Once an hour at most, apart from the request: reading with a token stays reading."""
    with separate_unit() as unit:
        unit.execute(update(Token).where(Token.id == token_id).values(last_used_at=now))
