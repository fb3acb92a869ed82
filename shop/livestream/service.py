"""Hosts apply, the brand office decides, hosts get links; a click is remembered in the visitor's browser only."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, Denied, NotFound
from core.identifiers import normalise_text
from core.record.service import record
from core.workflow.engine import fire
from core.workflow.table import Move
from shop.catalogue.errors import ListingNotFound
from shop.livestream import permissions, rules
from shop.livestream.models import Host, HostLink

COOKIE = "yidun_host"
KEPT_CLICKS = 8


def apply(actor: Actor, *, stage_name: str, platform: str, account: str, promise: bool) -> Host:
    """The actor's own host registration is a draft with these facts; one natural person has one."""
    if actor.user_id is None or not actor.can(permissions.APPLY):
        raise Denied("登录后才能登记主播。", help="先登录或注册。")
    name, account = normalise_text(stage_name), normalise_text(account)
    if not 2 <= len(name) <= 20:
        raise BadInput("主播名写 2 到 20 个字。", code="livestream.name", field="stage_name")
    if platform not in dict(rules.PLATFORMS):
        raise BadInput("还没有选直播平台。", code="livestream.platform", field="platform")
    if len(account) > 60:
        raise BadInput("账号最多 60 个字。", code="livestream.account", field="account")
    host = host_of(actor)
    if host is None:
        host = Host(user_id=actor.user_id, stage_name=name, platform=platform)
        db.session.add(host)
    elif host.state != "draft":
        raise Denied("登记已经提交，现在不能修改。", help="需要修改时请品牌办退回。")
    else:
        host.version += 1
    host.stage_name, host.platform, host.account, host.promise = name, platform, account, promise
    host.organisation_id = actor.organisation_id if actor.organisation_kind == "host" else None
    db.session.flush()
    record("host.drafted", host, actor)
    return host


def move_host(actor: Actor, host: Host, move: str, *, reason: str | None = None) -> None:
    """The registration made the move of the table (submit, return, approve, suspend, restore)."""
    fire(rules.HOST, host, move, actor, reason=reason)


def make_link(actor: Actor, host: Host, listing_id: int) -> HostLink:
    """The host's link for a published listing; the same listing gives the same link."""
    if host.user_id != actor.user_id:
        raise NotFound("没有找到这位主播。")
    if host.state != "approved":
        raise Denied("主播登记批准以后才能取链接。", help="请等品牌办审核。")
    link = db.session.scalar(
        select(HostLink).where(
            HostLink.host_id == host.id, HostLink.listing_id == listing_id, HostLink.ended_at.is_(None)
        )
    )
    if link is None:
        link = HostLink(
            host_id=host.id, listing_id=listing_id, token=_token(), rule_version=rules.RULE_VERSION, made_at=clock.now()
        )
        db.session.add(link)
        db.session.flush()
        record("host.link_made", link, actor, listing_id=listing_id)
    return link


def end_link(actor: Actor, link: HostLink) -> None:
    """The link no longer opens and no longer counts."""
    host = db.session.get_one(Host, link.host_id)
    if host.user_id != actor.user_id:
        raise NotFound("没有找到这条链接。")
    if link.ended_at is None:
        link.ended_at = clock.now()
        record("host.link_ended", link, actor)


def host_of(actor: Actor) -> Host | None:
    """The actor's own registration, or None."""
    if actor.user_id is None:
        return None
    return db.session.scalar(select(Host).where(Host.user_id == actor.user_id))


def visible(host: Host, actor: Actor) -> bool:
    """The person themselves, and the brand office."""
    return host.user_id == actor.user_id or actor.can(permissions.REVIEW)


def find_link(token: str) -> HostLink:
    """The live link of a token; ListingNotFound otherwise."""
    if not token.isascii() or not token.isalnum():
        raise ListingNotFound
    link = db.session.scalar(select(HostLink).where(HostLink.token == token, HostLink.ended_at.is_(None)))
    if link is None:
        raise ListingNotFound
    return link


def remember(cookie: str | None, link: HostLink, now: datetime) -> str:
    """The visitor's cookie with this click added (last eight links), signed."""
    kept = [(t, s) for t, s in _read(cookie) if t != link.token][-(KEPT_CLICKS - 1) :]
    return str(_signer().dumps([*kept, (link.token, int(now.timestamp()))]))


def clicks(cookie: str | None) -> list[rules.Click]:
    """The clicks a visitor's cookie remembers, as far as their links still stand, in one statement."""
    seen = dict(_read(cookie))
    if not seen:
        return []
    rows = db.session.execute(
        select(HostLink, Host)
        .join(Host, Host.id == HostLink.host_id)
        .where(HostLink.token.in_(seen), HostLink.ended_at.is_(None))
    )
    return [
        rules.Click(
            link.id, link.listing_id, host.id, host.user_id, host.state == "approved",
            datetime.fromtimestamp(seen[link.token], UTC),
        )
        for link, host in rows
    ]  # fmt: skip


def load_facts(host: Host, _move: Move, _actor: Actor, _now: datetime, _payload: Mapping[str, Any]) -> rules.HostFacts:
    """What the guards look at."""
    return rules.HostFacts(host.account, host.promise)


def links_of(host_id: int) -> Sequence[HostLink]:
    """A host's live links, newest first."""
    return db.session.scalars(
        select(HostLink).where(HostLink.host_id == host_id, HostLink.ended_at.is_(None)).order_by(HostLink.id.desc())
    ).all()


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="shop.livestream")


def _read(cookie: str | None) -> list[tuple[str, int]]:
    if not cookie:
        return []
    try:
        return [(str(t), int(s)) for t, s in _signer().loads(cookie)]
    except (BadSignature, ValueError, TypeError):
        return []


def _token() -> str:
    alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    return "".join(secrets.choice(alphabet) for _ in range(10))
