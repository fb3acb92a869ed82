"""What the code page needs done apart from a visit: complaints, pages made anew, partitions ahead.  Never commits."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert

from core.account.actor import GUEST, Actor
from core.db import db
from core.errors import BadInput
from core.notice.service import open_case
from trace.lot.models import Lot
from trace.scan import addresses, resolve
from trace.scan.models import Recent, Touch

KINDS = {
    "complaint": "货不对板、变质或有异物",
    "code": "编号查不到，或怀疑标签被冒用",
    "record": "记录内容不属实",
}


def touch(*, licence_id: int, organisation_id: int, state: str, reason: str) -> None:
    """Hook on ``licence_changed``: afterwards the organisation's code pages are made anew at the next visit."""
    del licence_id, state, reason
    db.session.execute(
        insert(Touch)
        .values(organisation_id=organisation_id, touched=1)
        .on_conflict_do_update(
            index_elements=["organisation_id"], set_={"touched": text("trace_scan_touch.touched + 1")}
        )
    )


def report(path: str, kind: str, words: str, contact: str, actor: Actor = GUEST) -> str:
    """Afterwards a case about this code lies in the office's inbox; returns its receipt number."""
    if kind not in KINDS:
        raise BadInput("请选一种情况。", code="scan.report_kind", field="kind")
    about, organisation_id = "没有编号", None
    if path:
        about = path[:200]
        try:
            target = resolve.resolve(addresses.parse(path))
        except BadInput:
            target = None
        lot = db.session.get(Lot, target.lot_id) if target is not None and target.lot_id is not None else None
        if lot is not None:
            about, organisation_id = f"批次 {lot.lot_no}", lot.organisation_id
    link = "/scan" + path if addresses.is_code_path(path) else ""
    return open_case(
        "code" if kind == "code" else "complaint",
        f"{KINDS[kind]}（{about}）"[:80],
        words,
        contact,
        link=link,
        organisation_id=organisation_id,
        actor=actor,
    )


_MONTH = text(
    "select to_regclass('visits.visit_' || to_char(cast(:month as date), 'YYYY_MM')) is null "
    "and not exists (select 1 from visits.visit_rest where visited_at >= cast(:month as timestamp) at time zone 'UTC' "
    "and visited_at < (cast(:month as timestamp) + interval '1 month') at time zone 'UTC')"
)


def add_partitions(today: date, months: int = 3) -> int:
    """Afterwards the months to come have a partition each; a month that already fell into the rest is left there."""
    made = 0
    for ahead in range(months + 1):
        year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        first = date(year, month + 1, 1)
        if not db.session.scalar(_MONTH, {"month": first}):
            continue
        after = date(year + (month == 11), (month + 1) % 12 + 1, 1)
        db.session.execute(
            text(
                f"create table visits.visit_{first:%Y_%m} partition of trace_scan_visit "
                f"for values from ('{first} 00:00+00') to ('{after} 00:00+00')"
            )
        )
        made += 1
    return made


def forget_recent(now: datetime) -> int:
    """Afterwards the table of recent visits holds the last hour at most; returns how many rows went."""
    gone = db.session.execute(delete(Recent).where(Recent.visited_at < now - timedelta(hours=1)))
    return int(gone.rowcount)  # type: ignore[attr-defined]
