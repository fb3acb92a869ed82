"""Listings, variants, pictures and the price history."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column
from shop.catalogue.rules import LISTING


class Listing(PublicId, Timestamps, Model):
    """One seller's offer with its terms; goods differ by variant."""

    __tablename__ = "shop_catalogue_listing"
    __table_args__ = (
        state_check(LISTING),
        CheckConstraint("freight_fen >= 0", name="freight"),
        CheckConstraint("claim_hours between 0 and 720", name="claim_hours"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    title: Mapped[str]
    origin: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="apple", index=True)
    dispatch_note: Mapped[str] = mapped_column(default="")
    delivery_note: Mapped[str] = mapped_column(default="")
    freight_fen: Mapped[int] = mapped_column(default=0)
    perishable: Mapped[bool] = mapped_column(default=True)
    claim_hours: Mapped[int] = mapped_column(default=48)
    claim_terms: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = state_column(LISTING)
    version: Mapped[int] = version_column()
    published_at: Mapped[datetime | None] = mapped_column(default=None, index=True)

    variants: Mapped[list[Variant]] = relationship(order_by="Variant.position, Variant.id", back_populates="listing")
    pictures: Mapped[list[Picture]] = relationship(order_by="Picture.position, Picture.id")


class Variant(PublicId, Timestamps, Model):
    """Sells exactly one trade item at one price per piece."""

    __tablename__ = "shop_catalogue_variant"
    __table_args__ = (
        UniqueConstraint("listing_id", "item_id"),
        CheckConstraint("price_fen > 0", name="price"),
        CheckConstraint("net_g > 0", name="net"),
        CheckConstraint("cap_per_buyer is null or cap_per_buyer > 0", name="cap"),
    )

    listing_id: Mapped[int] = mapped_column(ForeignKey("shop_catalogue_listing.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("trace_item_item.id"), index=True)
    size_label: Mapped[str] = mapped_column(default="")
    net_g: Mapped[int]
    unit: Mapped[str] = mapped_column(default="箱")
    price_fen: Mapped[int]
    cap_per_buyer: Mapped[int | None] = mapped_column(default=None)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    listing: Mapped[Listing] = relationship(back_populates="variants")


class PriceChange(Model):
    """A price from a moment on; the rows of a variant are its price history (明码标价规定 arts. 16, 17)."""

    __tablename__ = "shop_catalogue_price_change"
    __table_args__ = (
        CheckConstraint("price_fen > 0", name="price"),
        Index("ix_shop_catalogue_price_change_variant", "variant_id", "at"),
    )

    variant_id: Mapped[int] = mapped_column(ForeignKey("shop_catalogue_variant.id"))
    price_fen: Mapped[int]
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None)


class Picture(Model):
    """A picture of a listing in ``core.file``, with words for those who cannot see it."""

    __tablename__ = "shop_catalogue_picture"
    __table_args__ = (UniqueConstraint("listing_id", "file_id"),)

    listing_id: Mapped[int] = mapped_column(ForeignKey("shop_catalogue_listing.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("core_file_file.id"))
    alt: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
