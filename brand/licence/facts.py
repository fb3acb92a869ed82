"""The facts the guards of a licence decide on, read under the row lock; which procedure a case follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from brand.licence import queries, quota, rules
from brand.licence.models import Licence, Opinion, Plot, ProcedureRow, Visit
from brand.licence.rules_policy import LicenceTerms
from brand.matrix import queries as matrix
from core import clock
from core.account.actor import Actor
from core.calendar.queries import deadline_of
from core.db import db, lock
from core.organisation import queries as organisations
from core.policy.queries import terms
from core.workflow.table import Move


def procedure_row(day: date | None = None) -> ProcedureRow | None:
    """The procedure that holds on a day (today), None before the first one was set."""
    query = select(ProcedureRow).where(ProcedureRow.valid_from <= (day or clock.today()))
    return db.session.scalar(query.order_by(ProcedureRow.version.desc()).limit(1))


def procedure_of(licence: Licence) -> rules.Procedure:
    """How this case is handled: fixed at its first sending; today's procedure before that."""
    if licence.procedure_id is not None:
        row: ProcedureRow | None = db.session.get_one(ProcedureRow, licence.procedure_id)
    else:
        row = procedure_row() if licence.submitted_at is None else None
    if row is None:
        return rules.Procedure()
    return rules.Procedure(row.publicity_days, row.visit_required, row.expert_required, row.renewal_days)


def terms_of(licence: Licence) -> LicenceTerms:
    """The numbers of the day this case was first sent; today's before that."""
    sent = licence.submitted_at
    return terms(LicenceTerms, on=clock.local(sent).date() if sent is not None else clock.today())


def predecessor_of(licence: Licence) -> Licence | None:
    """The licence a renewal or change stands on: where that was changed meanwhile, what it became."""
    if licence.predecessor_id is None:
        return None
    before: Licence = db.session.get_one(Licence, licence.predecessor_id)
    while licence.kind == "renewal" and (later := queries.successor(before)) is not None:
        before = later
    return before


def hold_predecessor(licence: Licence) -> None:
    """Until the commit the licence a renewal or change stands on is not suspended, withdrawn or changed."""
    before = predecessor_of(licence)
    while before is not None:
        lock(before)
        now = predecessor_of(licence)
        before = None if now is before else now


def proposed_term(licence: Licence, today: date) -> tuple[date, date]:
    """The term a decision grants unless it says otherwise: a renewal joins on, a change keeps the last day."""
    before = predecessor_of(licence)
    if before is None or before.valid_until is None:
        return rules.default_term(today, terms_of(licence).term_months)
    if licence.kind == "change":
        return today, max(before.valid_until, today)
    return rules.default_term(rules.renewal_start(before.valid_until, today), terms_of(licence).term_months)


def load_facts(
    licence: Licence, move: Move, actor: Actor, now: datetime, payload: Mapping[str, Any]
) -> rules.LicenceFacts:
    """What the guards decide on, read under the row lock."""
    today = clock.local(now).date()
    organisation = organisations.get_organisation(licence.organisation_id)
    brand = matrix.get_brand(licence.brand_id)
    start, end = proposed_term(licence, today)
    first = payload.get("valid_from") or start
    last = payload.get("valid_until") or end
    before = predecessor_of(licence)
    visits = _visits(licence)
    publicity = deadline_of(licence, rules.PUBLICITY_DEADLINE) if licence.publicised_on else None
    appeal = deadline_of(licence, rules.APPEAL_DEADLINE)
    return rules.LicenceFacts(
        today=today,
        rows=queries.scope_rows(licence),
        ticked=tuple(payload["rows"]) if "rows" in payload else None,
        evidence=tuple(
            rules.Evidence(e.kind, e.issued_on, e.valid_until, e.specification or "") for e in licence.evidence
        ),
        plots=db.session.scalar(select(func.count()).select_from(Plot).where(Plot.licence_id == licence.id)) or 0,
        organisation_active=organisation.is_active,
        organisation_has_uscc=organisation.code_kind == "uscc",
        brand_active=brand.active,
        brand_species=brand.species,
        rules_accepted=licence.rules_version != "",
        quality_promised=licence.quality_promised_on is not None or licence.rules_version == "1",
        overlapping=tuple(queries.overlapping(licence, first, last)) if last >= first else (),
        valid_from=payload.get("valid_from") or licence.valid_from,
        valid_until=payload.get("valid_until") or licence.valid_until,
        kind=licence.kind,
        predecessor_state=before.state if before is not None else "",
        predecessor_until=before.valid_until if before is not None else None,
        used=quota.used_of(licence.predecessor_id) if licence.kind == "change" else {},
        procedure=procedure_of(licence),
        state=licence.state,
        visits_done=sum(v.outcome in ("fits", "does_not_fit") for v in visits),
        visits_open=sum(v.outcome == "open" for v in visits),
        opinions=db.session.scalar(select(func.count(Opinion.id)).where(Opinion.licence_id == licence.id)) or 0,
        actor_visited=move.permission == rules.DECIDE and any(v.person_key == actor.person_key for v in visits),
        publicity_until=publicity.date if publicity else None,
        publicity_provisional=bool(publicity and publicity.provisional),
        grounds=tuple(payload["grounds"]) if "grounds" in payload else None,
        reason=payload.get("words"),
        appeal_until=appeal.date if appeal and not appeal.provisional else None,
        terms=terms_of(licence),
    )


def _visits(licence: Licence) -> list[Visit]:
    return list(db.session.scalars(select(Visit).where(Visit.licence_id == licence.id).order_by(Visit.id)))


def cited(grounds: str) -> list[tuple[str, str, str]]:
    """The conditions a refusal cites: article, words, what to do."""
    return [rules.USE_CONDITIONS[key] for key in grounds.split(",") if key in rules.USE_CONDITIONS]
