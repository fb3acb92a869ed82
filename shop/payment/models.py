"""Payment attempts, their shares by order, and the sellers' receiving accounts."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column
from shop.payment.rules import PAYMENT


class Payment(PublicId, Timestamps, Model):
    """One attempt to pay; ``once_key`` is the idempotency key handed to the provider."""

    __tablename__ = "shop_payment_payment"
    __table_args__ = (
        state_check(PAYMENT),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("refunded_fen between 0 and amount_fen", name="refunded"),
        Index(
            "uq_shop_payment_payment_reference",
            "method",
            "reference",
            unique=True,
            postgresql_where="reference <> '' and method not in ('transfer','cod')",
        ),
    )

    method: Mapped[str]
    amount_fen: Mapped[int]
    refunded_fen: Mapped[int] = mapped_column(default=0)
    once_key: Mapped[str] = mapped_column(unique=True)
    reference: Mapped[str] = mapped_column(default="")
    redirect_url: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    paid_at: Mapped[datetime | None] = mapped_column(default=None)
    refund_reference: Mapped[str] = mapped_column(default="")
    refunded_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[str] = state_column(PAYMENT)
    version: Mapped[int] = version_column()

    shares: Mapped[list[Share]] = relationship(order_by="Share.id")


class Share(Model):
    """What of a payment belongs to which order; the shares of a payment add up to its amount."""

    __tablename__ = "shop_payment_share"
    __table_args__ = (
        UniqueConstraint("payment_id", "order_key"),
        CheckConstraint("amount_fen > 0", name="amount"),
    )

    payment_id: Mapped[int] = mapped_column(ForeignKey("shop_payment_payment.id"))
    order_key: Mapped[uuid.UUID] = mapped_column(index=True)
    amount_fen: Mapped[int]


class ReceivingAccount(Timestamps, Model):
    """Where a seller receives transfers, and whether it sells on delivery."""

    __tablename__ = "shop_payment_account"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), unique=True)
    account_name: Mapped[str] = mapped_column(default="")
    bank: Mapped[str] = mapped_column(default="")
    account_no: Mapped[str] = mapped_column(default="")
    cash_on_delivery: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = version_column()
