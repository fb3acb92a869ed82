"""Following a recall up: telling every party, and writing down where every gram is.  Never commits."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, NotFound
from core.hooks import tell_party
from core.record.service import record
from trace.lot import queries as lots
from trace.recall import queries, rules
from trace.recall.models import Party, Recall, Recovery
from trace.recall.rules import RECALL, public_text

TELL_BATCH = 50


def refuse_unless_running(recall: Recall) -> None:
    """Conflict unless the recall runs; its row is locked afterwards."""
    lock(recall)
    if recall.state != "running":
        raise Conflict(f"现在是“{RECALL.label_of(recall.state)}”，只有召回中才能登记。", code="recall.not_running")


def tell_waiting(recall_id: int, limit: int = TELL_BATCH) -> int:
    """Afterwards up to ``limit`` parties not yet tried are told, each once; returns how many were tried."""
    recall = db.session.get_one(Recall, recall_id)
    rows = db.session.scalars(
        select(Party)
        .where(Party.recall_id == recall_id, Party.tried_at.is_(None))
        .order_by(Party.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    views = lots.lots_by_id({row.lot_id for row in rows})
    for row in rows:
        _tell(recall, row, f"{views[row.lot_id].item.name}（批次 {views[row.lot_id].lot_no}）")
    return len(rows)


def _tell(recall: Recall, row: Party, what: str) -> None:
    body = rules.message(queries.notice_of(recall), what)
    row.tried_at = clock.now()
    for tell in tell_party:
        channel = tell(
            key=row.key, title=f"召回通知 {recall.recall_no}", body=body, link=f"/recalls/{recall.recall_no}"
        )
        if channel is None:
            continue
        row.channel = channel
        if channel:
            row.told_at = row.tried_at
        return
    row.channel = ""


def write_told(recall: Recall, key: Any, actor: Actor, *, reached: bool, note: str) -> Party:
    """Afterwards it is written down that a party was told by telephone or in person, or why it cannot be reached."""
    row = db.session.scalar(select(Party).where(Party.recall_id == recall.id, Party.public_id == key).with_for_update())
    if row is None:
        raise NotFound("没有找到这个去向。", help="请从召回页重新进入。")
    refuse_unless_running(recall)
    words = public_text(note, "note", "说明")
    row.note, row.told_at, row.channel = words, clock.now(), "manual" if reached else ""
    row.tried_at = row.tried_at or row.told_at
    db.session.flush()
    record("recall.party_told", recall, actor, party=row.title, reached=reached, note=words)
    return row


def recover(
    recall: Recall, lot_id: int, actor: Actor, *, kind: str, mass_g: int, on: date, note: str, file_id: int | None = None
) -> Recovery:  # fmt: skip
    """Afterwards so many grams of the lot are written down as kept, returned, destroyed or out of reach; never more than the
    lot has left to account for, whoever writes at the same time (the recall's row is locked)."""
    refuse_unless_running(recall)
    line = next((line for line in queries.lines(recall.id) if line.lot_id == lot_id), None)
    if line is None:
        raise NotFound("这个批次不在召回范围里。", help="请从召回页的批次列表进入。")
    rules.check_recovery(kind, mass_g, line)
    if on > clock.today():
        raise BadInput("日期不能晚于今天。", code="recall.on", field="on")
    row = Recovery(
        recall_id=recall.id, lot_id=lot_id, kind=kind, mass_g=mass_g, on=on,
        note=public_text(note, "note", "说明"), file_id=file_id, reverses_id=None,
        recorded_at=clock.now(), recorded_by=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record("recall.recovered", recall, actor, lot_no=line.lot_no, kind=kind, mass_g=mass_g)
    return row


def reverse(recall: Recall, key: Any, actor: Actor, reason: str) -> Recovery:
    """Afterwards a line written by mistake counts no more; it stays readable with the reason."""
    refuse_unless_running(recall)
    wrong = db.session.scalar(select(Recovery).where(Recovery.recall_id == recall.id, Recovery.public_id == key))
    if wrong is None or wrong.reverses_id is not None:
        raise NotFound("没有找到这一笔。", help="请从召回页重新进入。")
    if db.session.scalar(select(Recovery.id).where(Recovery.reverses_id == wrong.id)) is not None:
        raise Conflict("这一笔已经冲销过了。", code="recall.reversed")
    row = Recovery(
        recall_id=recall.id, lot_id=wrong.lot_id, kind=wrong.kind, mass_g=wrong.mass_g, on=clock.today(),
        note=public_text(reason, "note", "原因"), file_id=None, reverses_id=wrong.id,
        recorded_at=clock.now(), recorded_by=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record("recall.recovery_reversed", recall, actor, mass_g=wrong.mass_g, reason=reason)
    return row
