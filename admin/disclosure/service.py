"""Draft, approve, publish, correct and withdraw public items; take and answer opinions."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from admin.disclosure import permissions, queries, rules
from admin.disclosure.models import Item, Opinion, Revision
from admin.disclosure.rules import ITEM, OPINION
from admin.disclosure.rules_policy import DisclosureTerms
from admin.project import ports
from admin.project.service import require
from core import clock
from core.account.actor import SYSTEM, Actor
from core.calendar.service import set_deadline
from core.db import db
from core.errors import BadInput, Conflict
from core.numbers import gap_free
from core.policy.queries import terms
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from core.workflow.table import Move


def draft(
    kind: str, title: str, body: str, actor: Actor, *, project_id: int | None = None, subject: Any = None, days: int | None = None,
    publish_on: date | None = None,
) -> Item:  # fmt: skip
    """Afterwards a draft stands; ``subject`` is the object it is about; ``days`` None is the town's own period."""
    if not actor.is_system:
        require(actor, permissions.DRAFT)
    if kind not in rules.KINDS:
        raise BadInput("公开事项的类别不在清单里。", code="disclosure.kind", field="kind")
    days = _long_enough(kind, days, clock.today())
    year = clock.today().year
    item = Item(
        item_no=f"GS-{year}-{gap_free('disclosure', year):03d}", kind=kind, title=title, body=body, project_id=project_id,
        subject_table=subject.__tablename__ if subject is not None else "", subject_id=subject.id if subject is not None else None,
        days=days, publish_on=publish_on,
    )  # fmt: skip
    db.session.add(item)
    record("disclosure.drafted", item, actor, kind=kind, title=title)
    db.session.flush()
    return item


def edit(
    item: Item, title: str, body: str, actor: Actor, *, days: int | None = None, publish_on: date | None = None
) -> None:
    """Afterwards the draft has the new text; anything later is changed by a correction only."""
    require(actor, permissions.DRAFT)
    if item.state != "draft":
        raise Conflict("只有草稿可以修改，已发布的用“发布更正”。", code="disclosure.not_draft")
    if days is not None:
        days = _long_enough(item.kind, days, clock.local(item.created_at).date())
    item.title, item.body, item.publish_on = title, body, publish_on
    item.days = days if days is not None else item.days
    item.version += 1
    record("disclosure.edited", item, actor)


def _long_enough(kind: str, days: int | None, drafted_on: date) -> int:
    least = terms(DisclosureTerms, on=drafted_on).publicity_wd
    if kind == "publicity" and days is not None and days < least:
        raise BadInput(f"公示不少于{least}个工作日。", code="disclosure.days", field="days")
    return least if days is None else days


def submit(item: Item, actor: Actor) -> None:
    """Afterwards the draft waits for another person's approval."""
    fire(ITEM, item, "submit", actor)


def send_back(item: Item, actor: Actor, reason: str) -> None:
    """Afterwards the draft is back with its author, with the reason."""
    fire(ITEM, item, "return", actor, reason=reason)


def approve(item: Item, actor: Actor, *, secrecy_checked: bool) -> None:
    """Afterwards the item is approved, and published at once unless a later day was set."""
    fire(ITEM, item, "approve", actor, payload={"secrecy_checked": secrecy_checked})
    if item.publish_on is None or item.publish_on <= clock.today():
        fire(ITEM, item, "publish", SYSTEM)


def correct(item: Item, actor: Actor, *, title: str, body: str, note: str) -> None:
    """Afterwards revision n+1 is published and a publicity's clock has restarted (R63)."""
    fire(ITEM, item, "correct", actor, reason=note, payload={"title": title, "body": body})


def withdraw(item: Item, actor: Actor, reason: str) -> None:
    """Afterwards the text is off the column; the stub with the reason stays."""
    fire(ITEM, item, "withdraw", actor, reason=reason)


