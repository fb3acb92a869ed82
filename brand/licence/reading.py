"""A licence as other rooms see it: frozen, judged by date and never by the stored state alone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select

from brand.licence import rules
from brand.licence.models import Licence, Sublicence, Suspension
from brand.matrix import queries as matrix
from core import clock
from core.db import db
from core.taxonomy.queries import find_term, labels


@dataclass(frozen=True, slots=True)
class LicenceView:
    """An issued licence as of a day.  ``organisation_id`` holds it; ``sublicence_id`` says that a partner packs under it.

    For a partner ``valid_from`` and ``valid_until`` are those of its own days.
    """

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
    paused_on: date | None = None
    paused_reason: str = ""
    conditions: str = ""
    sublicence_id: int | None = None

    @property
    def state_label(self) -> str:
        return rules.STATE_LABELS[self.state]

    @property
    def in_force(self) -> bool:
        return self.state == "in_force"

    @property
    def path(self) -> str:
        return f"/licence/{self.public_id}"

    @property
    def stopped_on(self) -> date | None:
        """The day since which (or with which) it does not hold: suspended from, ended on, or the last day; else None."""
        return {
            "suspended": self.paused_on,
            "expired": self.valid_until,
            "withdrawn": self.ended_on,
            "replaced": self.ended_on,
        }.get(self.state)

    @property
    def stop_words(self) -> str:
        """``授权已于 2027-11-19 到期`` (暂停, 撤销, 换发); empty while it holds or has not begun."""
        if self.stopped_on is None:
            return ""
        return f"授权已于 {self.stopped_on.isoformat()} {rules.VERBS[self.state]}"


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


def suspensions(licence_id: int) -> Sequence[Suspension]:
    """Every suspension of a licence, oldest first."""
    query = select(Suspension).where(Suspension.licence_id == licence_id).order_by(Suspension.id)
    return db.session.scalars(query).all()


def view(licence: Licence, on_date: date | None = None) -> LicenceView:
    """The frozen view of an issued licence as of a day (today)."""
    day = on_date or clock.today()
    assert licence.licence_no is not None
    assert licence.valid_from is not None
    assert licence.valid_until is not None
    line = matrix.line(licence.brand_id)
    paused = suspensions(licence.id)
    pauses = [rules.Pause(row.from_on, row.lifted_on) for row in paused]
    state = rules.state_on(
        licence.valid_from, licence.valid_until, licence.ended_on, day, pauses, replaced=licence.state == "replaced"
    )
    now = next((row for row, pause in zip(paused, pauses, strict=True) if pause.holds(day)), None)
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
        state=state,
        paused_on=now.from_on if now else None,
        paused_reason=now.reason if now else "",
        conditions=licence.conditions,
    )


def through(sub: Sublicence, held: LicenceView) -> LicenceView:
    """The holder's licence as the partner of ``sub`` may use it: its own days, its one row, over when the share ended."""
    first, last = max(sub.valid_from, held.valid_from), min(sub.valid_until, held.valid_until)
    state, ended_on, reason = held.state, held.ended_on, held.ended_reason
    if sub.ended_on is not None and held.on_date >= sub.ended_on and state in ("in_force", "suspended"):
        state, ended_on, reason = "withdrawn", sub.ended_on, f"合作包装的约定已终止：{sub.ended_reason}"
    elif held.in_force and not first <= held.on_date <= last:
        state = "not_yet" if held.on_date < first else "expired"
    rows = tuple(row for row in held.rows if row.key == (sub.variety, sub.form, sub.specification))
    return replace(
        held, valid_from=first, valid_until=max(last, first - timedelta(days=1)), rows=rows, state=state,
        ended_on=ended_on, ended_reason=reason, sublicence_id=sub.id,
    )  # fmt: skip
