"""Reads of the information form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from admin.information import rules
from admin.information.models import Confirmation, Revision
from admin.information.rules_policy import InformationTerms
from core.db import db
from core.policy.queries import terms


def latest(organisation_id: int) -> Revision | None:
    """The revision in force, or None."""
    query = select(Revision).where(Revision.organisation_id == organisation_id).order_by(Revision.number.desc())
    return db.session.scalar(query.limit(1))


def revisions(organisation_id: int) -> list[Revision]:
    """Every revision, latest first."""
    query = select(Revision).where(Revision.organisation_id == organisation_id).order_by(Revision.number.desc())
    return list(db.session.scalars(query))


def confirmed(organisation_id: int, year: int) -> bool:
    """Whether the organisation confirmed its information for the year."""
    query = select(Confirmation.id).where(Confirmation.organisation_id == organisation_id, Confirmation.year == year)
    return db.session.scalar(query) is not None


def years(organisation_id: int) -> list[int]:
    """The years confirmed."""
    query = select(Confirmation.year).where(Confirmation.organisation_id == organisation_id)
    return sorted(db.session.scalars(query))


def confirmed_ids(year: int) -> set[int]:
    """The organisations that confirmed for the year."""
    return set(db.session.scalars(select(Confirmation.organisation_id).where(Confirmation.year == year)))


def terms_of(year: int) -> InformationTerms:
    """The numbers by which the information of a year is confirmed: those of its first day."""
    return terms(InformationTerms, on=date(year, 1, 1))


def stores_of(ids: Sequence[int]) -> dict[int, list[rules.Store]]:
    """The stores of organisations by id, of their latest revision."""
    query = select(Revision).where(Revision.organisation_id.in_(ids or [0])).order_by(Revision.number)
    newest = {row.organisation_id: row.data for row in db.session.scalars(query)}
    return {key: stores(data) for key, data in newest.items()}


def stores(data: dict[str, Any]) -> list[rules.Store]:
    """The stores of stored data."""
    return [rules.Store(**store) for store in data.get("stores", [])]
