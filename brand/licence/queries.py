"""Reads about licences: what covers a product on a day, and what screens show."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select

from brand.licence import rules
from brand.licence.errors import LicenceNotFound
from brand.licence.models import Licence, Scope
from brand.matrix import queries as matrix
from core import clock
from core.account.actor import Actor
from core.db import db
from core.organisation import queries as organisations
from core.taxonomy.queries import find_term, labels

ISSUED = ("licensed", "expired", "withdrawn")
STATE_LABELS = {"in_force": "有效", "not_yet": "未到生效日", "expired": "已到期", "withdrawn": "已撤销"}


@dataclass(frozen=True, slots=True)
class LicenceView:
    """An issued licence; ``state`` is judged by date, never by the stored state alone."""

    id: int
    public_id: uuid.UUID
    licence_no: str
    organisation_id: int
    brand_id: int
    brand_name: str
    brand_line: tuple[str, ...]
    valid_from: date
    valid_until: date
    ended_on: date | None
    ended_reason: str
    rows: tuple[rules.ScopeRow, ...]
    on_date: date
    state: str

    @property
    def state_label(self) -> str:
        return STATE_LABELS[self.state]

    @property
    def in_force(self) -> bool:
        return self.state == "in_force"

    @property
    def path(self) -> str:
        return f"/licence/{self.public_id}"


def scope_rows(licence: Licence, *statuses: str) -> tuple[rules.ScopeRow, ...]:
    """The scope rows of a licence as plain facts, with labels; of the given statuses, or all."""
    chosen = [row for row in licence.scope if not statuses or row.status in statuses]
    words = labels([c for row in chosen for c in (row.variety, row.form, row.specification)])
    species = {code: term.species for code in {r.variety for r in chosen} if (term := find_term(code)) is not None}
    return tuple(
        rules.ScopeRow(
            variety=row.variety,
            form=row.form,
            specification=row.specification,
            yearly_grams=row.yearly_grams,
            species=species.get(row.variety),
            label="，".join(words.get(c, c) for c in (row.variety, row.form, row.specification)),
            words=tuple(words.get(c, c) for c in (row.variety, row.form, row.specification)),
            id=row.id,
        )
        for row in chosen
    )


def view(licence: Licence, on_date: date | None = None) -> LicenceView:
    """The frozen view of an issued licence as of a day (today)."""
    day = on_date or clock.today()
    assert licence.licence_no is not None
    assert licence.valid_from is not None
    assert licence.valid_until is not None
    line = matrix.line(licence.brand_id)
    return LicenceView(
        id=licence.id,
        public_id=licence.public_id,
        licence_no=licence.licence_no,
        organisation_id=licence.organisation_id,
        brand_id=licence.brand_id,
        brand_name=line[-1].name,
        brand_line=tuple(brand.name for brand in line),
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
        ended_on=licence.ended_on,
        ended_reason=licence.ended_reason,
        rows=scope_rows(licence, "granted", "ended"),
        on_date=day,
        state=rules.state_on(licence.valid_from, licence.valid_until, licence.ended_on, day),
    )


def licence_for(
    organisation_id: int, variety: str, form: str, specification: str, on_date: date | None = None
) -> LicenceView | None:
    """The licence in force on a day (today) that covers a product of the organisation; the latest granted, or None."""
    day = on_date or clock.today()
    query = (
        select(Licence)
        .join(Scope, Scope.licence_id == Licence.id)
        .where(
            Scope.organisation_id == organisation_id,
            Scope.status.in_(("granted", "ended")),
            Scope.variety == variety,
            Scope.form == form,
            Scope.specification == specification,
            Scope.valid_from <= day,
            Scope.valid_until >= day,
        )
        .order_by(Licence.decided_at.desc(), Licence.id.desc())
    )
    for licence in db.session.scalars(query):
        found = view(licence, day)
        if found.in_force and rules.covers(found.rows, variety, form, specification):
            return found
    return None


def last_licence_for(organisation_id: int, variety: str, form: str, specification: str) -> LicenceView | None:
    """The latest licence that ever covered the product, whatever its state today (for 授权已于…到期)."""
    query = (
        select(Licence)
        .join(Scope, Scope.licence_id == Licence.id)
        .where(
            Scope.organisation_id == organisation_id,
            Scope.status.in_(("granted", "ended")),
            Scope.variety == variety,
            Scope.form == form,
            Scope.specification == specification,
        )
        .order_by(Licence.decided_at.desc(), Licence.id.desc())
        .limit(1)
    )
    found = db.session.scalar(query)
    return view(found) if found is not None else None


def licences_of(organisation_id: int, on_date: date | None = None) -> list[LicenceView]:
    """Every issued licence of an organisation, latest first, judged as of a day."""
    query = (
        select(Licence)
        .where(Licence.organisation_id == organisation_id, Licence.state.in_(ISSUED))
        .order_by(Licence.decided_at.desc(), Licence.id.desc())
    )
    return [view(licence, on_date) for licence in db.session.scalars(query)]


def licence_by_id(licence_id: int, on_date: date | None = None) -> LicenceView:
    """The issued licence with this id, judged as of a day; LicenceNotFound otherwise."""
    licence = db.session.get(Licence, licence_id)
    if licence is None or licence.licence_no is None:
        raise LicenceNotFound()
    return view(licence, on_date)


def public_licence(public_id: uuid.UUID) -> Licence:
    """The issued licence of an address; applications and drafts are not public."""
    licence = db.session.scalar(select(Licence).where(Licence.public_id == public_id, Licence.state.in_(ISSUED)))
    if licence is None:
        raise LicenceNotFound()
    return licence


def visible(licence: Licence, actor: Actor) -> bool:
    """Its own organisation always; the offices once it has been submitted."""
    if actor.is_system or (actor.organisation_id is not None and licence.organisation_id == actor.organisation_id):
        return True
    return in_office(actor) and licence.submitted_at is not None


def in_office(actor: Actor) -> bool:
    """Whether the actor reads licences for a public body."""
    return actor.organisation_kind in ("brand_office", "office", "bureau") and actor.can(rules.VIEW)


def licence_for_actor(public_id: uuid.UUID, actor: Actor) -> Licence:
    """A licence or application the actor may see; LicenceNotFound otherwise."""
    licence = db.session.scalar(select(Licence).where(Licence.public_id == public_id))
    if licence is None or not visible(licence, actor):
        raise LicenceNotFound()
    return licence


def cases(actor: Actor) -> Select[Licence]:
    """The applications and licences the actor may see, newest first."""
    query = select(Licence).order_by(Licence.id.desc())
    if in_office(actor):
        return query.where(Licence.submitted_at.is_not(None))
    return query.where(Licence.organisation_id == actor.organisation_id)


def _waiting_states(actor: Actor) -> list[str]:
    return (["submitted"] if actor.can(rules.SCREEN) else []) + (["screened"] if actor.can(rules.DECIDE) else [])


def waiting(actor: Actor, limit: int = 50) -> list[Licence]:
    """The cases that wait for what this actor may do, oldest submission first."""
    states = _waiting_states(actor)
    if not states:
        return []
    query = cases(actor).where(Licence.state.in_(states)).order_by(None).order_by(Licence.submitted_at, Licence.id)
    return list(db.session.scalars(query.limit(limit)))


def waiting_count(actor: Actor) -> int:
    """How many cases wait for what this actor may do: screening, or deciding."""
    states = _waiting_states(actor)
    return db.session.scalar(select(func.count(Licence.id)).where(Licence.state.in_(states))) or 0


def overlapping(licence: Licence, first: date, last: date) -> list[str]:
    """Labels of the licence's rows that another licence of the same brand covers within the days."""
    taken = select(Scope.variety, Scope.form, Scope.specification).where(
        Scope.organisation_id == licence.organisation_id,
        Scope.brand_id == licence.brand_id,
        Scope.licence_id != licence.id,
        Scope.status == "granted",
        Scope.valid_from <= last,
        Scope.valid_until >= first,
    )
    keys = {tuple(row) for row in db.session.execute(taken)}
    return [row.label for row in scope_rows(licence) if row.key in keys]


