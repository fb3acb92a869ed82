"""Use cases of a recall: load, ask the rule, store, tell.  Never commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from core import clock, numbers
from core.account.actor import SYSTEM, Actor
from core.db import db, lock
from core.errors import BadInput, Conflict
from core.identifiers import normalise_text
from core.job.service import defer
from core.notice import service as notices
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from core.workflow.table import Move
from trace.lot import queries as lots
from trace.lot import service as lots_service
from trace.lot.models import Lot
from trace.lot.queries import LotView
from trace.recall import panels, permissions, queries, rules, scope
from trace.recall.errors import ScopeFixed
from trace.recall.followup import refuse_unless_running
from trace.recall.models import Party, Recall, RecallLot
from trace.recall.rules import RECALL, public_text
from trace.scan import contacts
from trace.scan.service import touch
from trace.signing import identity, statements


def draft(
    actor: Actor, *, lot_ids: Sequence[int], level: str, reason: str, action: str, refund: str, phone: str,
    due_on: date | None = None,
) -> Recall:  # fmt: skip
    """A recall of lots of one enterprise, not yet proposed; nothing is stopped.

    An enterprise names its own lots; an office any lots of one enterprise.  NotFound for lots the actor may not see.
    """
    if not lot_ids:
        raise BadInput("还没有选要召回的批次。", code="recall.no_lot", field="lots", help="从批次页点“召回这一批”。")
    named = [lots.get_lot(lots.lot_by_id(lot_id).public_id, actor) for lot_id in dict.fromkeys(lot_ids)]
    owners = {lot.organisation_id for lot in named}
    if len(owners) != 1:
        raise BadInput("一次召回只能是同一家的批次。", code="recall.owners", field="lots", help="不同企业的分开提。")
    _refuse_unfit(named)
    today = clock.today()
    recall = Recall(
        recall_no=f"ZH-{today.year}-{numbers.gap_free('recall', today.year):04d}",
        organisation_id=owners.pop(),
        ordered_by_id=None if actor.organisation_id == named[0].organisation_id else actor.organisation_id,
        **_texts(level, reason, action, refund, phone),
        due_on=rules.check_due(due_on, today) if due_on else None,
        began_at=None,
        closed_at=None,
    )
    db.session.add(recall)
    db.session.flush()
    db.session.add_all(RecallLot(recall_id=recall.id, lot_id=lot.id, depth=0, held_at=None) for lot in named)
    db.session.flush()
    record("recall.drafted", recall, actor, recall_no=recall.recall_no, lots=[lot.lot_no for lot in named])
    return recall


def _refuse_unfit(named: Sequence[LotView]) -> None:
    for lot in named:
        if lot.state == "cancelled":
            raise Conflict(f"批次 {lot.lot_no} 已作废，不用召回。", code="recall.cancelled_lot", field="lots")


def _texts(level: str, reason: str, action: str, refund: str, phone: str) -> dict[str, str]:
    if level not in rules.LEVELS:
        raise BadInput("请选召回级别。", code="recall.level", field="level")
    return {
        "level": level,
        "reason": public_text(reason, "reason", "召回原因"),
        "action": public_text(action, "action", "消费者怎么做"),
        "refund": public_text(refund, "refund", "怎么退款"),
        "phone": normalise_text(phone)[:40],
    }


def edit(
    recall: Recall, actor: Actor, *, level: str, reason: str, action: str, refund: str, phone: str, due_on: date | None
) -> Recall:
    """Afterwards a draft says this; ScopeFixed once it was proposed."""
    lock(recall)
    if recall.state != "draft":
        raise ScopeFixed("召回已经提出，内容不能再改。", help="请批准单位退回或另提一次。")
    for name, value in _texts(level, reason, action, refund, phone).items():
        setattr(recall, name, value)
    recall.due_on = rules.check_due(due_on, clock.today()) if due_on else None
    recall.version += 1
    db.session.flush()
    record("recall.edited", recall, actor)
    return recall


def add_lots(recall: Recall, lot_ids: Sequence[int], actor: Actor) -> None:
    """Afterwards the draft also names these lots of the same enterprise."""
    lock(recall)
    if recall.state != "draft":
        raise ScopeFixed("召回已经提出，批次不能再改。", help="召回中可以由批准单位扩大范围。")
    for view in _same_owner(recall, lot_ids, actor):
        if db.session.scalar(select(RecallLot.id).where(RecallLot.recall_id == recall.id, RecallLot.lot_id == view.id)):
            continue
        db.session.add(RecallLot(recall_id=recall.id, lot_id=view.id, depth=0, held_at=None))
    recall.version += 1
    db.session.flush()
    record("recall.scope_changed", recall, actor)


def _same_owner(recall: Recall, lot_ids: Sequence[int], actor: Actor) -> list[LotView]:
    views = [lots.get_lot(lots.lot_by_id(lot_id).public_id, actor) for lot_id in dict.fromkeys(lot_ids)]
    if any(view.organisation_id != recall.organisation_id for view in views):
        raise BadInput("一次召回只能是同一家的批次。", code="recall.owners", field="lots", help="不同企业的分开提。")
    _refuse_unfit(views)
    return views


def load_facts(
    recall: Recall, _move: Move, _actor: Actor, now: datetime, payload: Mapping[str, Any]
) -> rules.RecallFacts:
    """What the guards decide on, read under the row lock."""
    named = queries.named_lots(recall.id)
    extra = [int(i) for i in payload.get("lots", ())]
    told = db.session.execute(
        select(func.count(), func.count().filter(Party.told_at.is_(None))).where(Party.recall_id == recall.id)
    ).one()
    return rules.RecallFacts(
        lots=tuple(queries.lines(recall.id)),
        has_texts=all((recall.reason, recall.action, recall.refund, recall.phone)),
        parties=told[0],
        untold=told[1],
        summary=recall.summary,
        now=now,
        elsewhere=tuple(scope.elsewhere(recall, [*named, *extra])),
    )


def propose(recall: Recall, actor: Actor) -> Recall:
    """The recall waits for its approval, and as a precaution nothing in scope is sold from this moment on.

    RuleBroken with every unmet rule.
    """
    fire(RECALL, recall, "order" if actor.can(permissions.ORDER) else "propose", actor)
    return recall


def on_proposed(recall: Recall, context: MoveContext) -> None:
    """Effect of ``propose`` and ``order``: the scope is drawn and stopped at once."""
    scope.fill(recall, queries.named_lots(recall.id))
    everything = scope.ids(recall.id)
    _stop(recall, everything, f"{recall.recall_no} 拟召回，先停售", context.now)
    notices.send_to_desk(
        "office",
        title=f"召回待批准：{recall.recall_no}",
        body=recall.reason[:120],
        link=f"/trace/recalls/{recall.public_id}",
    )
    notices.send(
        to_organisation_id=recall.organisation_id, title=f"{recall.recall_no} 已停售，等待批准召回",
        body=f"涉及 {len(everything)} 个批次，先停止销售和发货。", link=f"/trace/recalls/{recall.public_id}",
    )  # fmt: skip


def _stop(recall: Recall, lot_ids: Sequence[int], reason: str, now: datetime) -> None:
    scope.hold(recall, lot_ids, held=True, reason=reason)
    for row in db.session.scalars(
        select(RecallLot).where(RecallLot.recall_id == recall.id, RecallLot.lot_id.in_(lot_ids))
    ):
        row.held_at = row.held_at or now


def approve(recall: Recall, actor: Actor, *, due_on: date | None = None) -> Recall:
    """The recall runs: signed, logged, on every code page, everybody told by a job.  RuleBroken with all unmet rules."""
    lock(recall)
    due = rules.check_due(due_on or recall.due_on, clock.today())
    fire(RECALL, recall, "approve", actor, payload={"due_on": due})
    return recall


def on_approved(recall: Recall, context: MoveContext) -> None:
    """Effect of ``approve``: scope as it is now, holds, the signed statement, parties and their job."""
    recall.began_at, recall.due_on = context.now, context.payload["due_on"]
    scope.fill(recall, queries.named_lots(recall.id))
    _stop(recall, scope.ids(recall.id), f"{recall.recall_no} 召回", context.now)
    _stop_sealed(recall, scope.ids(recall.id))
    _publish(recall, context.actor, recall.reason)
    panels.tell_events(recall, scope.ids(recall.id), context.actor)
    notices.send(
        to_organisation_id=recall.organisation_id, title=f"{recall.recall_no} 已批准，召回开始",
        body=f"{recall.due_on:%m月%d日}前通知到每个去向、登记每批的下落，并提交总结。", link=f"/trace/recalls/{recall.public_id}",
    )  # fmt: skip


def _stop_sealed(recall: Recall, lot_ids: Sequence[int]) -> None:
    """Afterwards every sealed lot in scope is in the state 停售, which its code page and the shop read; it stays there."""
    for lot in db.session.scalars(select(Lot).where(Lot.id.in_(lot_ids), Lot.state == "sealed").order_by(Lot.id)):
        lots_service.move_lot(lot, "hold", SYSTEM, f"召回 {recall.recall_no}")


def _publish(recall: Recall, actor: Actor, reason: str) -> None:
    """The list of lots signed by the approving body and logged, pages made anew, parties listed, telling queued."""
    signer = actor.organisation_id or recall.organisation_id
    identity.ensure_did(signer, actor)
    views = lots.lots_by_id(scope.ids(recall.id))
    statements.issue_recall(
        recall.public_id, signer, lots=[view.uri for view in views.values()], reason=reason, actor=actor
    )
    for organisation_id in sorted({view.organisation_id for view in views.values()}):
        touch(licence_id=0, organisation_id=organisation_id, state="recall", reason=recall.recall_no)
    list_parties(recall)
    notice = queries.notice_of(recall)
    contacts.tell_of_recall(
        scope.ids(recall.id), f"召回通知 {recall.recall_no}", rules.message(notice, "你扫过码的一批产品")
    )
    defer("recall.tell", recall=recall.id)


def list_parties(recall: Recall) -> int:
    """Afterwards everybody the scope went to stands in the list; returns how many are new."""
    known = set(db.session.scalars(select(Party.key).where(Party.recall_id == recall.id)))
    new = [p for p in scope.parties(scope.ids(recall.id)) if p.key not in known]
    db.session.add_all(
        Party(
            recall_id=recall.id, key=p.key, kind=p.kind, lot_id=p.lot_id, title=p.title, organisation_id=p.organisation_id,
            mass_g=p.mass_g, pieces=p.pieces, went_at=p.at, tried_at=None, told_at=None, channel=None,
        )
        for p in new
    )  # fmt: skip
    db.session.flush()
    return len(new)


def refuse(recall: Recall, actor: Actor, reason: str) -> Recall:
    """No recall: what was stopped as a precaution may be sold again, and the enterprise reads why."""
    fire(RECALL, recall, "refuse", actor, reason=reason)
    return recall


def on_refused(recall: Recall, context: MoveContext) -> None:
    """Effect of ``refuse``."""
    scope.hold(recall, scope.ids(recall.id), held=False, reason=context.reason)
    notices.send(
        to_organisation_id=recall.organisation_id, title=f"{recall.recall_no} 不予召回，已恢复销售", body=context.reason[:300],
        link=f"/trace/recalls/{recall.public_id}",
    )  # fmt: skip


def widen(recall: Recall, lot_ids: Sequence[int], actor: Actor, reason: str) -> Recall:
    """Afterwards these lots and all made from them are recalled too: held, signed as the next version, parties told."""
    views = _same_owner(recall, lot_ids, actor)
    if not views:
        raise BadInput("请选要加进来的批次。", code="recall.no_lot", field="lots")
    fire(RECALL, recall, "widen", actor, reason=reason, payload={"lots": [view.id for view in views]})
    return recall


def on_widened(recall: Recall, context: MoveContext) -> None:
    """Effect of ``widen``."""
    new = scope.fill(recall, [*queries.named_lots(recall.id), *context.payload["lots"]])
    if not new:
        raise Conflict("这些批次已经在召回范围里。", code="recall.nothing_new", field="lots")
    _stop(recall, new, f"{recall.recall_no} 召回", context.now)
    _stop_sealed(recall, new)
    _publish(recall, context.actor, context.reason)
    panels.tell_events(recall, new, context.actor)


def summarise(recall: Recall, actor: Actor, summary: str) -> Recall:
    """Afterwards the report's words stand; whoever reports them is asked by the rule."""
    refuse_unless_running(recall)
    recall.summary = public_text(summary, "summary", "总结", limit=2000)
    recall.version += 1
    db.session.flush()
    record("recall.summarised", recall, actor)
    return recall


