"""A place with its outline; the exact point never leaves the organisation, the public sees the rounded one."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId, Timestamps

# Certificates that carry a mark are entered in brand.certificate and nowhere else (ADR 0074); the CHECK is older.
MARKS = {
    "base": "基地备案或认定",
    "gap": "良好农业规范（GAP）",
    "other": "其他证书",
}
KINDS = {"plot": "地块", "packhouse": "包装间", "store": "冷库", "station": "站点"}


class Place(PublicId, Timestamps, Model):
    """One place; ``organisation_id`` keeps its books, ``farmer_id`` works it (the same unless a grower is named)."""

    __tablename__ = "core_place_place"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code"),
        CheckConstraint("kind in ('plot','packhouse','store','station')", name="kind"),
        CheckConstraint("code ~ '^[0-9A-Z][0-9A-Z-]{0,19}$'", name="code_shape"),
        CheckConstraint("area_m2 is null or area_m2 between 1 and 100000000", name="area"),
        CheckConstraint("kind <> 'plot' or area_m2 is not null", name="plot_has_area"),
        CheckConstraint("(latitude is null) = (longitude is null)", name="point_whole"),
        CheckConstraint("latitude between -90 and 90 and longitude between -180 and 180", name="point_range"),
        Index("ix_core_place_place_organisation", "organisation_id", "kind"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    farmer_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    kind: Mapped[str]
    code: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    village: Mapped[str]
    area_m2: Mapped[int | None]
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(8, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    outline: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    note: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    variety: Mapped[str | None] = mapped_column(ForeignKey("core_taxonomy_term.code"), default=None)


class PlacePicture(Model):
    """A picture of a place; where it was taken is not kept in the file."""

    __tablename__ = "core_place_picture"
    __table_args__ = (UniqueConstraint("place_id", "file_id"),)

    place_id: Mapped[int] = mapped_column(ForeignKey("core_place_place.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("core_file_file.id"))
    added_at: Mapped[datetime]


class PlotCertificate(PublicId, Timestamps, Model):
    """A certificate without a mark that covers plots of the organisation; ``valid_to`` None = valid for a long term.

    What its issuer says is copied by the organisation: the number is checked for its shape only.
    """

    __tablename__ = "core_place_certificate"
    __table_args__ = (
        UniqueConstraint("organisation_id", "kind", "number"),
        CheckConstraint("kind in ('green','organic','agri_gi','gi_mark','base','gap','other')", name="kind"),
        CheckConstraint("number <> '' and issuer <> '' and product <> ''", name="whole"),
        CheckConstraint("valid_to is null or valid_to >= valid_from", name="period"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    kind: Mapped[str]
    number: Mapped[str]
    issuer: Mapped[str]
    product: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"))
    note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)


class CoveredPlot(Model):
    """A plot that a certificate covers."""

    __tablename__ = "core_place_covered"
    __table_args__ = (UniqueConstraint("certificate_id", "place_id"),)

    certificate_id: Mapped[int] = mapped_column(ForeignKey("core_place_certificate.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("core_place_place.id"), index=True)
