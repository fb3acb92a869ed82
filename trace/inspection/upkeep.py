"""Upkeep of the dated tables: limits and bans are added, closed on a day, and confirmed against the official text.

Rows are never rewritten: results judged by one keep it, and a new figure is a new row from its day on.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import or_, select

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, Denied, NotFound
from core.identifiers import normalise_text
from core.record.service import record
from trace.inspection.models import Limit
from trace.inspection.permissions import LIMITS
from trace.season.models import BannedSubstance

SCOPES = ("all", "fruit", "apple", "jujube")
Kept = Limit | BannedSubstance


def _may(actor: Actor) -> None:
    if not (actor.is_system or actor.can(LIMITS)):
        raise Denied("限量和禁用物质由e镇办公室维护。", help="请在右上角切换到办公室的身份。")


def get_limit(public_id: uuid.UUID) -> Limit:
    """The limit row; NotFound otherwise."""
    row = db.session.scalar(select(Limit).where(Limit.public_id == public_id))
    if row is None:
        raise NotFound("没有找到这条限量。", help="请从列表重新进入。")
    return row


def get_ban(public_id: uuid.UUID) -> BannedSubstance:
    """The row of the table of bans; NotFound otherwise."""
    row = db.session.scalar(select(BannedSubstance).where(BannedSubstance.public_id == public_id))
    if row is None:
        raise NotFound("没有找到这条禁用规定。", help="请从列表重新进入。")
    return row


def _period(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and last <= first:
        raise BadInput("失效日要晚于生效日。", code="limit.period", field="valid_to")


def _word(text: str, field: str, label: str, limit: int = 200) -> str:
    clean = normalise_text(text)
    if not clean or len(clean) > limit:
        raise BadInput(f"{label}填 1 到 {limit} 个字。", code=f"limit.{field}", field=field)
    return clean


def add_limit(
    actor: Actor,
    *,
    substance: str,
    product: str,
    value: Decimal,
    standard: str,
    valid_from: date,
    source: str,
    valid_to: date | None = None,
    aliases: Sequence[str] = (),
    excludes: Sequence[str] = (),
    english: str = "",
    temporary: bool = False,
) -> Limit:
    """A new row, to be confirmed by somebody else; Conflict where one for the pair holds on a day of its period."""
    _may(actor)
    _period(valid_from, valid_to)
    if not value.is_finite() or value <= 0:
        raise BadInput("限量要大于 0。", code="limit.value", field="value")
    name, food = _word(substance, "substance", "农药", 40), _word(product, "product", "食品", 30)
    clash = select(Limit).where(
        Limit.substance == name, Limit.product == food, or_(Limit.valid_to.is_(None), Limit.valid_to > valid_from)
    )
    if valid_to is not None:
        clash = clash.where(Limit.valid_from < valid_to)
    rival = db.session.scalar(clash.limit(1))
    if rival is not None:
        raise Conflict(
            f"{name}在{food}上已有 {rival.standard} 的限量，从 {rival.valid_from} 起有效。", code="limit.overlap",
            field="valid_from", help="先给旧的填上失效日，再加新的。",
        )  # fmt: skip
    row = Limit(
        substance=name, aliases=[_word(a, "aliases", "别名", 40) for a in aliases], english=normalise_text(english)[:60],
        product=food, excludes=[_word(e, "excludes", "除外的食品", 30) for e in excludes], value=value, unit="mg/kg",
        standard=_word(standard, "standard", "标准号", 40), valid_from=valid_from, valid_to=valid_to, temporary=temporary,
        to_be_confirmed=True, source=_word(source, "source", "依据"), added_by=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record("limit.added", row, actor, substance=name, product=food, value=str(value), standard=row.standard)
    return row


def add_ban(
    actor: Actor,
    *,
    name: str,
    scope: str,
    rule: str,
    source: str,
    valid_from: date | None,
    valid_to: date | None = None,
) -> BannedSubstance:
    """A substance that may not be used from its day on, to be confirmed; it binds at once, since a doubt must not harm."""
    _may(actor)
    _period(valid_from, valid_to)
    if scope not in SCOPES:
        raise BadInput("请选管什么作物。", code="ban.scope", field="scope")
    word = _word(name, "name", "物质", 40)
    same = select(BannedSubstance.id).where(
        BannedSubstance.name == word, BannedSubstance.scope == scope, BannedSubstance.valid_from.is_not_distinct_from(valid_from)
    )  # fmt: skip
    if db.session.scalar(same) is not None:
        raise Conflict("这条禁用规定已经有了。", code="ban.taken", field="name")
    row = BannedSubstance(
        name=word, scope=scope, valid_from=valid_from, valid_to=valid_to, rule=_word(rule, "rule", "规定", 100),
        source=_word(source, "source", "出处"), to_be_confirmed=True, added_by=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record("ban.added", row, actor, name=word, scope=scope)
    return row


def close(row: Kept, actor: Actor, *, valid_to: date, source: str) -> None:
    """The row no longer holds from ``valid_to`` on; what was judged by it stays."""
    _may(actor)
    lock(row)
    if row.valid_to is not None:
        raise Conflict("这一条已经有失效日。", code="limit.closed", field="valid_to")
    _period(row.valid_from, valid_to)
    words = _word(source, "source", "依据")
    row.valid_to = valid_to
    row.version += 1
    record("limit.closed" if isinstance(row, Limit) else "ban.closed", row, actor, valid_to=valid_to, source=words)
    db.session.flush()


def confirm(row: Kept, actor: Actor, *, source: str) -> None:
    """The row was compared with the official text by somebody who did not enter it; the mark is off."""
    _may(actor)
    lock(row)
    if not row.to_be_confirmed:
        raise Conflict("这一条已经核对过。", code="limit.confirmed", field="source")
    if row.added_by is not None and row.added_by == actor.user_id:
        raise Denied("录入的人不能自己核对。", code="limit.four_eyes", help="请另一位同事核对。")
    row.source = _word(source, "source", "核对的原文")
    row.to_be_confirmed, row.confirmed_by, row.confirmed_at = False, actor.user_id, clock.now()
    row.version += 1
    record("limit.confirmed" if isinstance(row, Limit) else "ban.confirmed", row, actor, source=row.source)
    db.session.flush()
