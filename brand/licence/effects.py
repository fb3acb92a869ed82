"""What each move of a licence brings about, in the same transaction."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from brand.licence import facts, issue, queries, quota, rules, rules_guards
from brand.licence.models import Licence, Sublicence, Suspension
from brand.licence.rules_policy import LicenceTerms
from brand.licence.rules_sub import SUBLICENCE
from core import clock, hooks, notary, numbers
from core.account.actor import SYSTEM
from core.calendar.service import set_deadline
from core.db import db
from core.errors import RuleBroken
from core.notice.service import send, send_to_desk
from core.organisation import queries as organisations
from core.policy.queries import terms
from core.record.service import record
from core.workflow.engine import MoveContext, fire


def on_submitted(licence: Licence, ctx: MoveContext) -> None:
    """Effect: the clock of the review runs, the brand office is told."""
    licence.submitted_at = licence.submitted_at or ctx.now
    if licence.procedure_id is None:  # how a case is handled is fixed when it is first sent
        row = facts.procedure_row()
        licence.procedure_id = row.id if row is not None else None
    today = clock.local(ctx.now).date()
    set_deadline(licence, rules.DEADLINE, today, terms(LicenceTerms, on=today).review_wd)
    name = organisations.get_organisation(licence.organisation_id).short_name
    send_to_desk("brand_office", title=f"授权申请 {licence.case_no}：{name}", link=f"/brand/cases/{licence.public_id}")


def _tell_holder(licence: Licence, title: str, body: str, *, public: bool = False) -> None:
    send(
        title=f"{title}：{licence.licence_no or licence.case_no}",
        body=body,
        link=f"/licence/{licence.public_id}" if public else f"/brand/cases/{licence.public_id}",
        to_organisation_id=licence.organisation_id,
    )


def on_accepted(licence: Licence, _ctx: MoveContext) -> None:
    """Effect: the applicant knows that the formal check is passed."""
    _tell_holder(licence, "授权申请已受理", "材料齐全，进入审查。需要实地核查时会和你约时间。")


def on_returned(licence: Licence, ctx: MoveContext) -> None:
    """Effect of a return: the applicant is told, with the reasons."""
    _tell_holder(licence, "授权申请请补正", ctx.reason)


def on_refused(licence: Licence, ctx: MoveContext) -> None:
    """Effect of a refusal: the unmet conditions stand with it, the applicant is told them and how to appeal."""
    if unmet := rules_guards.grounds_cited(
        rules.LicenceFacts(clock.today(), grounds=tuple(ctx.payload.get("grounds", ())), reason=ctx.reason)
    ):
        raise RuleBroken(unmet=unmet)
    licence.grounds = ",".join(ctx.payload["grounds"])
    cited = "；".join(f"使用条件{a}“{words}”" for a, words, _ in facts.cited(licence.grounds))
    if ctx.move.key == "refuse":
        today = clock.local(ctx.now).date()
        days = terms(LicenceTerms, on=today).appeal_wd
        until = set_deadline(licence, rules.APPEAL_DEADLINE, today, days).due_on
        body = f"不符合{cited}。{ctx.reason}\n不服的，可以在 {until.isoformat()} 24:00 前申诉一次，由另一名审定人复核。"
        _tell_holder(licence, "授权申请不予授权", body)
    else:
        _tell_holder(licence, "复核维持不予授权", f"不符合{cited}。{ctx.reason}\n补齐条件后可以重新申请，次数不限。")


def on_appealed(licence: Licence, ctx: MoveContext) -> None:
    """Effect: the appeal has its own deadline and goes to the desk; another person than the first decider takes it."""
    today = clock.local(ctx.now).date()
    set_deadline(licence, rules.DEADLINE, today, terms(LicenceTerms, on=today).review_wd)
    send_to_desk(
        "brand_office", title=f"授权申诉 {licence.case_no}", body="由原审定人以外的审定人复核。",
        link=f"/brand/cases/{licence.public_id}",
    )  # fmt: skip


def on_publicised(licence: Licence, ctx: MoveContext) -> None:
    """Effect: the publication period runs over the working days of the case's procedure; the public list shows it."""
    today = clock.local(ctx.now).date()
    licence.publicised_on = today
    days = facts.procedure_of(licence).publicity_days
    until = set_deadline(licence, rules.PUBLICITY_DEADLINE, today, days).due_on
    _tell_holder(licence, "授权申请公示中", f"公示到 {until.isoformat()} 24:00，没有异议就批准。")


def on_approved(licence: Licence, ctx: MoveContext) -> None:
    """Effect: number, term, conditions and granted rows stand at once; the document is made, signing and logging queued.

    A change ends the licence it stands on in the same transaction and goes on counting its quota.
    """
    local = clock.local(ctx.now)
    first, last = ctx.payload["valid_from"], ctx.payload["valid_until"]
    before = db.session.get_one(Licence, licence.predecessor_id) if licence.kind == "change" else None
    anchor = before.anchor_on if before is not None else first
    with db.session.no_autoflush:  # the CHECKs want number, term and state together
        number = numbers.gap_free("licence", local.year)
        licence.licence_no = rules.licence_no(local.year, number)
        licence.valid_from, licence.valid_until, licence.anchor_on = first, last, anchor
        licence.decided_at, licence.conditions = ctx.now, str(ctx.payload.get("conditions", ""))
        licence.grounds = ""
    db.session.flush()
    if before is not None:  # its rows end before the same ones are granted anew
        fire(rules.LICENCE, before, "replace", SYSTEM, now=ctx.now)
    ticked = set(ctx.payload["rows"])
    with db.session.no_autoflush:  # a granted row has its term at once
        for row in licence.scope:
            row.status = "granted" if row.id in ticked else "declined"
            if row.status == "granted":
                row.valid_from, row.valid_until = first, last
    db.session.flush()  # two grants of one combination collide here
    quota.open_quotas(licence, ctx.actor)
    issue.document_and_credential(licence, ctx.actor)
    record("licence.approved", licence, ctx.actor, licence_no=licence.licence_no, kind=licence.kind)
    body = f"有效期 {first} 至 {last}，以授权书所列范围为准。"
    _tell_holder(
        licence, "已授权", body + (f"\n附条件：{licence.conditions}" if licence.conditions else ""), public=True
    )
    _tell_upper_floors(licence, "in_force", "")


