"""Sub-licences: offered by a holder, accepted by the named partner, ended by either or with the licence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from brand.licence import queries, rules_sub
from brand.licence.errors import LicenceNotFound
from brand.licence.models import Licence, Sublicence
from core import clock, hooks, identifiers
from core.account.actor import SYSTEM, Actor
from core.db import db
from core.errors import RuleBroken, Unmet
from core.notice.service import send
from core.organisation import queries as organisations
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from core.workflow.table import Move

LINK = "/brand/shares/"


def offer(
    licence: Licence,
    actor: Actor,
    *,
    partner_code: str,
    row_id: int,
    grams: int,
    valid_from: date,
    valid_until: date,
    note: str = "",
) -> Sublicence:
    """Afterwards the partner may accept to pack one granted combination; RuleBroken with everything that stands against it."""
    if licence.organisation_id != actor.organisation_id or not actor.can(rules_sub.SHARE):
        raise LicenceNotFound()
    partner = organisations.get_by_code(partner_code)
    row = next((r for r in licence.scope if r.id == row_id and r.status == "granted"), None)
    if row is None:
        raise LicenceNotFound()
    sub = Sublicence(
        licence_id=licence.id, organisation_id=licence.organisation_id, partner_id=partner.id, variety=row.variety,
        form=row.form, specification=row.specification, grams=grams, valid_from=valid_from, valid_until=valid_until,
        note=identifiers.normalise_text(note, multiline=True),
    )  # fmt: skip
    facts = _facts(sub, clock.today())
    unmet = [u for guard in rules_sub.CONDITIONS for u in guard(facts)]
    if partner.id == licence.organisation_id:
        unmet.append(Unmet("SL-13", "不能和自己约定。", help="填合作方的统一社会信用代码或编号。"))
    if unmet:
        raise RuleBroken(unmet=unmet)
    db.session.add(sub)
    db.session.flush()
    record("sublicence.offered", sub, actor, partner=partner.code, grams=grams)
    holder = organisations.get_organisation(licence.organisation_id)
    send(
        title=f"{holder.short_name}请你按它的授权包装", body="看清品种、规格、数量和日期，接受以后才生效。",
        link=f"{LINK}{sub.public_id}", to_organisation_id=partner.id,
    )  # fmt: skip
    return sub


def load_facts(
    sub: Sublicence, _move: Move, _actor: Actor, now: datetime, _payload: Mapping[str, Any]
) -> rules_sub.SubFacts:
    """What the guards decide on."""
    return _facts(sub, clock.local(now).date())


def _facts(sub: Sublicence, today: date) -> rules_sub.SubFacts:
    key = (sub.variety, sub.form, sub.specification)
    held = queries.licence_for(sub.organisation_id, *key, today)
    if held is not None and held.sublicence_id is not None:
        held = None  # a partner cannot pass on what it was let have
    last = held or queries.last_licence_for(sub.organisation_id, *key)
    partner = organisations.get_organisation(sub.partner_id)
    own = queries.licence_for(sub.partner_id, *key, today)
    live = select(Sublicence.id).where(
        Sublicence.partner_id == sub.partner_id, Sublicence.organisation_id == sub.organisation_id,
        Sublicence.variety == sub.variety, Sublicence.form == sub.form, Sublicence.specification == sub.specification,
        Sublicence.state.in_(("offered", "active")), Sublicence.valid_from <= sub.valid_until,
        Sublicence.valid_until >= sub.valid_from, Sublicence.id != (sub.id or 0),
    )  # fmt: skip
    return rules_sub.SubFacts(
        today=today,
        valid_from=sub.valid_from,
        valid_until=sub.valid_until,
        grams=sub.grams,
        licence_state="in_force" if held is not None else (last.state if last is not None else "expired"),
        licence_until=queries.covered_until(sub.organisation_id, *key) if held is not None else None,
        row_grams=next((row.yearly_grams for row in held.rows if row.key == key), 0) if held is not None else 0,
        partner_active=partner.is_active,
        partner_kind=partner.kind,
        partner_name=partner.short_name,
        partner_has_own=own is not None and own.sublicence_id is None,
        other_live=db.session.scalar(live.limit(1)) is not None,
    )


def on_accepted(sub: Sublicence, _ctx: MoveContext) -> None:
    """Effect: the holder knows; upper floors mark what the partner seals."""
    _say(sub, sub.organisation_id, "合作方已接受包装约定")
    _changed(sub, "in_force", "")


def on_declined(sub: Sublicence, ctx: MoveContext) -> None:
    """Effect: the holder knows why."""
    _say(sub, sub.organisation_id, "合作方没有接受包装约定", ctx.reason)


def on_ended(sub: Sublicence, ctx: MoveContext) -> None:
    """Effect: from today the partner marks nothing more under it; both sides know."""
    with db.session.no_autoflush:  # the CHECK wants state and day together
        sub.ended_on = clock.local(ctx.now).date()
        sub.ended_reason = ctx.reason.strip() or "授权或约定的日期已到。"
    db.session.flush()
    for organisation_id in (sub.organisation_id, sub.partner_id):
        _say(sub, organisation_id, "合作包装的约定已终止", sub.ended_reason)
    _changed(sub, "withdrawn", sub.ended_reason)


EFFECTS = {"accept": on_accepted, "decline": on_declined, "end": on_ended, "leave": on_ended, "lapse": on_ended}
OWNERS = {move: (lambda sub: sub.partner_id) for move in ("accept", "decline", "leave")}


def lapse_due(now: datetime) -> int:
    """Every share whose last day has passed is written down as ended; it gave no right since that day anyway."""
    today = clock.local(now).date()
    due = select(Sublicence).where(Sublicence.state.in_(("offered", "active")), Sublicence.valid_until < today)
    found = db.session.scalars(due.order_by(Sublicence.id).with_for_update(skip_locked=True)).all()
    for sub in found:
        fire(rules_sub.SUBLICENCE, sub, "lapse", SYSTEM, now=now)
    return len(found)


def _say(sub: Sublicence, organisation_id: int, title: str, body: str = "") -> None:
    send(title=title, body=body, link=f"{LINK}{sub.public_id}", to_organisation_id=organisation_id)


def _changed(sub: Sublicence, state: str, reason: str) -> None:
    for listener in hooks.licence_changed:
        listener(licence_id=sub.licence_id, organisation_id=sub.partner_id, state=state, reason=reason)


# --- reads ---------------------------------------------------------------------------------------------------------------


def visible(sub: Sublicence, actor: Actor) -> bool:
    """Its two sides, and the offices."""
    sides = (sub.organisation_id, sub.partner_id)
    return actor.is_system or queries.in_office(actor) or (actor.organisation_id in sides)


def for_actor(public_id: UUID, actor: Actor) -> Sublicence:
    """The share, for its two sides and the offices; LicenceNotFound otherwise."""
    sub = db.session.scalar(select(Sublicence).where(Sublicence.public_id == public_id))
    if sub is None or not visible(sub, actor):
        raise LicenceNotFound()
    return sub


def of_organisation(organisation_id: int) -> Sequence[Sublicence]:
    """Shares given and taken, newest first."""
    side = or_(Sublicence.organisation_id == organisation_id, Sublicence.partner_id == organisation_id)
    return db.session.scalars(select(Sublicence).where(side).order_by(Sublicence.id.desc())).all()


def of_licence(licence: Licence) -> Sequence[Sublicence]:
    """Shares given under a licence, newest first."""
    query = select(Sublicence).where(Sublicence.licence_id == licence.id)
    return db.session.scalars(query.order_by(Sublicence.id.desc())).all()
