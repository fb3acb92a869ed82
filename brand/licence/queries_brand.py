"""What is licensed under brands taken together: for brand pages, and for upper floors that count lots and products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from brand.licence.models import Licence, Scope
from brand.matrix import queries as matrix
from core import clock, hooks
from core.db import db
from core.organisation import queries as organisations
from core.ui.i18n import translate


@dataclass(frozen=True, slots=True)
class Coverage:
    """A granted combination of one holder, with its first and last day (a withdrawn licence ends the day before)."""

    organisation_id: int
    variety: str
    form: str
    specification: str
    first: date
    last: date


def coverage(brand_ids: Sequence[int]) -> list[Coverage]:
    """Every combination ever granted under the brands; what a day falls into was covered on that day."""
    rows = db.session.execute(
        select(
            Scope.organisation_id, Scope.variety, Scope.form, Scope.specification, Scope.valid_from, Scope.valid_until,
            Licence.ended_on,
        )
        .join(Licence, Licence.id == Scope.licence_id)
        .where(Scope.brand_id.in_(brand_ids), Scope.status.in_(("granted", "ended")))
    )  # fmt: skip
    found = [
        Coverage(org, variety, form, spec, first, min(last, ended - timedelta(days=1)) if ended else last)
        for org, variety, form, spec, first, last, ended in rows
        if first is not None and last is not None
    ]
    return [c for c in found if c.first <= c.last]


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
