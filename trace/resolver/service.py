"""Links are added and ended; every deed is in the audit trail.  Never commits."""

from __future__ import annotations

from urllib.parse import urlsplit

from core import clock
from core.account.actor import Actor
from core.config import settings
from core.db import db, lock
from core.errors import BadInput
from core.identifiers import normalise_text
from core.record.service import record
from trace.item.models import Item
from trace.resolver import queries, rules
from trace.resolver.models import Link

MAX_LIVE = 200


def add_link(
    item: Item, actor: Actor, *, link_type: str, href: str, title: str, media_type: str = "", language: str = "",
    lot_id: int | None = None, forward_query: bool = True,
) -> Link:  # fmt: skip
    """Afterwards the item (or one sealed lot of it) has this target; Malformed or BadInput says what to change."""
    if link_type not in rules.LINK_TYPES:
        raise BadInput("请从列表里选一种链接。", code="resolver.link_type", field="link_type")
    if media_type and media_type not in rules.MEDIA_TYPES:
        raise BadInput("请从列表里选内容类型。", code="resolver.media_type", field="media_type")
    if language and language not in rules.LANGUAGES:
        raise BadInput("请从列表里选语言。", code="resolver.language", field="language")
    words = normalise_text(title)
    if not 1 <= len(words) <= rules.MAX_TITLE:
        raise BadInput(f"标题是 1 到 {rules.MAX_TITLE} 个字。", code="resolver.title", field="title")
    if lot_id is not None and lot_id not in dict(queries.lots_to_link(item)):
        raise BadInput("没有这个已封存的批次。", code="resolver.lot", field="lot_id", help="从下拉框里重新选择。")
    lock(item)
    if sum(1 for link, _ in queries.links_of_item(item) if link.ended_at is None) >= MAX_LIVE:
        raise BadInput(f"一个商品最多 {MAX_LIVE} 条链接。", code="resolver.too_many", help="先撤下不用的链接。")
    link = Link(
        organisation_id=item.organisation_id, item_id=item.id, lot_id=lot_id, link_type=link_type,
        href=rules.check_target(href, own_host=urlsplit(settings().link_origin).netloc), title=words,
        media_type=media_type, language=language, forward_query=forward_query, made_at=clock.now(), made_by_id=actor.user_id,
    )  # fmt: skip
    db.session.add(link)
    record("resolver.link_added", link, actor, link_type=link_type, href=link.href)
    return link


def end_link(link: Link, actor: Actor, *, reason: str) -> None:
    """Afterwards the link leads nowhere any more; who ended it and why is kept.  Ended twice is ended once."""
    lock(link)
    if link.ended_at is not None:
        return
    why = normalise_text(reason)
    if not 2 <= len(why) <= 100:
        raise BadInput("写明撤下的原因，2 到 100 个字。", code="resolver.end_reason", field="reason")
    link.ended_at, link.ended_by_id, link.end_reason = clock.now(), actor.user_id, why
    record("resolver.link_ended", link, actor, reason=why, href=link.href)
