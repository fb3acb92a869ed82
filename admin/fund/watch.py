"""Loads what the reminders about a project are decided on."""

from __future__ import annotations

from admin.fund import queries, rules_watch
from admin.fund.rules_policy import FundTerms
from admin.fund.rules_watch import Late, WatchFacts
from admin.project import queries as projects
from admin.project.models import Project
from admin.project.rules_policy import ProjectTerms
from admin.supervision import queries as supervision
from admin.supervision.rules import slot_label
from admin.supervision.rules_policy import SupervisionTerms
from core import clock
from core.account.actor import Actor
from core.calendar.service import add_working_days
from core.errors import Unmet
from core.policy.queries import terms


def hints(project: Project, actor: Actor) -> list[Unmet]:
    """What the reader is reminded of; whether to take a qualification away is the public bodies' matter only."""
    today, opened = clock.today(), clock.local(project.created_at).date()
    numbers = terms(SupervisionTerms, on=today)
    first, last = rules_watch.last_quarter(today)
    running = project.state in ("building", "operating") and opened <= last
    late = [
        Late(c.claim_no, add_working_days(c.paid_on, terms(FundTerms, on=c.paid_on).receipt_wd))
        for c in queries.unconfirmed(project.id)
        if c.paid_on is not None
    ]
    facts = WatchFacts(
        today=today,
        own_fen=project.own_fen,
        award_fen=project.award_fen,
        own_percent=terms(ProjectTerms, on=opened).own_percent,
        unconfirmed=late,
        overdue_fixes=supervision.overdue_fixes(project.undertaker_id) if projects.sees_all(actor) else 0,
        exit_after=numbers.exit_after,
        quarter=slot_label("quarter", first)
        if running and not supervision.checked(project.id, "quarter", first)
        else "",
        quarter_until=add_working_days(last, terms(SupervisionTerms, on=last).quarter_alert_wd),
    )
    return rules_watch.hints(facts)
