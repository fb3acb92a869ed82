"""Facts the guards of a licence decide on, and what each move brings about (same transaction)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from brand.licence import issue, queries, rules
from brand.licence.models import Licence
from brand.matrix import queries as matrix
from core import clock, hooks, notary, numbers
from core.account.actor import Actor
from core.calendar.service import set_deadline
from core.db import db
from core.notice.service import send, send_to_desk
from core.organisation import queries as organisations
from core.record.service import record
from core.workflow.engine import MoveContext
from core.workflow.table import Move


def load_facts(
    licence: Licence, _move: Move, _actor: Actor, now: datetime, payload: Mapping[str, Any]
) -> rules.LicenceFacts:
    """What the guards decide on, read under the row lock."""
    today = clock.local(now).date()
    organisation = organisations.get_organisation(licence.organisation_id)
    brand = matrix.get_brand(licence.brand_id)
    first = payload.get("valid_from") or today
    last = payload.get("valid_until") or rules.default_term(first)[1]
    return rules.LicenceFacts(
        today=today,
        rows=queries.scope_rows(licence),
        ticked=tuple(payload["rows"]) if "rows" in payload else None,
        evidence=tuple(
            rules.Evidence(e.kind, e.issued_on, e.valid_until, e.specification or "") for e in licence.evidence
        ),
        organisation_active=organisation.is_active,
        organisation_has_uscc=organisation.code_kind == "uscc",
        brand_active=brand.active,
        brand_species=brand.species,
        rules_accepted=licence.rules_version != "",
        overlapping=tuple(queries.overlapping(licence, first, last)) if last >= first else (),
        valid_from=payload.get("valid_from") or licence.valid_from,
        valid_until=payload.get("valid_until") or licence.valid_until,
    )


def on_submitted(licence: Licence, ctx: MoveContext) -> None:
    """Effect: the clock of the review runs, the brand office is told."""
    licence.submitted_at = licence.submitted_at or ctx.now
    set_deadline(licence, rules.DEADLINE, clock.local(ctx.now).date(), rules.REVIEW_WORKING_DAYS)
    name = organisations.get_organisation(licence.organisation_id).short_name
    send_to_desk("brand_office", title=f"授权申请 {licence.case_no}：{name}", link=f"/brand/cases/{licence.public_id}")


def on_answered(licence: Licence, ctx: MoveContext) -> None:
    """Effect of a return or a refusal: the applicant is told, with the reasons."""
    title = {"return": "授权申请请补正", "refuse": "授权申请不予授权"}[ctx.move.key]
    send(
        title=f"{title}：{licence.case_no}",
        body=ctx.reason,
        link=f"/brand/cases/{licence.public_id}",
        to_organisation_id=licence.organisation_id,
    )


def on_approved(licence: Licence, ctx: MoveContext) -> None:
    """Effect: number, term and granted rows stand at once; the document is made, signing and logging are queued."""
    local = clock.local(ctx.now)
    with db.session.no_autoflush:  # the CHECKs want number, term and state together
        number = numbers.gap_free("licence", local.year)
        licence.licence_no = rules.licence_no(local.year, number)
        licence.valid_from, licence.valid_until = ctx.payload["valid_from"], ctx.payload["valid_until"]
        licence.decided_at = ctx.now
        ticked = set(ctx.payload["rows"])
        for row in licence.scope:
            row.status = "granted" if row.id in ticked else "declined"
            if row.status == "granted":
                row.valid_from, row.valid_until = licence.valid_from, licence.valid_until
    db.session.flush()  # two grants of one combination collide here
    issue.document_and_credential(licence, ctx.actor)
    record("licence.approved", licence, ctx.actor, licence_no=licence.licence_no)
    send(
        title=f"已授权：{licence.licence_no}",
        body=f"有效期 {licence.valid_from} 至 {licence.valid_until}，以授权书所列范围为准。",
        link=f"/licence/{licence.public_id}",
        to_organisation_id=licence.organisation_id,
    )
    _tell_upper_floors(licence, "in_force", "")


def on_withdrawn(licence: Licence, ctx: MoveContext) -> None:
    """Effect: the licence ends today, its rows are free again, and the end is logged."""
    with db.session.no_autoflush:  # the CHECK wants state and day together
        licence.ended_on, licence.ended_reason = clock.local(ctx.now).date(), ctx.reason.strip()
        for row in licence.scope:
            if row.status == "granted":
                row.status = "ended"
    db.session.flush()
    notary.log("licence-withdrawal", issue.withdrawal_digest(licence), subject=str(licence.public_id))
    send(
        title=f"授权已撤销：{licence.licence_no}",
        body=ctx.reason,
        link=f"/licence/{licence.public_id}",
        to_organisation_id=licence.organisation_id,
    )
    _tell_upper_floors(licence, "withdrawn", ctx.reason)


def on_expired(licence: Licence, _ctx: MoveContext) -> None:
    """Effect: the holder and the upper floors learn of the end."""
    send(
        title=f"授权已到期：{licence.licence_no}",
        body=f"授权已于 {licence.valid_until} 到期，不能再新印标签；已印的照常可扫，页面会写明到期日。",
        link=f"/licence/{licence.public_id}",
        to_organisation_id=licence.organisation_id,
    )
    _tell_upper_floors(licence, "expired", "")


EFFECTS = {
    "submit": on_submitted,
    "return": on_answered,
    "refuse": on_answered,
    "approve": on_approved,
    "withdraw": on_withdrawn,
    "expire": on_expired,
}


def _tell_upper_floors(licence: Licence, state: str, reason: str) -> None:
    for listener in hooks.licence_changed:
        listener(licence_id=licence.id, organisation_id=licence.organisation_id, state=state, reason=reason)
