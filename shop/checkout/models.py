"""The parent of the orders that one click placed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId


class Checkout(PublicId, Model):
    """One placing; ``once_key`` is unique, so that a replayed form finds the first result."""

    __tablename__ = "shop_checkout_checkout"

    once_key: Mapped[str] = mapped_column(unique=True)
    cart_id: Mapped[int] = mapped_column(ForeignKey("shop_cart_cart.id", ondelete="SET NULL"), nullable=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None)
    method: Mapped[str]
    total_fen: Mapped[int]
    placed_at: Mapped[datetime]
