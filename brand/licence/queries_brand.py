"""What is licensed under brands taken together: for brand pages, and for upper floors that count lots and products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select

from brand.licence import rules
from brand.licence.models import Licence, Scope, Sublicence, Suspension
from brand.licence.rules_sub import SUBLICENCE
from brand.matrix import queries as matrix
from core import clock, hooks
from core.db import db
from core.organisation import queries as organisations
from core.ui.i18n import translate
from core.workflow.engine import first_fired


@dataclass(frozen=True, slots=True)
class Coverage:
    """A granted combination of a holder or of a partner under it, with the first and last day of one unbroken stretch."""

    organisation_id: int
    variety: str
    form: str
    specification: str
    first: date
    last: date

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.variety, self.form, self.specification)


def coverage(brand_ids: Sequence[int]) -> list[Coverage]:
    """Every combination ever granted under the brands; what a day falls into was covered on that day.

    Days on which the licence was suspended, or after it was withdrawn or replaced, are left out; partners are covered
    while their accepted share and the holder's licence both held.
    """
    rows = db.session.execute(
        select(
            Licence.id, Scope.organisation_id, Scope.variety, Scope.form, Scope.specification, Scope.valid_from,
            Scope.valid_until, Licence.ended_on,
        )
        .join(Licence, Licence.id == Scope.licence_id)
        .where(Scope.brand_id.in_(brand_ids), Scope.status.in_(("granted", "ended")))
    ).all()  # fmt: skip
    pauses = _pauses(brand_ids)
    held = [
        Coverage(org, variety, form, spec, *spell)
        for licence_id, org, variety, form, spec, first, last, ended in rows
        if first is not None and last is not None
        for spell in rules.spells(first, last, ended, pauses.get(licence_id, ()))
    ]
    return held + _shared(held)


def _pauses(brand_ids: Sequence[int]) -> dict[int, list[rules.Pause]]:
    query = (
        select(Suspension.licence_id, Suspension.from_on, Suspension.lifted_on)
        .join(Licence, Licence.id == Suspension.licence_id)
        .where(Licence.brand_id.in_(brand_ids))
    )
    found: dict[int, list[rules.Pause]] = {}
    for licence_id, from_on, lifted_on in db.session.execute(query):
        found.setdefault(licence_id, []).append(rules.Pause(from_on, lifted_on))
    return found


def _shared(held: Sequence[Coverage]) -> list[Coverage]:
    """What partners were covered for: the days of their share within the days of the holder's licence."""
    holders = {c.organisation_id for c in held}
    query = select(Sublicence).where(Sublicence.organisation_id.in_(holders), Sublicence.state.in_(("active", "ended")))
    shares = db.session.scalars(query).all() if holders else []
    accepted = first_fired(SUBLICENCE, [share.id for share in shares], "accept")
    found = []
    for share in shares:
        if share.id not in accepted:  # offered, and over before anybody took it
            continue
        begun = max(share.valid_from, clock.local(accepted[share.id]).date())
        spell = rules.spells(begun, share.valid_until, share.ended_on)
        found += [
            replace(c, organisation_id=share.partner_id, first=max(c.first, first), last=min(c.last, last))
            for c in held
            for first, last in spell
            if c.organisation_id == share.organisation_id
            and c.key == (share.variety, share.form, share.specification)
            and max(c.first, first) <= min(c.last, last)
        ]
    return found


def licence_numbers(brand_ids: Sequence[int]) -> list[str]:
    """The numbers of every licence ever issued under the brands."""
    query = select(Licence.licence_no).where(Licence.brand_id.in_(brand_ids), Licence.licence_no.is_not(None))
    return [str(number) for number in db.session.scalars(query)]


def figures(*, brand_ids: Sequence[int]) -> Mapping[str, int]:
    """Licences in force today and the enterprises that hold them."""
    today = clock.today()
    row = db.session.execute(
        select(func.count(), func.count(Licence.organisation_id.distinct())).where(
            Licence.brand_id.in_(brand_ids), Licence.state == "licensed", Licence.valid_from <= today,
            Licence.valid_until >= today,
        )
    ).one()  # fmt: skip
    return {"licences": row[0], "licensees": row[1]}


def producers(*, brand_ids: Sequence[int], limit: int, lang: str) -> list[hooks.BrandLine]:
    """Holders of a licence in force today, the latest granted first, each with the brands and the last day."""
    today = clock.today()
    rows = db.session.execute(
        select(Licence.organisation_id, Licence.brand_id, func.max(Licence.valid_until))
        .where(
            Licence.brand_id.in_(brand_ids), Licence.state == "licensed", Licence.valid_from <= today,
            Licence.valid_until >= today,
        )
        .group_by(Licence.organisation_id, Licence.brand_id)
        .order_by(func.max(Licence.decided_at).desc())
        .limit(limit * 4)
    ).all()  # fmt: skip
    names, holders = matrix.names([r[1] for r in rows]), organisations.views([r[0] for r in rows])
    lines: dict[int, list[str]] = {}
    for organisation_id, brand_id, last in rows:
        until = translate("至 %(day)s", lang, day=str(last))
        lines.setdefault(organisation_id, []).append(f"{names[brand_id]} {until}")
    return [
        hooks.BrandLine("producer", holders[i].public_name, "，".join(said), f"/org/{holders[i].code}")
        for i, said in list(lines.items())[:limit]
    ]
