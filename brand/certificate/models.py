"""Certificates with products, plots, look-ups, reminders and what was counted against their quantity."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from brand.certificate.rules import CERTIFICATE, KINDS, OUTCOMES, ROUTES
from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column


def _listed(words: object) -> str:
    return ",".join(f"'{w}'" for w in words)  # type: ignore[attr-defined]


_LONG = _listed(k for k, kind in KINDS.items() if kind.long_term)


class MarkCertificate(PublicId, Timestamps, Model):
    """One certificate of one organisation; ``valid_until`` None = long term; ``renews_id`` is the one it follows.

    ``company_code`` is the 企业信息码 of 绿色食品; the code of 地理标志专用标志 is the organisation's own and not typed.
    """

    __tablename__ = "brand_certificate_certificate"
    __table_args__ = (
        state_check(CERTIFICATE),
        UniqueConstraint(
            "organisation_id", "kind", "number", "valid_from", name="uq_brand_certificate_certificate_entry"
        ),
        CheckConstraint(f"kind in ({_listed(KINDS)})", name="kind"),
        CheckConstraint("number <> '' and issuer <> ''", name="whole"),
        CheckConstraint("valid_until is null or valid_until >= valid_from", name="term"),
        CheckConstraint(f"valid_until is not null or kind in ({_LONG})", name="long_term"),
        CheckConstraint(f"(kind = 'gi_mark') = (route in ({_listed(ROUTES)}))", name="route"),
        CheckConstraint("company_code = '' or kind = 'green'", name="company_code"),
        CheckConstraint("not in_conversion or kind = 'organic'", name="conversion"),
        CheckConstraint("state in ('draft','returned') or file_id is not null", name="scan"),
        CheckConstraint("renews_id <> id", name="renews_another"),
        Index("ix_brand_certificate_certificate_ending", "valid_until", postgresql_where="state = 'confirmed'"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    kind: Mapped[str]
    number: Mapped[str] = mapped_column(index=True)
    company_code: Mapped[str] = mapped_column(default="")
    issuer: Mapped[str]
    licensor: Mapped[str] = mapped_column(default="")
    route: Mapped[str] = mapped_column(default="")
    area: Mapped[str] = mapped_column(default="")
    in_conversion: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"))
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = state_column(CERTIFICATE)
    version: Mapped[int] = version_column()
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("brand_certificate_certificate.id"), unique=True)

    products: Mapped[list[CertificateProduct]] = relationship(
        order_by="CertificateProduct.id", cascade="all, delete-orphan"
    )
    plots: Mapped[list[CertificatePlot]] = relationship(order_by="CertificatePlot.id", cascade="all, delete-orphan")
    checks: Mapped[list[CertificateCheck]] = relationship(order_by="CertificateCheck.id")


class CertificateProduct(Model):
    """A product the certificate covers, with grams a year where the paper sets them."""

    __tablename__ = "brand_certificate_product"
    __table_args__ = (
        UniqueConstraint("certificate_id", "variety", "form"),
        CheckConstraint("yearly_grams is null or yearly_grams > 0", name="quantity"),
    )

    certificate_id: Mapped[int] = mapped_column(ForeignKey("brand_certificate_certificate.id"))
    variety: Mapped[str] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    form: Mapped[str] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    yearly_grams: Mapped[int | None]


class CertificatePlot(Model):
    """A plot of ``core_place`` the certificate covers."""

    __tablename__ = "brand_certificate_plot"
    __table_args__ = (UniqueConstraint("certificate_id", "place_id"),)

    certificate_id: Mapped[int] = mapped_column(ForeignKey("brand_certificate_certificate.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("core_place_place.id"), index=True)


class CertificateCheck(Model):
    """Somebody looked the certificate up in the official register: when, who, where, with what outcome.  Never changed."""

    __tablename__ = "brand_certificate_check"
    __table_args__ = (
        CheckConstraint(f"outcome in ({_listed(OUTCOMES)})", name="outcome"),
        CheckConstraint("register <> ''", name="register"),
    )

    certificate_id: Mapped[int] = mapped_column(ForeignKey("brand_certificate_certificate.id"), index=True)
    checked_on: Mapped[date]
    register: Mapped[str]
    outcome: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"))


class CertificateReminder(Model):
    """A reminder that went out, once per certificate and number of days."""

    __tablename__ = "brand_certificate_reminder"
    __table_args__ = (UniqueConstraint("certificate_id", "days"), CheckConstraint("days in (90,30,7)", name="days"))

    certificate_id: Mapped[int] = mapped_column(ForeignKey("brand_certificate_certificate.id"))
    days: Mapped[int]
    sent_at: Mapped[datetime]


class CertificateBooking(Model):
    """Grams of one lot counted against a product's quantity of one year; ``source`` names the lot, once per product."""

    __tablename__ = "brand_certificate_booking"
    __table_args__ = (
        UniqueConstraint("product_id", "source"),
        CheckConstraint("grams > 0", name="grams"),
        Index("ix_brand_certificate_booking_source", "source"),
        Index("ix_brand_certificate_booking_year", "product_id", "year_from"),
    )

    product_id: Mapped[int] = mapped_column(ForeignKey("brand_certificate_product.id"))
    source: Mapped[str]
    year_from: Mapped[date]
    grams: Mapped[int]
    made_on: Mapped[date]
    booked_at: Mapped[datetime]
