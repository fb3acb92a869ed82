"""Stock rows, movements (append-only by trigger), reservations and holds.

A row carries what the sealed record of its lot says (number, dates, pieces, record id): sealed facts never change, so
what may be sold is decided in the very statement that locks the row.  What may change (a stop, the licence) reaches
the row by hooks, and is asked below once more before pieces are promised.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import conv

from core.db import Model, PublicId, Timestamps


class StockRow(PublicId, Timestamps, Model):
    """Pieces of one lot at one site: ``on_hand`` are there, ``reserved`` of them are promised to orders."""

    __tablename__ = "shop_stock_row"
    __table_args__ = (
        UniqueConstraint("lot_id", "site_id", "organisation_id"),
        CheckConstraint("reserved >= 0 and reserved <= on_hand", name=conv("ck_stock_not_negative")),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("trace_item_item.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("core_place_place.id"))
    on_hand: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    lot_no: Mapped[str]
    pieces: Mapped[int]
    record_id: Mapped[str]
    harvested_on: Mapped[date | None] = mapped_column(default=None)
    expires_on: Mapped[date | None] = mapped_column(default=None)
    licence_until: Mapped[date | None] = mapped_column(default=None)


class StockMove(Model):
    """One change of one row; the sums of all changes are the row's two numbers."""

    __tablename__ = "shop_stock_move"
    __table_args__ = (
        CheckConstraint("on_hand_change <> 0 or reserved_change <> 0", name="something"),
        CheckConstraint("kind in ('receive','reserve','release','ship','adjust')", name="kind"),
    )

    stock_id: Mapped[int] = mapped_column(ForeignKey("shop_stock_row.id"), index=True)
    kind: Mapped[str]
    on_hand_change: Mapped[int] = mapped_column(default=0)
    reserved_change: Mapped[int] = mapped_column(default=0)
    once_key: Mapped[str] = mapped_column(unique=True)
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None)


class Reservation(Model):
    """Pieces promised to ``holder`` (an order) until ``expires_at``; no end once the order is confirmed."""

    __tablename__ = "shop_stock_reservation"
    __table_args__ = (
        UniqueConstraint("holder", "stock_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("state in ('held','taken','released')", name="state"),
        Index("ix_shop_stock_reservation_due", "expires_at", postgresql_where="state = 'held'"),
    )

    holder: Mapped[uuid.UUID]
    stock_id: Mapped[int] = mapped_column(ForeignKey("shop_stock_row.id"), index=True)
    quantity: Mapped[int]
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[str] = mapped_column(default="held")


class Hold(Model):
    """A stop of sale of one lot, from its first to its last moment, with the reason told to buyers and sellers."""

    __tablename__ = "shop_stock_hold"
    __table_args__ = (
        Index("uq_shop_stock_hold_open", "lot_id", "source", unique=True, postgresql_where="lifted_at is null"),
    )

    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"))
    source: Mapped[str]
    reason: Mapped[str]
    held_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None] = mapped_column(default=None)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None)
