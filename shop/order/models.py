"""Orders and their frozen lines."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model, PublicId, Timestamps
from core.seal.registry import sealed_column
from core.workflow.models import state_check, state_column, version_column
from shop.order.rules import ORDER

RECEIVER = sealed_column("shop_order_order", "receiver_sealed", row="public_id", purpose="receiver")


class Order(PublicId, Timestamps, Model):
    """What one buyer bought from one seller in one placing; ``token`` opens it for a guest."""

    __tablename__ = "shop_order_order"
    __table_args__ = (
        state_check(ORDER),
        CheckConstraint("total_fen = goods_fen + freight_fen", name="total"),
        CheckConstraint("(state in ('shipped','signed','closed')) = (shipped_at is not null)", name="shipped"),
        CheckConstraint("shipped_at is null or (carrier <> '' and waybill_no <> '')", name="parcel"),
        Index("uq_shop_order_order_waybill", "carrier", "waybill_no", unique=True, postgresql_where="waybill_no <> ''"),
        Index("ix_shop_order_order_seller", "organisation_id", "placed_at"),
    )

    order_no: Mapped[str] = mapped_column(unique=True)
    token: Mapped[str] = mapped_column(unique=True)
    checkout_id: Mapped[int] = mapped_column(ForeignKey("shop_checkout_checkout.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    seller_name: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None, index=True)
    method: Mapped[str]
    goods_fen: Mapped[int]
    freight_fen: Mapped[int]
    total_fen: Mapped[int]
    perishable: Mapped[bool] = mapped_column(default=True)
    claim_hours: Mapped[int] = mapped_column(default=48)
    claim_terms: Mapped[str] = mapped_column(default="")
    receiver_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    buyer_digest: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    receiver_masked: Mapped[str]
    region: Mapped[str]
    placed_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    shipped_at: Mapped[datetime | None] = mapped_column(default=None)
    signed_at: Mapped[datetime | None] = mapped_column(default=None)
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    carrier: Mapped[str] = mapped_column(default="")
    waybill_no: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = state_column(ORDER)
    version: Mapped[int] = version_column()

    lines: Mapped[list[OrderLine]] = relationship(order_by="OrderLine.id")


class OrderLine(PublicId, Model):
    """Pieces of one lot at one price, frozen at the moment of ordering (never changed, never deleted: trigger)."""

    __tablename__ = "shop_order_line"
    __table_args__ = (
        CheckConstraint("quantity > 0 and line_fen = quantity * price_fen", name="sum"),
        CheckConstraint("(host_id is null) = (rule_version = '')", name="host"),
        Index("ix_shop_order_line_deal", "variant_id", "at"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("shop_order_order.id"), index=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("shop_catalogue_listing.id"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("shop_catalogue_variant.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("trace_item_item.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"), index=True)
    stock_id: Mapped[int] = mapped_column(ForeignKey("shop_stock_row.id"))
    record_id: Mapped[str]
    lot_no: Mapped[str]
    harvested_on: Mapped[date | None] = mapped_column(default=None)
    title: Mapped[str]
    spec: Mapped[str]
    unit: Mapped[str]
    net_g: Mapped[int]
    quantity: Mapped[int]
    price_fen: Mapped[int]
    line_fen: Mapped[int]
    host_id: Mapped[int | None] = mapped_column(ForeignKey("shop_livestream_host.id"), default=None, index=True)
    host_link_id: Mapped[int | None] = mapped_column(ForeignKey("shop_livestream_link.id"), default=None)
    rule_version: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
