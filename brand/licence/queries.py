"""Reads about licences: what covers a product on a day, and what screens show."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import Select, func, select

from brand.licence import rules
from brand.licence.errors import LicenceNotFound
from brand.licence.models import Licence, Scope, Sublicence, Suspension
from brand.licence.reading import LicenceView, scope_rows, through, view
from core import clock
from core.account.actor import Actor
from core.db import db
from core.organisation import queries as organisations

ISSUED = rules.ISSUED
STATE_LABELS = rules.STATE_LABELS
__all__ = ["LicenceView", "scope_rows", "through", "view"]


def licence_for(
    organisation_id: int, variety: str, form: str, specification: str, on_date: date | None = None
) -> LicenceView | None:
    """The licence in force on a day (today) under which the organisation may mark a product, or None.

    Its own first (the latest granted); else, as the accepted partner of a holder, the holder's.
    """
    day, key = on_date or clock.today(), (variety, form, specification)
    own = _own_licence(organisation_id, key, day)
    if own is not None:
        return own
    for sub in _shares(organisation_id, key):
        held = _own_licence(sub.organisation_id, key, day)
        found = through(sub, held) if held is not None else None
        if found is not None and found.in_force:
            return found
    return None


def _granted(organisation_id: int, key: tuple[str, str, str]) -> Select[Licence]:
    variety, form, specification = key
    return (
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
    )


def _own_licence(organisation_id: int, key: tuple[str, str, str], day: date) -> LicenceView | None:
    query = _granted(organisation_id, key).where(Scope.valid_from <= day, Scope.valid_until >= day)
    for licence in db.session.scalars(query):
        found = view(licence, day)
        if found.in_force and rules.covers(found.rows, *key):
            return found
    return None


def _shares(partner_id: int, key: tuple[str, str, str], *, live: bool = True) -> list[Sublicence]:
    variety, form, specification = key
    query = select(Sublicence).where(
        Sublicence.partner_id == partner_id,
        Sublicence.state == "active" if live else Sublicence.state.in_(("active", "ended")),
        Sublicence.variety == variety,
        Sublicence.form == form,
        Sublicence.specification == specification,
    )
    return list(db.session.scalars(query.order_by(Sublicence.id.desc())))


def last_licence_for(organisation_id: int, variety: str, form: str, specification: str) -> LicenceView | None:
    """The latest licence that ever covered the product, whatever its state today (for 授权已于…到期).

    A licence that was granted but has not begun is passed over where an earlier one was already in use.
    """
    key, today = (variety, form, specification), clock.today()
    found = list(db.session.scalars(_granted(organisation_id, key)))
    if found:
        begun = [row for row in found if row.valid_from is not None and row.valid_from <= today]
        return view((begun or found)[0])
    shares = _shares(organisation_id, key, live=False)
    held = last_licence_for(shares[0].organisation_id, *key) if shares else None
    return through(shares[0], held) if held is not None else None


def covered_until(organisation_id: int, variety: str, form: str, specification: str) -> date | None:
    """The last day of unbroken cover from today, granted renewals included; None where nothing covers the product today.

    A stored copy of this day may be compared with the date at reading: no job has to run at midnight.
    """
    key, today = (variety, form, specification), clock.today()
    now = licence_for(organisation_id, *key)
    if now is None or now.sublicence_id is not None:
        return now.valid_until if now else None
    granted = db.session.scalars(_granted(organisation_id, key).where(Licence.state == "licensed"))
    later = [(row.valid_from, row.valid_until) for row in granted if row.valid_from and row.valid_until]
    return rules.unbroken_until([(now.valid_from, now.valid_until), *later], today)


def partners_of(licence: Licence) -> Sequence[int]:
    """The organisations that pack under a licence's scope now, by an accepted share of its holder."""
    keys = {(row.variety, row.form, row.specification) for row in licence.scope}
    query = select(Sublicence).where(
        Sublicence.organisation_id == licence.organisation_id, Sublicence.state == "active"
    )
    subs = [s for s in db.session.scalars(query) if (s.variety, s.form, s.specification) in keys]
    return sorted({sub.partner_id for sub in subs})


def chain(licence: Licence) -> list[Licence]:
    """The licence with everything it was renewed or changed from and into that was issued, oldest first."""
    line, seen = [licence], {licence.id}
    while line[0].predecessor_id is not None and line[0].predecessor_id not in seen:
        earlier = db.session.get_one(Licence, line[0].predecessor_id)
        seen.add(earlier.id)
        line.insert(0, earlier)
    return line + list(_successors(licence, seen))


