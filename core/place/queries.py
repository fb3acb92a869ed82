"""Reads of places; another organisation's place is never found."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import func, select

from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, NotFound
from core.place.models import Place


def places_of(organisation_id: int, kind: str | None = None, *, active_only: bool = False) -> list[Place]:
    """The organisation's places in order of kind and code."""
    query = select(Place).where(Place.organisation_id == organisation_id).order_by(Place.kind, Place.code)
    if kind is not None:
        query = query.where(Place.kind == kind)
    if active_only:
        query = query.where(Place.active)
    return list(db.session.scalars(query))


def get_place(public_id: uuid.UUID, actor: Actor) -> Place:
    """The place, if it is the actor's organisation's; NotFound otherwise."""
    row = db.session.scalar(select(Place).where(Place.public_id == public_id))
    if row is None or (not actor.is_system and row.organisation_id != actor.organisation_id):
        raise NotFound("没有找到这个地块或场所。", help="请从列表重新进入。")
    return row


def find_by_code(organisation_id: int, code: str) -> Place | None:
    """The organisation's place of this code, or None."""
    return db.session.scalar(select(Place).where(Place.organisation_id == organisation_id, Place.code == code))


def choices(organisation_id: int, *kinds: str) -> list[tuple[str, str]]:
    """``(public id, "code, village")`` of the active places, for a select field."""
    rows = [p for p in places_of(organisation_id, active_only=True) if not kinds or p.kind in kinds]
    return [(str(p.public_id), f"{p.code}，{p.name or p.village}") for p in rows]


def pick(public_id: str | uuid.UUID | None, organisation_id: int, *kinds: str, field: str = "place") -> Place | None:
    """The chosen active place of the organisation, None for no choice, BadInput for anything else."""
    if not public_id:
        return None
    try:
        key = uuid.UUID(str(public_id))
    except ValueError:
        raise BadInput("没有这个地块或场所，请从列表里选。", code="place.unknown", field=field) from None
    row = db.session.scalar(select(Place).where(Place.public_id == key, Place.organisation_id == organisation_id))
    if row is None or not row.active or (kinds and row.kind not in kinds):
        raise BadInput("没有这个地块或场所，请从列表里选。", code="place.unknown", field=field)
    return row


def places_by_id(ids: Iterable[int]) -> dict[int, Place]:
    """Places by row id, once for a whole screen (scope is the caller's)."""
    wanted = set(ids)
    return {p.id: p for p in db.session.scalars(select(Place).where(Place.id.in_(wanted)))} if wanted else {}


def progress(organisation_id: int) -> int:
    """How many active plots the organisation has, for the guided start."""
    found = db.session.scalar(
        select(func.count()).where(Place.organisation_id == organisation_id, Place.kind == "plot", Place.active)
    )
    return int(found or 0)
