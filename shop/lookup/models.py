"""Requests to find an order again; whether an order was found is never told to the asker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId


class Request(PublicId, Model):
    """One request: the order where number and digits fitted, else none; code and address stored as keyed hashes."""

    __tablename__ = "shop_lookup_request"
    __table_args__ = (
        CheckConstraint("tries >= 0", name="tries"),
        Index("ix_shop_lookup_request_number", "number_digest", "asked_at"),
        Index("ix_shop_lookup_request_address", "address_digest", "asked_at"),
    )

    order_id: Mapped[int | None] = mapped_column(ForeignKey("shop_order_order.id"), default=None)
    number_digest: Mapped[bytes] = mapped_column(LargeBinary)
    address_digest: Mapped[bytes] = mapped_column(LargeBinary)
    code_digest: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(default=None)
