"""Reads of places; another organisation's place is never found."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, NotFound
from core.place.models import CoveredPlot, Place, PlacePicture, PlotCertificate


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate over plots as screens read it."""

    id: int
    public_id: uuid.UUID
    organisation_id: int
    kind: str
    number: str
    issuer: str
    product: str
    valid_from: date
    valid_to: date | None
    file_id: int | None
    note: str
    place_ids: tuple[int, ...]


def places_of(organisation_id: int, kind: str | None = None, *, active_only: bool = False) -> list[Place]:
    """The organisation's places in order of kind and code."""
    query = select(Place).where(Place.organisation_id == organisation_id).order_by(Place.kind, Place.code)
    if kind is not None:
        query = query.where(Place.kind == kind)
    if active_only:
        query = query.where(Place.active)
    return list(db.session.scalars(query))


def worked_by(farmer_id: int) -> list[int]:
    """Row ids of the plots this organisation grows on, whoever keeps their books."""
    return list(db.session.scalars(select(Place.id).where(Place.farmer_id == farmer_id, Place.kind == "plot")))


def get_place(public_id: uuid.UUID, actor: Actor) -> Place:
    """The place, if it is the actor's organisation's; NotFound otherwise (the farmer of a plot reads it elsewhere)."""
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


def pictures_of(place_id: int) -> list[tuple[int, int]]:
    """``(picture id, file id)`` of the place, as added."""
    query = select(PlacePicture.id, PlacePicture.file_id).where(PlacePicture.place_id == place_id)
    return [(row.id, row.file_id) for row in db.session.execute(query.order_by(PlacePicture.id))]


def _certificate_views(rows: Iterable[PlotCertificate]) -> list[CertificateView]:
    found = list(rows)
    covered: dict[int, list[int]] = {row.id: [] for row in found}
    if covered:
        query = select(CoveredPlot.certificate_id, CoveredPlot.place_id).where(CoveredPlot.certificate_id.in_(covered))
        for certificate_id, place_id in db.session.execute(query.order_by(CoveredPlot.id)):
            covered[certificate_id].append(place_id)
    return [
        CertificateView(
            r.id, r.public_id, r.organisation_id, r.kind, r.number, r.issuer, r.product, r.valid_from, r.valid_to,
            r.file_id, r.note, tuple(covered[r.id]),
        )
        for r in found
    ]  # fmt: skip


def certificates_of(organisation_id: int) -> list[CertificateView]:
    """The organisation's certificates over plots, those that end first before the others."""
    query = select(PlotCertificate).where(PlotCertificate.organisation_id == organisation_id)
    return _certificate_views(
        db.session.scalars(query.order_by(PlotCertificate.valid_to.asc().nulls_last(), PlotCertificate.id))
    )


def get_certificate(public_id: uuid.UUID, actor: Actor) -> PlotCertificate:
    """The certificate, if it is the actor's organisation's; NotFound otherwise."""
    row = db.session.scalar(select(PlotCertificate).where(PlotCertificate.public_id == public_id))
    if row is None or (not actor.is_system and row.organisation_id != actor.organisation_id):
        raise NotFound("没有找到这份证书。", help="请从列表重新进入。")
    return row


def covering(place_ids: Iterable[int], on: date) -> list[CertificateView]:
    """Certificates in force on the day that cover any of the plots, once for a whole screen (scope is the caller's)."""
    wanted = set(place_ids)
    if not wanted:
        return []
    ids = select(CoveredPlot.certificate_id).where(CoveredPlot.place_id.in_(wanted))
    query = select(PlotCertificate).where(
        PlotCertificate.id.in_(ids),
        PlotCertificate.valid_from <= on,
        (PlotCertificate.valid_to.is_(None)) | (PlotCertificate.valid_to >= on),
    )
    return _certificate_views(db.session.scalars(query.order_by(PlotCertificate.id)))


def ending_certificates(first: date, last: date) -> list[CertificateView]:
    """Certificates whose last day lies between the two days, for reminders and alerts."""
    query = select(PlotCertificate).where(PlotCertificate.valid_to.between(first, last))
    return _certificate_views(db.session.scalars(query.order_by(PlotCertificate.valid_to, PlotCertificate.id)))
