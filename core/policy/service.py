"""A value is proposed by one person and approved or refused by another; it holds from a day that has not begun."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

from core import clock, hooks, identifiers, numbers
from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, Conflict, Denied
from core.file.service import store
from core.policy import queries, registry, rules
from core.policy.errors import OPEN, KeyNotFound
from core.policy.models import Change, DatedValue
from core.policy.rules import CHANGE, KINDS, ChangeFacts
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from core.workflow.table import Move

REASON_LIMIT, DOCUMENT_LIMIT = 400, 200


def propose(
    key: str, value: str, valid_from: date, actor: Actor, *, reason: str, document: str,
    upload: tuple[BinaryIO | bytes, str] | None = None,
) -> Change:  # fmt: skip
    """Afterwards the proposal waits for another person; RuleBroken lists every reason why it cannot stand."""
    if actor.organisation_id is None or not actor.can(rules.PROPOSE):
        raise Denied("规则取值由办公室、商务局、财政局和品牌办的经办人提议。", help="请换一个身份办理。")
    declared = registry.find(key)
    if declared is None:
        raise KeyNotFound()
    try:
        text = rules.text_of(declared.kind, rules.read(declared.kind, identifiers.normalise_text(value)))
    except (ValueError, BadInput) as wrong:
        help_text = f"{KINDS[declared.kind][1]}。"
        raise BadInput(f"看不懂“{value[:20]}”。", code="policy.value", field="value", help=help_text) from wrong
    if queries.open_change(key) is not None:
        raise Conflict(OPEN.message, code=OPEN.code, help="在这一项的页面上可以看到。")
    with db.session.begin_nested():  # a refused proposal leaves nothing, also in this transaction
        change = _drafted(key, text, valid_from, actor, reason, document, upload)
        fire(CHANGE, change, "propose", actor, payload={"key": key, "value": text, "valid_from": valid_from})
    return change


def _drafted(
    key: str, text: str, valid_from: date, actor: Actor, reason: str, document: str,
    upload: tuple[BinaryIO | bytes, str] | None,
) -> Change:  # fmt: skip
    year = clock.today().year
    change = Change(
        case_no=f"QZ-{year}-{numbers.gap_free('policy_change', year):03d}",
        key=key,
        value=text,
        valid_from=valid_from,
        reason=_text("reason", reason, REASON_LIMIT),
        document=_text("document", document, DOCUMENT_LIMIT),
        organisation_id=actor.organisation_id,
        proposed_by_id=actor.user_id,
        file_id=_stored(upload, actor) if upload else None,
    )
    db.session.add(change)
    db.session.flush()  # one open proposal a key
    return change


def _stored(upload: tuple[BinaryIO | bytes, str], actor: Actor) -> int:
    stream, filename = upload
    data = stream if isinstance(stream, bytes) else stream.read()
    kind = "document" if data.startswith(b"%PDF") else "picture"
    return store(data, filename, kind=kind, owner_organisation_id=actor.organisation_id, actor=actor).id


def _text(field: str, typed: str, limit: int) -> str:
    text = identifiers.normalise_text(typed, multiline=True)
    if len(text) > limit:
        raise BadInput(f"最多 {limit} 字，现在是 {len(text)} 字。", code="input.too_long", field=field)
    return text


def decide(change: Change, move: str, actor: Actor, *, reason: str = "") -> None:
    """Fire ``approve``, ``refuse`` or ``drop``; the engine checks who may and what is unmet."""
    fire(CHANGE, change, move, actor, reason=reason)


def change_facts(change: Change, _move: Move, _actor: Actor, now: datetime, _payload: Mapping[str, Any]) -> ChangeFacts:
    """What the guards of a proposal decide on, read under the row lock."""
    key = registry.find(change.key)
    before = queries.value(key.key, on=change.valid_from) if key else None
    return ChangeFacts(
        today=clock.local(now).date(), key=key, text=change.value, valid_from=change.valid_from, before=before,
        document=change.document, reason=change.reason,
    )  # fmt: skip


def on_proposed(change: Change, _ctx: MoveContext) -> None:
    """Effect: the office is told that a proposal waits."""
    _say(change, f"待审定：{_named(change)}", change.reason, None)


def on_approved(change: Change, ctx: MoveContext) -> None:
    """Effect: the dated value stands for good, and the proposer is told."""
    row = DatedValue(
        key=change.key, value=change.value, valid_from=change.valid_from, change_id=change.id,
        proposed_by_id=change.proposed_by_id, approved_by_id=ctx.actor.user_id, approved_on=clock.local(ctx.now).date(),
        approved_at=ctx.now, reason=change.reason, document=change.document,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    queries.forget()
    record("policy.value_set", change, ctx.actor, key=change.key, value=change.value, valid_from=change.valid_from)
    _tell(change, "已批准")


def on_refused(change: Change, ctx: MoveContext) -> None:
    """Effect: the proposer is told why."""
    _tell(change, "不予变更", ctx.reason)


def _tell(change: Change, what: str, body: str = "") -> None:
    if change.proposed_by_id is not None:
        _say(change, f"{what}：{_named(change)}", body, change.proposed_by_id)


def _say(change: Change, title: str, body: str, to_user_id: int | None) -> None:
    for tell in hooks.value_changes:
        tell(title=title, body=body, link=f"/office/rule-values/changes/{change.public_id}", to_user_id=to_user_id)


def _named(change: Change) -> str:
    key = registry.find(change.key)
    if key is None:
        return change.case_no
    shown = rules.show(key.kind, rules.read(key.kind, change.value))
    return f"{key.title}改为 {shown}（{change.case_no}）"


EFFECTS = {"propose": on_proposed, "approve": on_approved, "refuse": on_refused}
