"""Mandates: whose journals an enterprise or co-operative keeps, from when to when; either side may end one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, Denied, NotFound
from core.identifiers import check_organisation_code, normalise_text
from core.organisation import permissions, queries
from core.organisation.models import Mandate
from core.organisation.queries import OrganisationView
from core.record.service import record


@dataclass(frozen=True, slots=True)
class MandateView:
    """A mandate as screens read it; ``other`` is the party that is not the reader."""

    public_id: uuid.UUID
    keeper_id: int
    grower_id: int
    other: OrganisationView
    valid_from: date
    valid_to: date | None
    given_by: str
    end_reason: str

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def _live(day: date) -> list[ColumnElement[bool]]:
    return [Mandate.valid_from <= day, or_(Mandate.valid_to.is_(None), Mandate.valid_to >= day)]


def keeps_for(keeper_id: int, grower_id: int, on: date | None = None) -> bool:
    """Whether a mandate of the grower to the keeper holds on the day (today by default)."""
    query = select(Mandate.id).where(Mandate.keeper_id == keeper_id, Mandate.grower_id == grower_id)
    return db.session.scalar(query.where(*_live(on or clock.today())).limit(1)) is not None


def growers_kept_by(keeper_id: int, on: date | None = None) -> list[OrganisationView]:
    """The growers whose mandate to the keeper holds on the day, in name order."""
    ids = db.session.scalars(
        select(Mandate.grower_id).where(Mandate.keeper_id == keeper_id, *_live(on or clock.today()))
    )
    found = queries.views(list(ids))
    return sorted(found.values(), key=lambda g: (g.name, g.id))


def mandates_of(organisation_id: int) -> list[MandateView]:
    """Every mandate the organisation gave or holds, latest first."""
    rows = list(
        db.session.scalars(
            select(Mandate)
            .where(or_(Mandate.keeper_id == organisation_id, Mandate.grower_id == organisation_id))
            .order_by(Mandate.valid_from.desc(), Mandate.id.desc())
        )
    )
    others = {r.id: r.grower_id if r.keeper_id == organisation_id else r.keeper_id for r in rows}
    known = queries.views(list(others.values()))
    return [
        MandateView(
            r.public_id, r.keeper_id, r.grower_id, known[others[r.id]], r.valid_from, r.valid_to, r.given_by, r.end_reason
        )
        for r in rows
    ]  # fmt: skip


def get_mandate(public_id: uuid.UUID, actor: Actor) -> MandateView:
    """The mandate, if the actor's organisation is one of its parties; NotFound otherwise."""
    found = next((m for m in mandates_of(actor.organisation_id or 0) if m.public_id == public_id), None)
    if found is None:
        raise NotFound("没有找到这份委托。", help="请从列表重新进入。")
    return found


def give(
    *, keeper_id: int, grower_id: int, valid_from: date, valid_to: date | None, given_by: str, actor: Actor
) -> Mandate:
    """A mandate of the grower to the keeper; Conflict where one of the pair covers a day of the period already."""
    if valid_to is not None and valid_to < valid_from:
        raise BadInput("委托的结束日早于开始日，请核对。", code="mandate.period", field="valid_to")
    overlapping = select(Mandate.id).where(
        Mandate.keeper_id == keeper_id,
        Mandate.grower_id == grower_id,
        or_(Mandate.valid_to.is_(None), Mandate.valid_to >= valid_from),
    )
    if valid_to is not None:
        overlapping = overlapping.where(Mandate.valid_from <= valid_to)
    if db.session.scalar(overlapping.limit(1)) is not None:
        raise Conflict("这段时间已经有委托。", code="mandate.overlap", field="valid_from", help="先结束原来的委托。")
    row = Mandate(keeper_id=keeper_id, grower_id=grower_id, valid_from=valid_from, valid_to=valid_to, given_by=given_by)
    db.session.add(row)
    db.session.flush()
    record("mandate.given", row, actor, valid_from=valid_from, valid_to=valid_to)
    return row


def give_to(actor: Actor, *, keeper_code: str, valid_from: date, valid_to: date | None) -> Mandate:
    """The actor's grower lets the enterprise of this code keep his journals: his own deed, so any enterprise may be named."""
    if actor.organisation_kind != "grower" or actor.organisation_id is None or not actor.can(permissions.MANDATE):
        raise Denied("委托由种植户自己给。", help="请在右上角切换到种植户的身份。")
    keeper = queries.find_by_code(check_organisation_code(keeper_code, "keeper_code"))
    if keeper is None or keeper.kind != "enterprise" or not keeper.is_active:
        raise BadInput("没有这个代码的企业或合作社。", code="mandate.keeper", field="keeper_code", help="请核对代码。")
    return give(
        keeper_id=keeper.id, grower_id=actor.organisation_id, valid_from=valid_from, valid_to=valid_to,
        given_by="grower", actor=actor,
    )  # fmt: skip


def renew(actor: Actor, *, grower_code: str, valid_from: date, valid_to: date | None) -> Mandate:
    """A new mandate of a grower the actor's enterprise registered itself; others give theirs by their own hand."""
    if actor.organisation_id is None or not actor.can(permissions.GROWERS):
        raise Denied("委托由合作社或企业登记。", help="请在右上角切换到本单位的身份。")
    grower = queries.find_by_code(check_organisation_code(grower_code, "grower_code"))
    if grower is None or grower.id not in {g.id for g in queries.growers_of(actor.organisation_id)}:
        raise BadInput("只能为本单位登记的种植户续委托。", code="mandate.grower", field="grower_code")
    return give(
        keeper_id=actor.organisation_id, grower_id=grower.id, valid_from=valid_from, valid_to=valid_to,
        given_by="keeper", actor=actor,
    )  # fmt: skip


def end(public_id: uuid.UUID, actor: Actor, *, reason: str) -> Mandate:
    """The mandate's last day is today; either party may end it, anybody else is told it does not exist."""
    row = db.session.scalar(select(Mandate).where(Mandate.public_id == public_id))
    if row is None or actor.organisation_id not in (row.keeper_id, row.grower_id):
        raise NotFound("没有找到这份委托。", help="请从列表重新进入。")
    words = normalise_text(reason)
    if not words or len(words) > 120:
        raise BadInput("结束委托要写原因，最多 120 个字。", code="mandate.reason", field="reason")
    lock(row)
    today = clock.today()
    if row.valid_to is not None and row.valid_to <= today:
        raise Conflict("这份委托已经结束。", code="mandate.ended", field="reason")
    row.valid_to, row.end_reason = max(today, row.valid_from), words
    record("mandate.ended", row, actor, reason=words)
    db.session.flush()
    return row
