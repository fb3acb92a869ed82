"""A version of the rules of use is drafted, proposed and published by another person; published words stay for ever."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from brand.matrix import permissions, queries_use, rules, rules_use
from brand.matrix.models import Brand, RulesCharge, RulesVersion
from core import clock, identifiers, money, notary
from core.account.actor import Actor
from core.db import db, lock
from core.document.service import typeset
from core.errors import BadInput, Conflict, Denied
from core.file.service import store
from core.organisation import queries as organisations
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from core.workflow.table import Move

LOG_KIND = "brand-rules"


def draft(brand: Brand, actor: Actor) -> RulesVersion:
    """Afterwards one new version of a public brand's rules is open for writing, starting from the words in force."""
    _may(actor)
    if brand.level not in rules.PUBLIC_LEVELS:
        raise BadInput(
            "企业品牌没有公用的使用规则。", code="brand.rules_level", help="使用规则写在公用品牌或县域品牌上。"
        )
    lock(brand)
    if queries_use.open_draft(brand.id) is not None:
        raise Conflict("这个品牌已有一版在起草或待审定。", code="brand.rules_open", help="先办完那一版，再起草新的。")
    latest = next(iter(queries_use.published(brand.id)), None)
    row = RulesVersion(
        brand_id=brand.id,
        title=latest.title if latest else f"{brand.name}使用管理规则",
        body=latest.body if latest else "",
        free=latest.free if latest else False,
        charges=[
            RulesCharge(kind=c.kind, label=c.label, amount_fen=c.amount_fen, period=c.period, basis=c.basis)
            for c in (latest.charges if latest else ())
        ],
    )
    db.session.add(row)
    db.session.flush()  # the audit row names it
    record("brand.rules_drafted", row, actor, brand=brand.key)
    return row


def edit(
    row: RulesVersion,
    actor: Actor,
    *,
    title: str,
    body: str,
    change_note: str = "",
    effective_from: date | None = None,
    free: bool = False,
) -> RulesVersion:
    """Afterwards the draft says what was given; only a draft can be written."""
    _writable(row, actor)
    for name, text, limit in (
        ("title", title, rules_use.TITLE_LIMIT),
        ("body", body, rules_use.BODY_LIMIT),
        ("change_note", change_note, rules_use.NOTE_LIMIT),
    ):
        if len(text) > limit:
            raise BadInput(f"最多 {limit:,} 字，现在有 {len(text):,} 字，请删短。", code="brand.rules_long", field=name)
    row.title = identifiers.normalise_text(title)
    row.body = identifiers.normalise_text(body, multiline=True)
    row.change_note = identifiers.normalise_text(change_note, multiline=True)
    row.effective_from, row.free = effective_from, free
    record("brand.rules_written", row, actor, sha256=hashlib.sha256(row.body.encode()).hexdigest())
    db.session.flush()  # a database refusal is told on this form
    return row


def add_charge(
    row: RulesVersion, actor: Actor, *, kind: str, label: str, amount_fen: int, period: str, basis: str = ""
) -> RulesCharge:
    """Afterwards the draft lists one more fee or deposit."""
    _writable(row, actor)
    if kind not in rules_use.CHARGE_KINDS or period not in rules_use.CHARGE_PERIODS:
        raise BadInput("请从列表里选收费种类和怎么收。", code="brand.charge_kind", field="kind")
    if not 0 < amount_fen <= rules_use.MAX_CHARGE_FEN:
        raise BadInput("金额要大于 0，不超过 1 亿元。", code="brand.charge_amount", field="amount_fen")
    label = identifiers.normalise_text(label)
    if not label:
        raise BadInput("写明收的是什么。", code="brand.charge_label", field="label", help="例如“冬枣包装使用费”。")
    charge = RulesCharge(
        kind=kind, label=label, amount_fen=amount_fen, period=period, basis=identifiers.normalise_text(basis)
    )
    row.charges.append(charge)
    row.version += 1
    record("brand.charge_added", row, actor, label=label, amount_fen=amount_fen)
    db.session.flush()  # the page links to it
    return charge


def remove_charge(row: RulesVersion, actor: Actor, charge_id: int) -> None:
    """Afterwards the draft no longer lists the charge."""
    _writable(row, actor)
    charge = next((c for c in row.charges if c.id == charge_id), None)
    if charge is None:
        raise queries_use.missing()
    row.charges.remove(charge)
    row.version += 1
    record("brand.charge_removed", row, actor, label=charge.label)


def propose(row: RulesVersion, actor: Actor) -> None:
    """Afterwards the version waits for another person to publish it; RuleBroken lists everything missing."""
    fire(rules_use.RULES, row, "propose", actor)


