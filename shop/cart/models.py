"""Carts and their lines."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model, PublicId, Timestamps


class Cart(PublicId, Timestamps, Model):
    """A cart, found by the signed cookie that carries its public id; emptied carts stay for later."""

    __tablename__ = "shop_cart_cart"

    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None)
    lines: Mapped[list[CartLine]] = relationship(order_by="CartLine.id", cascade="all, delete-orphan")


class CartLine(Model):
    """So many pieces of a variant, at the price the buyer saw, and the host's link they came by."""

    __tablename__ = "shop_cart_line"
    __table_args__ = (
        UniqueConstraint("cart_id", "variant_id"),
        CheckConstraint("quantity between 1 and 999", name="quantity"),
    )

    cart_id: Mapped[int] = mapped_column(ForeignKey("shop_cart_cart.id", ondelete="CASCADE"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("shop_catalogue_variant.id"))
    quantity: Mapped[int]
    seen_price_fen: Mapped[int]
    added_at: Mapped[datetime]
