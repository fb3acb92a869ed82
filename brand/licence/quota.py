"""The label quota: opened by the decision, drawn by print runs under row locks, given back for voided labels.

Others call :func:`left`, :func:`draw` and :func:`give_back`.  Nothing here commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, update

from brand.licence import queries, rules, rules_quota
from brand.licence.errors import NoLicence, QuotaShort
from brand.licence.models import Draw, Licence, Quota, Scope, Sublicence
from brand.licence.reading import LicenceView
from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import Unmet
from core.record.service import record

Key = tuple[str, str, str]  # variety, form, specification


@dataclass(frozen=True, slots=True)
class Left:
    """What may still be marked today: the licence it is under, the quota's facts, and the licence year's days."""

    licence: LicenceView
    facts: rules_quota.QuotaFacts
    first_on: date
    last_on: date

    def pieces(self, net_grams: int) -> int:
        """How many labels of ``net_grams`` each."""
        return self.facts.pieces_left(net_grams)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw as its caller keeps it."""

    licence_no: str
    pieces: int
    grams: int


# --- opened by the decision ------------------------------------------------------------------------------------------


def open_quotas(licence: Licence, actor: Actor) -> None:
    """Afterwards each granted row has a quota for each licence year of its term; a change carries over what was used."""
    assert licence.anchor_on is not None
    assert licence.valid_from is not None
    assert licence.valid_until is not None
    year = rules.licence_year(licence.anchor_on, licence.valid_from)
    last = rules.licence_year(licence.anchor_on, licence.valid_until)
    used = used_of(licence.predecessor_id) if licence.kind == "change" else {}
    for row in licence.scope:
        if row.status != "granted":
            continue
        for number in range(year, last + 1):
            first_on, last_on = rules.year_span(licence.anchor_on, number)
            carried = used.get((row.variety, row.form, row.specification), 0) if number == year else 0
            quota = Quota(
                licence_id=licence.id,
                scope_id=row.id,
                year_no=number,
                first_on=first_on,
                last_on=last_on,
                granted_grams=row.yearly_grams,
                used_grams=carried,
            )
            db.session.add(quota)
            db.session.flush()  # the carried movement names it
            if carried:
                _move(quota, licence.organisation_id, "carried", f"carried:{row.id}:{number}", 0, 0, carried, actor)


def used_of(licence_id: int | None) -> dict[Key, int]:
    """Grams used in the licence year that runs today, by product of the licence."""
    if licence_id is None:
        return {}
    today = clock.today()
    rows = db.session.execute(
        select(Scope.variety, Scope.form, Scope.specification, Quota.used_grams)
        .join(Scope, Scope.id == Quota.scope_id)
        .where(Quota.licence_id == licence_id, Quota.first_on <= today, Quota.last_on >= today)
    )
    return {(variety, form, specification): used for variety, form, specification, used in rows}


# --- asked and drawn by print runs -------------------------------------------------------------------------------------


def left(organisation_id: int, key: Key) -> Left | None:
    """What the organisation may still mark of a product today, own licence or as a partner; None without a licence."""
    found = queries.licence_for(organisation_id, *key)
    quota = _quota_of(found, key) if found is not None else None
    if found is None or quota is None:
        return None
    share = db.session.get(Sublicence, found.sublicence_id) if found.sublicence_id is not None else None
    return Left(found, _facts(quota, share, found), quota.first_on, quota.last_on)


def explain_draw(organisation_id: int, key: Key, pieces: int, net_grams: int) -> list[Unmet]:
    """Why ``pieces`` marked labels cannot be had now; empty when they can, or where there is no licence to ask."""
    found = left(organisation_id, key)
    return rules_quota.unmet_draw(found.facts, pieces, net_grams) if found is not None else []


def has_drawn(source: str) -> str:
    """The number of the licence a source drew from, '' where it drew nothing."""
    found = db.session.scalar(
        select(Licence.licence_no)
        .join(Quota, Quota.licence_id == Licence.id)
        .join(Draw, Draw.quota_id == Quota.id)
        .where(Draw.source == source, Draw.kind == "draw")
    )
    return found or ""


