"""Retention: journals are kept three years, then archived by the job; deleting one is the owner's deed after that."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import date

from sqlalchemy import delete, func, select, text

from core import clock
from core.account.actor import SYSTEM, Actor
from core.db import db, lock
from core.errors import Denied, RuleBroken, Unmet
from core.record.service import record
from trace.season import queries, rules
from trace.season.models import Entry, EntryPicture, Reminder, Season
from trace.season.permissions import FORGET
from trace.season.service import lot_uses


def journal_digest(season_id: int) -> str:
    """SHA-256 over every line as recorded, so that an archived journal can be told from an altered one."""
    lines = [dataclasses.asdict(line) for line in queries.journal(season_id)]
    data = json.dumps(lines, default=str, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(data.encode("utf-8")).hexdigest()


def archive_due(today: date) -> int:
    """Seasons kept to their end are archived: read only, out of the daily lists, with the digest of their journal."""
    last = select(Entry.season_id, func.max(Entry.until).label("day")).group_by(Entry.season_id).subquery()
    rows = db.session.execute(
        select(Season, last.c.day).join(last, last.c.season_id == Season.id).where(Season.archived_at.is_(None))
    ).all()
    done = 0
    for season, day in rows:
        if today <= rules.keep_until(day):
            continue
        lock(season)
        season.archived_at, season.journal_sha256 = clock.now(), journal_digest(season.id)
        record(
            "season.archived", season, SYSTEM, season=season.code, lines=season.last_no, sha256=season.journal_sha256
        )
        db.session.flush()  # a later lock reads the row anew
        done += 1
    return done


def forget_unmet(season: Season) -> list[Unmet]:
    """Every reason why the season's journal may not be deleted now; empty means it may."""
    return rules.unmet_forget(
        code=season.code,
        last_day=queries.last_day(season.id),
        today=clock.today(),
        archived=season.archived_at is not None,
        used_by_lots=any(ask(season.id) for ask in lot_uses),
    )


def forget(season: Season, actor: Actor, *, reason: str) -> None:
    """The archived season with its journal is gone; an audit row keeps its digest, and why.  RuleBroken before its day."""
    if not actor.can(FORGET) or actor.organisation_id != season.organisation_id:
        raise Denied("删除到期的生产记录由本单位负责人办理。", help="请负责人登录后办理。")
    words = rules.public_text(reason, "reason", label="原因", required=True)
    lock(season)
    unmet = forget_unmet(season)
    if unmet:
        raise RuleBroken(unmet=unmet)
    record(
        "season.forgotten", season, actor, season=season.code, lines=season.last_no, sha256=season.journal_sha256,
        reason=words,
    )  # fmt: skip
    db.session.execute(text("select set_config('yidun.retention_day', :day, true)"), {"day": clock.today().isoformat()})
    entries = select(Entry.id).where(Entry.season_id == season.id)
    db.session.execute(delete(EntryPicture).where(EntryPicture.entry_id.in_(entries)))
    db.session.execute(delete(Entry).where(Entry.season_id == season.id))
    db.session.execute(text("select set_config('yidun.retention_day', '', true)"))
    db.session.execute(delete(Reminder).where(Reminder.season_id == season.id))
    db.session.delete(season)
    db.session.flush()
