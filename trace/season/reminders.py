"""Use case: send the reminders that are due, each once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.db import db
from core.notice.service import send
from trace.season import queries
from trace.season.models import Reminder, Season
from trace.season.rules_reminders import SeasonFacts, due


def send_due(today: date) -> int:
    """Every reminder due today lies in its keeper's inbox once; returns how many were sent now."""
    rows = list(
        db.session.scalars(
            select(Season)
            .where(Season.archived_at.is_(None), Season.year.between(today.year - 1, today.year + 1))
            .order_by(Season.id)
        )
    )
    journals = queries.journals(row.id for row in rows)
    sent = 0
    for row in rows:
        facts = SeasonFacts(
            row.code, row.year, clock.local(row.created_at).date(), row.planned_harvest_on, journals[row.id]
        )
        for reminder in due(facts, today):
            new = insert(Reminder).values(
                season_id=row.id, kind=reminder.kind, about=reminder.about, sent_at=clock.now()
            )
            claimed = new.on_conflict_do_nothing(index_elements=["season_id", "kind", "about"]).returning(Reminder.id)
            if db.session.scalar(claimed) is None:
                continue
            link = f"/seasons/{row.public_id}"
            send(title=reminder.title, body=reminder.body, link=link, to_organisation_id=row.organisation_id)
            sent += 1
    return sent
