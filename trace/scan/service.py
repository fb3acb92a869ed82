"""What the code page needs done apart from a visit: pages made anew, partitions ahead, old visits dropped.  Never commits."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from core.db import db
from trace.lot.models import Lot
from trace.scan.models import Recent, Touch


def touch(*, licence_id: int, organisation_id: int, state: str, reason: str) -> None:
    """Hook on ``licence_changed``: afterwards the code pages of the organisation, and of whom it seals for, are made anew."""
    del licence_id, state, reason
    held_by = select(Lot.organisation_id).where(Lot.sealer_id == organisation_id).distinct()
    for owner_id in sorted({organisation_id, *db.session.scalars(held_by)}):
        _touch(owner_id)


def _touch(organisation_id: int) -> None:
    db.session.execute(
        insert(Touch)
        .values(organisation_id=organisation_id, touched=1)
        .on_conflict_do_update(
            index_elements=["organisation_id"], set_={"touched": text("trace_scan_touch.touched + 1")}
        )
    )


def touch_codes(*, organisation_id: int) -> None:
    """Hook on ``codes_changed``: afterwards the organisation's code pages are made anew at the next visit."""
    _touch(organisation_id)


VISITS_KEPT_MONTHS = 24
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


def drop_old_visits(today: date, months: int = VISITS_KEPT_MONTHS) -> int:
    """Afterwards raw visits older than ``months`` whole months are gone, partition by partition; the counts stay."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    before, gone = date(year, month + 1, 1), 0
    names = db.session.scalars(
        text(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'visits' "
            "and c.relkind = 'r' and c.relname ~ '^visit_[0-9]{4}_[0-9]{2}$' order by 1"
        )
    ).all()
    for name in names:
        if str(name) < f"visit_{before:%Y_%m}":
            db.session.execute(text(f"drop table visits.{name}"))
            gone += 1
    db.session.execute(
        text("delete from visits.visit_rest where visited_at < cast(:before as timestamp) at time zone 'UTC'"),
        {"before": before},
    )
    return gone