def draw(
    organisation_id: int, key: Key, *, pieces: int, net_grams: int, source: str, actor: Actor, about: str = ""
) -> Drawn:
    """Afterwards ``pieces`` labels are taken off the quota of the licence in force, once per ``source``.

    The licence row is held in share mode until the commit, so that a suspension or withdrawal comes wholly before or
    wholly after; the quota is one conditional UPDATE.  NoLicence without a licence in force, QuotaShort with what is left.
    """
    if pieces < 1 or net_grams < 1:
        raise ValueError("a draw has pieces and a net content")
    found = _live(organisation_id, key)
    quota = _quota_of(found, key)
    if quota is None:  # granted before quotas were kept: nothing to count down
        raise NoLicence()
    earlier = db.session.scalar(select(Draw).where(Draw.source == source, Draw.kind == "draw"))
    if earlier is not None:
        return Drawn(has_drawn(source), earlier.pieces, earlier.grams)
    grams = pieces * net_grams
    if not _take(quota, found.sublicence_id, grams):
        share = db.session.get(Sublicence, found.sublicence_id) if found.sublicence_id is not None else None
        db.session.refresh(quota)
        if share is not None:
            db.session.refresh(share)
        raise QuotaShort(unmet=rules_quota.unmet_draw(_facts(quota, share, found), pieces, net_grams), field="count")
    _move(quota, organisation_id, "draw", source, pieces, net_grams, grams, actor, found.sublicence_id, about)
    record(
        "licence.quota_drawn", ("brand_licence_quota", quota.id), actor,
        licence_no=found.licence_no, source=source, pieces=pieces, grams=grams,
    )  # fmt: skip
    return Drawn(found.licence_no, pieces, grams)


def _live(organisation_id: int, key: Key) -> LicenceView:
    """The licence in force, its row locked in share mode and judged again under the lock."""
    found = queries.licence_for(organisation_id, *key)
    while found is not None:
        row = select(Licence).where(Licence.id == found.id).with_for_update(read=True)
        db.session.scalars(row.execution_options(populate_existing=True)).one()
        again = queries.licence_for(organisation_id, *key)
        if again is not None and again.id == found.id:
            return again
        found = again
    raise NoLicence()


def _take(quota: Quota, sublicence_id: int | None, grams: int) -> bool:
    """Whether share and quota both still held ``grams`` and now hold that much less; the share first, then the quota."""
    if sublicence_id is not None and not _taken_of_share(sublicence_id, grams):
        return False
    done = db.session.execute(
        update(Quota)
        .where(Quota.id == quota.id, Quota.used_grams + grams <= Quota.granted_grams)
        .values(used_grams=Quota.used_grams + grams)
    )
    if done.rowcount == 1:  # type: ignore[attr-defined]
        return True
    if sublicence_id is not None:
        _taken_of_share(sublicence_id, -grams)
    return False