def on_replaced(licence: Licence, ctx: MoveContext) -> None:
    """Effect: from today the changed licence stands in its place; the end is logged."""
    _end(licence, clock.local(ctx.now).date(), "由变更后的授权换发。")
    notary.log("licence-replacement", issue.change_digest(licence, "replaced"), subject=str(licence.public_id))


def on_withdrawn(licence: Licence, ctx: MoveContext) -> None:
    """Effect: the licence ends today, its rows are free again, shares under it end, and the end is logged."""
    day = clock.local(ctx.now).date()
    _end(licence, day, ctx.reason.strip())
    for row in _open_pause(licence):
        row.lifted_on = max(day, row.from_on)
    db.session.flush()
    notary.log("licence-withdrawal", issue.withdrawal_digest(licence), subject=str(licence.public_id))
    title = "授权已放弃" if ctx.move.key == "hand_back" else "授权已撤销"
    _tell_holder(licence, title, ctx.reason, public=True)
    if ctx.move.key == "hand_back":
        send_to_desk("brand_office", title=f"企业放弃授权 {licence.licence_no}", link=f"/licence/{licence.public_id}")
    _tell_upper_floors(licence, "withdrawn", ctx.reason)
    _lapse_shares(licence)


def on_suspended(licence: Licence, ctx: MoveContext) -> None:
    """Effect: from this day no mark until it is lifted; the signed licence's status bit is set and the pause logged."""
    day = clock.local(ctx.now).date()
    db.session.add(Suspension(licence_id=licence.id, from_on=day, reason=ctx.reason.strip()))
    db.session.flush()
    notary.log("licence-suspension", issue.change_digest(licence, "suspended", day), subject=str(licence.public_id))
    _tell_holder(licence, "授权已暂停", f"{ctx.reason}\n暂停期间不能新印带标志的标签；已印的照常可扫。", public=True)
    _tell_upper_floors(licence, "suspended", ctx.reason)


def on_lifted(licence: Licence, ctx: MoveContext) -> None:
    """Effect: it holds again from today; a fresh credential replaces the one whose status bit was set."""
    for row in _open_pause(licence):
        row.lifted_on, row.lift_reason = clock.local(ctx.now).date(), ctx.reason.strip()
    db.session.flush()
    notary.log(
        "licence-resumption", issue.change_digest(licence, "resumed", clock.local(ctx.now).date()),
        subject=str(licence.public_id),
    )  # fmt: skip
    issue.credential_again(licence, ctx.actor)
    _tell_holder(licence, "授权已恢复", ctx.reason, public=True)
    _tell_upper_floors(licence, "in_force", ctx.reason)


def on_expired(licence: Licence, _ctx: MoveContext) -> None:
    """Effect: the holder and the upper floors learn of the end."""
    for row in _open_pause(licence):
        assert licence.valid_until is not None
        row.lifted_on = max(licence.valid_until + timedelta(days=1), row.from_on)  # the last day was suspended too
    body = f"授权已于 {licence.valid_until} 到期，不能再新印标签；已印的照常可扫，页面会写明到期日。"
    _tell_holder(licence, "授权已到期", body, public=True)
    _tell_upper_floors(licence, "expired", "")
    _lapse_shares(licence)


EFFECTS = {
    "submit": on_submitted,
    "accept": on_accepted,
    "return": on_returned,
    "refuse": on_refused,
    "uphold": on_refused,
    "appeal": on_appealed,
    "publicise": on_publicised,
    "approve": on_approved,
    "replace": on_replaced,
    "withdraw": on_withdrawn,
    "hand_back": on_withdrawn,
    "suspend": on_suspended,
    "lift": on_lifted,
    "expire": on_expired,
}


def _open_pause(licence: Licence) -> list[Suspension]:
    """The suspension of a licence that is not lifted, in a list of one or none."""
    query = select(Suspension).where(Suspension.licence_id == licence.id, Suspension.lifted_on.is_(None))
    return list(db.session.scalars(query))


def _end(licence: Licence, day: date, reason: str) -> None:
    with db.session.no_autoflush:  # the CHECK wants state and day together
        licence.ended_on, licence.ended_reason = day, reason
        for row in licence.scope:
            if row.status == "granted":
                row.status = "ended"
    db.session.flush()


def _lapse_shares(licence: Licence) -> None:
    """Shares of the holder that no other licence of its own carries end with this one."""
    subs = select(Sublicence).where(
        Sublicence.licence_id.in_([row.id for row in queries.chain(licence)]),
        Sublicence.state.in_(("offered", "active")),
    )
    for sub in db.session.scalars(subs.order_by(Sublicence.id)).all():
        if queries.licence_for(sub.organisation_id, sub.variety, sub.form, sub.specification) is None:
            fire(SUBLICENCE, sub, "lapse", SYSTEM)


def _tell_upper_floors(licence: Licence, state: str, reason: str) -> None:
    """The holder and every partner that packs under it: whoever sealed lots under this licence."""
    for organisation_id in (licence.organisation_id, *queries.partners_of(licence)):
        for listener in hooks.licence_changed:
            listener(licence_id=licence.id, organisation_id=organisation_id, state=state, reason=reason)