def publish(row: RulesVersion, actor: Actor) -> RulesVersion:
    """Afterwards the version is published under the next number, its digest queued for the log; nothing of it changes."""
    fire(rules_use.RULES, row, "publish", actor)
    return row


def load_facts(
    row: RulesVersion, _move: Move, _actor: Actor, now: datetime, _payload: Mapping[str, Any]
) -> rules_use.UseFacts:
    """What the guards decide on, read under the row lock."""
    previous = db.session.scalar(
        select(func.max(RulesVersion.effective_from)).where(
            RulesVersion.brand_id == row.brand_id, RulesVersion.state == "published"
        )
    )
    return rules_use.UseFacts(
        today=clock.local(now).date(),
        title=row.title,
        body=row.body,
        change_note=row.change_note,
        effective_from=row.effective_from,
        previous_from=previous,
        free=row.free,
        charges=queries_use.charges_of(row),
    )


def on_published(row: RulesVersion, ctx: MoveContext) -> None:
    """Effect: number, digest and day stand at once; the document is made and the digest queued for the log."""
    with db.session.no_autoflush:  # the CHECK wants number, day and state together
        brand = db.session.get_one(Brand, row.brand_id)
        lock(brand)  # two versions of one brand take their numbers one after the other
        latest = db.session.scalar(select(func.max(RulesVersion.number)).where(RulesVersion.brand_id == row.brand_id))
        row.number, row.published_at = (latest or 0) + 1, ctx.now
        row.digest = digest_of(brand.key, row)
    db.session.flush()
    pdf = typeset("brand/matrix/rules.typ", _document(brand, row, ctx))
    file = store(
        pdf,
        f"{row.title}第{row.number}版.pdf",
        kind="document",
        owner_organisation_id=ctx.actor.organisation_id,
        actor=ctx.actor,
        public=True,
    )
    row.document_file_id = file.id
    notary.log(LOG_KIND, row.digest, subject=str(row.public_id))
    record("brand.rules_published", row, ctx.actor, number=row.number, digest=row.digest)


def statement(brand_key: str, row: RulesVersion) -> dict[str, Any]:
    """What a published version says, as plain JSON: the digest in the log is SHA-256 of its sorted, compact form."""
    return {
        "brand": brand_key,
        "body": row.body,
        "charges": [
            {"amount_fen": c.amount_fen, "basis": c.basis, "kind": c.kind, "label": c.label, "period": c.period}
            for c in queries_use.charges_of(row)
        ],
        "effective_from": row.effective_from.isoformat() if row.effective_from else "",
        "free": row.free,
        "number": row.number,
        "title": row.title,
    }


def digest_of(brand_key: str, row: RulesVersion) -> str:
    """SHA-256 (hex) of the statement."""
    text = json.dumps(statement(brand_key, row), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def charge_line(charge: rules_use.Charge) -> str:
    """A charge in one line: ``冬枣包装使用费 12.00 元，每年（县发改〔2026〕3号）``."""
    kind, period = rules_use.CHARGE_KINDS[charge.kind], rules_use.CHARGE_PERIODS[charge.period]
    words = f"{kind}：{charge.label} {money.yuan(charge.amount_fen)} 元，{period}"
    return f"{words}（{charge.basis}）" if charge.basis else words


def _document(brand: Brand, row: RulesVersion, ctx: MoveContext) -> dict[str, Any]:
    preamble, articles = rules_use.split(row.body)
    issuer = organisations.get_organisation(ctx.actor.organisation_id) if ctx.actor.organisation_id else None
    return {
        "title": row.title,
        "brand": brand.name,
        "number": row.number,
        "effective_from": row.effective_from.isoformat() if row.effective_from else "",
        "published_on": f"{clock.local(ctx.now):%Y-%m-%d}",
        "preamble": preamble,
        "articles": [[a.number, a.text] for a in articles],
        "charges": [charge_line(c) for c in queries_use.charges_of(row)],
        "change_note": row.change_note,
        "issuer": issuer.name if issuer else "品牌办公室",
        "digest": row.digest,
    }


def _may(actor: Actor) -> None:
    if not actor.can(permissions.MANAGE):
        raise Denied("使用规则由品牌办公室起草。", help="请换一个身份办理。")


def _writable(row: RulesVersion, actor: Actor) -> None:
    _may(actor)
    db.session.flush()  # the page's version stamp counted up; locking reads the row anew
    lock(row)
    if row.state != "draft":
        raise Conflict(
            "这一版已经提交或发布，不能再改。", code="brand.rules_closed", help="要改，请退回修改或起草新的一版。"
        )