def receive_opinion(item: Item, kind: str, text: str, contact: str, actor: Actor) -> Opinion:
    """Afterwards the opinion is taken, with a receipt number; refused after the window closed (R65)."""
    if kind not in rules.OPINION_KINDS:
        raise BadInput("请选择意见或异议。", code="disclosure.opinion_kind", field="kind")
    facts = queries.publicity_facts(item)
    if item.kind != "publicity" or not rules.window_open(facts, clock.today()):
        raise Conflict(
            _closed(facts), code="disclosure.window_closed", help="仍可到县商务局书面反映，或向纪检、审计部门举报。"
        )
    opinion = Opinion(
        item_id=item.id, receipt_no=f"YJ{secrets.randbelow(10**10):010d}", kind=kind, text=text, contact=contact,
        received_at=clock.now(),
    )  # fmt: skip
    db.session.add(opinion)
    db.session.flush()
    record("disclosure.opinion_received", opinion, actor, kind=kind, item=item.item_no)
    if kind == "objection":
        _tell(item, "objected", actor)
    return opinion


def answer(opinion: Opinion, reply: str, actor: Actor) -> None:
    """Afterwards the opinion is answered in writing; the last answered objection lifts the suspension (R64)."""
    fire(OPINION, opinion, "answer", actor, reason=reply)


def item_of_opinion(opinion: Opinion) -> Item:
    """The item an opinion is about."""
    return db.session.get_one(Item, opinion.item_id)


def on_answered(opinion: Opinion, ctx: MoveContext) -> None:
    """Effect of ``answer``."""
    opinion.reply, opinion.answered_at = ctx.reason.strip(), ctx.now
    db.session.flush()
    item = db.session.get_one(Item, opinion.item_id)
    if opinion.kind == "objection" and not queries.open_objections(item.id):
        _tell(item, "replied", ctx.actor)


def on_published(item: Item, ctx: MoveContext) -> None:
    """Effect of ``publish``: the text is kept, the clock starts, the object's room is told."""
    item.published_at = ctx.now
    _keep(item, ctx.now, "")
    if item.kind == "publicity":
        set_deadline(item, rules.PURPOSE, clock.local(ctx.now).date(), item.days)
    _tell(item, "published", ctx.actor)


def on_corrected(item: Item, ctx: MoveContext) -> None:
    """Effect of ``correct``: next revision; a publicity counts anew from the day after."""
    item.title, item.body = str(ctx.payload["title"]), str(ctx.payload["body"])
    item.revision += 1
    item.published_at = ctx.now
    _keep(item, ctx.now, ctx.reason)
    if item.kind == "publicity":
        set_deadline(item, rules.PURPOSE, clock.local(ctx.now).date(), item.days)
    _tell(item, "corrected", ctx.actor)


def on_withdrawn(item: Item, ctx: MoveContext) -> None:
    """Effect of ``withdraw``."""
    item.withdrawn_reason = ctx.reason.strip()
    _tell(item, "withdrawn", ctx.actor)


def run_timers() -> int:
    """Afterwards every approved item whose day has come is published; returns how many."""
    due = select(Item).where(Item.state == "scheduled", Item.publish_on <= clock.today()).order_by(Item.id)
    items = list(db.session.scalars(due))
    for item in items:
        fire(ITEM, item, "publish", SYSTEM)
    return len(items)


def item_facts(item: Item, _move: Move, _actor: Actor, _now: datetime, payload: Mapping[str, Any]) -> rules.ItemFacts:
    """What the moves of an item are decided on."""
    checked, body = payload.get("secrecy_checked"), payload.get("body")
    return rules.ItemFacts(
        kind=item.kind, title=item.title, body=item.body, days=item.days,
        secrecy_checked=None if checked is None else bool(checked), new_body=None if body is None else str(body),
        terms=terms(DisclosureTerms, on=clock.local(item.created_at).date()),
    )  # fmt: skip


def _closed(facts: rules.PublicityFacts) -> str:
    if facts.deadline is None:
        return "这条公开事项不征求意见。"
    return f"征求意见已于{facts.deadline.date.month}月{facts.deadline.date.day}日24:00截止。"


def _keep(item: Item, moment: datetime, note: str) -> None:
    digest = hashlib.sha256(f"{item.title}\n{item.body}".encode()).hexdigest()
    db.session.add(
        Revision(
            item_id=item.id,
            revision=item.revision,
            title=item.title,
            body=item.body,
            note=note,
            published_at=moment,
            sha256=digest,
        )
    )


def _tell(item: Item, event: str, actor: Actor) -> None:
    db.session.flush()
    if item.subject_id is None:
        return
    for hook in ports.publicity_moved:
        hook(subject_table=item.subject_table, subject_id=item.subject_id, event=event, actor=actor)