def _taken_of_share(sublicence_id: int, grams: int) -> bool:
    fits = Sublicence.used_grams + grams <= Sublicence.grams
    done = db.session.execute(
        update(Sublicence)
        .where(Sublicence.id == sublicence_id, Sublicence.state == "active", fits)
        .values(used_grams=Sublicence.used_grams + grams)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


# --- voided labels come back --------------------------------------------------------------------------------------------


def give_back(source: str, *, pieces: int, returned_by: str, actor: Actor, reason: str = "") -> int:
    """Afterwards the quota holds ``pieces`` labels more, once per ``returned_by``; returns the grams that came back.

    Nothing comes back where ``source`` drew nothing, and by rule: after the licence year or once the licence has ended.
    A changed licence takes over what its predecessor's labels return.
    """
    drawn = db.session.scalar(select(Draw).where(Draw.source == source, Draw.kind == "draw"))
    seen = db.session.scalar(select(Draw.id).where(Draw.source == returned_by))
    if drawn is None or seen is not None:
        return 0
    quota = _current(db.session.get_one(Quota, drawn.quota_id))
    licence = db.session.get_one(Licence, quota.licence_id)
    if not rules_quota.gives_back(licence.state, quota.first_on, quota.last_on, clock.today()):
        return 0
    grams = pieces * drawn.net_grams
    db.session.execute(update(Quota).where(Quota.id == quota.id).values(used_grams=Quota.used_grams - grams))
    if drawn.sublicence_id is not None:
        share = update(Sublicence).where(Sublicence.id == drawn.sublicence_id)
        db.session.execute(share.values(used_grams=Sublicence.used_grams - grams))
    _move(
        quota, drawn.organisation_id, "return", returned_by, pieces, drawn.net_grams, grams, actor,
        drawn.sublicence_id, reason,
    )  # fmt: skip
    record(
        "licence.quota_returned", ("brand_licence_quota", quota.id), actor, source=source, pieces=pieces, grams=grams
    )
    return grams


def _current(quota: Quota) -> Quota:
    """The quota of the licence year under the licence that replaced this one, if any did; else the same."""
    licence, scope = db.session.get_one(Licence, quota.licence_id), db.session.get_one(Scope, quota.scope_id)
    later = queries.successor(licence)
    if later is None:
        return quota
    key = (Scope.variety == scope.variety, Scope.form == scope.form, Scope.specification == scope.specification)
    found = db.session.scalar(
        select(Quota)
        .join(Scope, Scope.id == Quota.scope_id)
        .where(Quota.licence_id == later.id, Quota.first_on == quota.first_on, *key)
    )
    return _current(found) if found is not None else quota


# --- reads -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """A quota for screens: what it is for, the licence year, granted and used."""

    label: str
    year_no: int
    first_on: date
    last_on: date
    granted_grams: int
    used_grams: int

    @property
    def left_grams(self) -> int:
        return self.granted_grams - self.used_grams


def lines(licence: Licence) -> list[QuotaLine]:
    """Every quota of a licence, by row and year."""
    named = {row.id: row.label for row in queries.scope_rows(licence)}
    rows = db.session.scalars(
        select(Quota).where(Quota.licence_id == licence.id).order_by(Quota.scope_id, Quota.year_no)
    )
    return [QuotaLine(named[q.scope_id], q.year_no, q.first_on, q.last_on, q.granted_grams, q.used_grams) for q in rows]


def drawn_between(scope_id: int, first: date, last: date) -> int:
    """Grams drawn less grams given back for a row within local days, as the print runs counted them."""
    sign = func.sum(Draw.grams).filter(Draw.kind == "draw"), func.sum(Draw.grams).filter(Draw.kind == "return")
    taken, back = db.session.execute(
        select(*sign)
        .join(Quota, Quota.id == Draw.quota_id)
        .where(Quota.scope_id == scope_id, Draw.drawn_at >= clock.day_start(first), Draw.drawn_at < clock.day_end(last))
    ).one()
    return max(int(taken or 0) - int(back or 0), 0)


def differences() -> list[str]:
    """Every quota that is not the sum of its movements; empty when all agree."""
    sums = (
        select(
            Draw.quota_id,
            func.sum(Draw.grams).filter(Draw.kind != "return").label("taken"),
            func.sum(Draw.grams).filter(Draw.kind == "return").label("back"),
        )
        .group_by(Draw.quota_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Quota.id, Quota.used_grams, func.coalesce(sums.c.taken, 0), func.coalesce(sums.c.back, 0)).outerjoin(
            sums, sums.c.quota_id == Quota.id
        )
    )
    return [f"quota {i}: used {used}, moved {taken - back}" for i, used, taken, back in rows if used != taken - back]


def _quota_of(found: LicenceView, key: Key) -> Quota | None:
    variety, form, specification = key
    return db.session.scalar(
        select(Quota)
        .join(Scope, Scope.id == Quota.scope_id)
        .where(
            Quota.licence_id == found.id,
            Quota.first_on <= found.on_date,
            Quota.last_on >= found.on_date,
            Scope.variety == variety,
            Scope.form == form,
            Scope.specification == specification,
        )
    )


def _facts(quota: Quota, share: Sublicence | None, found: LicenceView) -> rules_quota.QuotaFacts:
    return rules_quota.QuotaFacts(
        granted_grams=quota.granted_grams,
        used_grams=quota.used_grams,
        share_grams=share.grams if share is not None else None,
        share_used_grams=share.used_grams if share is not None else 0,
        licence_no=found.licence_no,
    )


def _move(
    quota: Quota,
    organisation_id: int,
    kind: str,
    source: str,
    pieces: int,
    net_grams: int,
    grams: int,
    actor: Actor,
    sublicence_id: int | None = None,
    about: str = "",
) -> None:
    db.session.add(
        Draw(
            quota_id=quota.id,
            organisation_id=organisation_id,
            sublicence_id=sublicence_id,
            kind=kind,
            source=source,
            about=about,
            pieces=pieces,
            net_grams=net_grams,
            grams=grams,
            drawn_at=clock.now(),
            drawn_by_id=actor.user_id,
        )
    )
    db.session.flush()  # a source that draws twice is refused here