def report(recall: Recall, actor: Actor) -> Recall:
    """The enterprise says it is done; RuleBroken with every party untold and every lot with an open amount."""
    fire(RECALL, recall, "report", actor)
    return recall


def send_back(recall: Recall, actor: Actor, reason: str) -> Recall:
    """The report is not accepted; the recall goes on."""
    fire(RECALL, recall, "back", actor, reason=reason)
    return recall


def on_sent_back(recall: Recall, context: MoveContext) -> None:
    """Effect of ``back``: the enterprise reads what is missing."""
    notices.send(
        to_organisation_id=recall.organisation_id, title=f"{recall.recall_no} 总结被退回，请补办", body=context.reason[:300],
        link=f"/trace/recalls/{recall.public_id}",
    )  # fmt: skip


def close(recall: Recall, actor: Actor, reason: str) -> Recall:
    """The recall is over and stays public; its lots stay stopped for good."""
    fire(RECALL, recall, "close", actor, reason=reason)
    return recall


def on_closed(recall: Recall, context: MoveContext) -> None:
    """Effect of ``close``: recalled lots never come back on sale; the code pages say that the recall is over."""
    recall.closed_at = context.now
    touch(licence_id=0, organisation_id=recall.organisation_id, state="recall", reason=recall.recall_no)
    record("recall.over", recall, SYSTEM, recall_no=recall.recall_no)


def blocks(lot_ids: Sequence[int]) -> dict[int, str]:
    """Hook on ``lot_blocks``: a lot in a proposed, running or finished recall is not packed, sealed, coded or shipped."""
    if not lot_ids:
        return {}
    rows = db.session.execute(
        select(RecallLot.lot_id, Recall.recall_no)
        .join(Recall, Recall.id == RecallLot.recall_id)
        .where(RecallLot.lot_id.in_(lot_ids), Recall.state.in_((*scope.OPEN_STATES, "closed")))
        .order_by(Recall.id)
    )
    return {lot_id: f"在召回 {number} 的范围里" for lot_id, number in rows}
