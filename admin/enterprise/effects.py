"""Facts the guards of an application decide on, and what each move brings about (same transaction)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from admin.enterprise import queries, residence, rules
from admin.enterprise.models import Application
from admin.twin import queries as twins
from core import clock
from core.account.actor import Actor
from core.account.queries import members_of
from core.account.service import add_member
from core.notice.service import send, send_to_desk
from core.organisation import queries as organisations
from core.organisation.service import note_check, register_organisation
from core.workflow.engine import MoveContext, history
from core.workflow.table import Move


def load_facts(
    application: Application, _move: Move, actor: Actor, now: datetime, payload: Mapping[str, Any]
) -> rules.ApplicationFacts:
    """What the guards decide on, read under the row lock."""
    current = queries.conditions_of(application)
    appeals = sum(row.move == "appeal" for row in history(rules.APPLICATION, application.id))
    taken = bool(application.code) and organisations.find_by_code(application.code) is not None
    same = twins.same_of(f"a{application.id}")
    in_use = taken and _own_organisation(application) is None
    return rules.ApplicationFacts(
        kind=application.kind,
        today=clock.local(now).date(),
        is_applicant=actor.is_system or application.applicant_id == actor.user_id,
        at_desk=queries.at_desk(actor),
        name=application.name,
        code=application.code,
        town=application.town,
        address=application.address,
        contact_name=application.contact_name,
        contact_mobile=application.contact_mobile,
        has_licence_picture=application.licence_file_id is not None,
        licence_until=application.licence_until,
        code_in_use=in_use,
        rival_case=queries.rival(application),
        lawful_use=application.lawful_use,
        conditions_version=current.version if current else "",
        conditions=tuple(
            rules.Condition(n, text, n in application.promised)
            for n, text in enumerate(current.items if current else (), start=1)
        ),
        visited_on=application.visited_on,
        visit_waiver=application.visit_waiver,
        appeals=appeals,
        grounds=_grounds(payload),
        same_as=same.shown if same else "",
        same_said_by_actor=same is not None and same.judged_by_id == actor.user_id,
        residence=residence.facts(application, payload),
    )


def _grounds(payload: Mapping[str, Any]) -> tuple[tuple[int, str], ...] | None:
    if "grounds" not in payload:
        return None
    return tuple((int(g["number"]), str(g["text"])) for g in payload["grounds"])


def on_submitted(application: Application, ctx: MoveContext) -> None:
    """Effect: the desk is told."""
    application.submitted_at = application.submitted_at or ctx.now
    send_to_desk(
        "office",
        title=f"{rules.KINDS[application.kind]} {application.case_no}：{application.name}",
        link=f"/entry/cases/{application.public_id}",
    )


def on_answered(application: Application, ctx: MoveContext) -> None:
    """Effect of a return or a refusal: the applicant is told, with the reasons of each condition."""
    if ctx.move.key == "reject":
        application.grounds = list(ctx.payload.get("grounds", ()))
    title = {"request_more": "入驻申请请补正", "reject": "入驻申请未通过", "duplicate": "入驻申请按重复办结"}[
        ctx.move.key
    ]
    send(
        title=f"{title}：{application.case_no}",
        body=ctx.reason,
        link=f"/join/{application.public_id}",
        to_user_id=application.applicant_id,
    )


def on_approved(application: Application, ctx: MoveContext) -> None:
    """Effect: the organisation and the applicant's membership are created by their own services."""
    organisation_id = _own_organisation(application)
    if organisation_id is None:
        organisation_id = _register(application, ctx.actor)
        add_member(application.applicant_id, organisation_id, "owner", ctx.actor)
    application.organisation_id = organisation_id
    note_check(organisation_id, ctx.actor, licence_until=application.licence_until)
    send(
        title=f"{rules.KINDS[application.kind]}已批准：{application.name}",
        body="可以开始了。打开工作台，按引导一步一步办。",
        link="/home",
        to_user_id=application.applicant_id,
    )


def _own_organisation(application: Application) -> int | None:
    """The organisation the applicant already owns under this code (as an undertaker, or entered by a list), or None."""
    found = organisations.find_by_code(application.code)
    if found is None or not found.is_active:
        return None
    if application.kind != "undertaker" and queries.application_of(found.id) is not None:
        return None
    owners = [user for user, _, role in members_of(found.id) if role == "owner"]
    return found.id if application.applicant_id in owners else None


def _register(application: Application, actor: Actor) -> int:
    return register_organisation(
        kind="enterprise",
        name=application.name,
        code=application.code,
        actor=actor,
        town=application.town,
        address=application.address,
        introduction=application.business,
        registered_on=clock.today(),
    ).id


EFFECTS = {
    "submit": on_submitted,
    "request_more": on_answered,
    "reject": on_answered,
    "duplicate": on_answered,
    "approve": on_approved,
    "sign_lease": residence.on_signed,
    "renew": residence.on_signed,
    "warn": residence.on_warned,
    "recover": residence.on_warned,
    "ask_to_leave": residence.on_asked_to_leave,
    "leave": residence.on_left,
    "evict": residence.on_left,
}