def progress(organisation_id: int) -> int:
    """How many licences of the organisation are in force today (a step of the guided start)."""
    today = clock.today()
    query = select(func.count(Licence.id)).where(
        Licence.organisation_id == organisation_id,
        Licence.state == "licensed",
        Licence.valid_from <= today,
        Licence.valid_until >= today,
    )
    return db.session.scalar(query) or 0


def pending(organisation_id: int) -> list[Licence]:
    """The organisation's applications that are not decided yet, newest first."""
    states = ("draft", "submitted", "returned", "screened")
    query = select(Licence).where(Licence.organisation_id == organisation_id, Licence.state.in_(states))
    return list(db.session.scalars(query.order_by(Licence.id.desc())))


def ending_soon(organisation_id: int, days: int = 60) -> list[LicenceView]:
    """Licences in force that end within ``days``."""
    today = clock.today()
    return [v for v in licences_of(organisation_id) if v.in_force and (v.valid_until - today).days <= days]


def cross_checks(licence: Licence) -> Sequence[tuple[str, str]]:
    """What a reviewer compares: other licences, refusals and withdrawals before, others at the same address."""
    organisation = organisations.get_organisation(licence.organisation_id)
    others = [v for v in licences_of(licence.organisation_id) if v.id != licence.id]
    now = [v.licence_no for v in others if v.in_force]
    bad = db.session.scalar(
        select(func.count(Licence.id)).where(
            Licence.organisation_id == licence.organisation_id,
            Licence.id != licence.id,
            Licence.state.in_(("refused", "withdrawn")),
        )
    )
    neighbours = organisations.same_address(organisation.address, apart_from=organisation.id)
    return (
        ("现有授权", "、".join(now) or "无"),
        ("被拒或撤销", f"{bad} 次" if bad else "未查到记录"),
        (
            "同地址企业",
            f"{len(neighbours)} 家：{'、'.join(n.short_name for n in neighbours)}" if neighbours else "未查到",
        ),
        ("入驻日期", organisation.registered_on.isoformat() if organisation.registered_on else "未提供"),
    )