def _successors(licence: Licence, seen: set[int]) -> Iterator[Licence]:
    query = select(Licence).where(Licence.predecessor_id == licence.id, Licence.state.in_(ISSUED)).order_by(Licence.id)
    for later in db.session.scalars(query).all():
        if later.id not in seen:
            seen.add(later.id)
            yield later
            yield from _successors(later, seen)


def successor(licence: Licence) -> Licence | None:
    """The changed licence that replaced this one, or None."""
    query = select(Licence).where(
        Licence.predecessor_id == licence.id, Licence.kind == "change", Licence.state.in_(ISSUED)
    )
    return db.session.scalar(query)


def open_case(licence: Licence, kind: str) -> Licence | None:
    """The renewal or change of a licence that is not decided yet, or None."""
    return db.session.scalar(
        select(Licence).where(
            Licence.predecessor_id == licence.id, Licence.kind == kind, Licence.state.in_(rules.PENDING)
        )
    )


def licences_of(organisation_id: int, on_date: date | None = None) -> list[LicenceView]:
    """Every issued licence of an organisation, latest first, judged as of a day."""
    query = (
        select(Licence)
        .where(Licence.organisation_id == organisation_id, Licence.state.in_(ISSUED))
        .order_by(Licence.decided_at.desc(), Licence.id.desc())
    )
    return [view(licence, on_date) for licence in db.session.scalars(query)]


def hold(organisation_id: int, brand_id: int | None = None) -> None:
    """Until the commit no licence of the organisation (for the brand) is suspended, withdrawn or ended (share mode).

    What was read before is forgotten, so that the decision that follows is on what holds under the lock.
    """
    query = select(Licence.id).where(Licence.organisation_id == organisation_id, Licence.state.in_(ISSUED))
    if brand_id is not None:
        query = query.where(Licence.brand_id == brand_id)
    db.session.execute(query.order_by(Licence.id).with_for_update(read=True)).all()
    db.session.flush()
    db.session.expire_all()


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
    return (["submitted", "accepted"] if actor.can(rules.SCREEN) else []) + (
        ["screened", "publicised", "appealed"] if actor.can(rules.DECIDE) else []
    )


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
        Scope.licence_id.not_in([licence.id, *([licence.predecessor_id] if licence.kind == "change" else [])]),
        Scope.status == "granted",
        Scope.valid_from <= last,
        Scope.valid_until >= first,
    )
    keys = {tuple(row) for row in db.session.execute(taken)}
    return [row.label for row in scope_rows(licence) if row.key in keys]


def progress(organisation_id: int) -> int:
    """How many licences of the organisation are in force today (a step of the guided start)."""
    today = clock.today()
    paused = select(Suspension.id).where(Suspension.licence_id == Licence.id, Suspension.lifted_on.is_(None)).exists()
    query = select(func.count(Licence.id)).where(
        Licence.organisation_id == organisation_id,
        Licence.state == "licensed",
        Licence.valid_from <= today,
        Licence.valid_until >= today,
        ~paused,
    )
    return db.session.scalar(query) or 0


def pending(organisation_id: int) -> list[Licence]:
    """The organisation's applications that are not decided yet, newest first."""
    query = select(Licence).where(Licence.organisation_id == organisation_id, Licence.state.in_(rules.PENDING))
    return list(db.session.scalars(query.order_by(Licence.id.desc())))


def ending_soon(organisation_id: int, days: int = 60) -> list[LicenceView]:
    """Licences in force that end within ``days`` and have no granted renewal."""
    today = clock.today()
    renewed = select(Licence.predecessor_id).where(
        Licence.organisation_id == organisation_id, Licence.kind == "renewal", Licence.state.in_(ISSUED)
    )
    done = set(db.session.scalars(renewed))
    soon = [v for v in licences_of(organisation_id) if v.in_force and (v.valid_until - today).days <= days]
    return [v for v in soon if v.id not in done]


def cross_checks(licence: Licence) -> Sequence[tuple[str, str]]:
    """What a reviewer compares: other licences, refusals and withdrawals before, others at the same address."""
    organisation = organisations.get_organisation(licence.organisation_id)
    others = [v for v in licences_of(licence.organisation_id) if v.id != licence.id]
    now = [v.licence_no for v in others if v.in_force]
    bad = db.session.scalar(
        select(func.count(Licence.id)).where(
            Licence.organisation_id == licence.organisation_id,
            Licence.id != licence.id,
            Licence.state.in_(("refused", "upheld", "withdrawn")),
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
