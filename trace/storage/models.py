"""Holdings and their entries, loggers, readings with their daily roll-up, limits."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId


class Holding(Model):
    """Grams of one lot in one store now; never negative, whoever takes out at the same time."""

    __tablename__ = "trace_storage_holding"
    __table_args__ = (UniqueConstraint("lot_id", "place_id"), CheckConstraint("mass_g >= 0", name="balance"))

    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("core_place_place.id"), index=True)
    mass_g: Mapped[int]


class Entry(Model):
    """Grams of a lot put in or taken out; never changed (trigger), a wrong one is answered by its opposite."""

    __tablename__ = "trace_storage_entry"
    __table_args__ = (
        CheckConstraint("direction in ('in','out')", name="direction"),
        CheckConstraint("mass_g > 0", name="mass"),
        Index("ix_trace_storage_entry_lot", "lot_id", "at"),
        Index("ix_trace_storage_entry_place", "place_id", "at"),
    )

    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("core_place_place.id"))
    direction: Mapped[str]
    mass_g: Mapped[int]
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class Logger(PublicId, Model):
    """A temperature logger in a store; only the hash of its token is kept."""

    __tablename__ = "trace_storage_logger"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code"),
        CheckConstraint("code ~ '^[0-9A-Z][0-9A-Z-]{0,19}$'", name="code_shape"),
        CheckConstraint("interval_minutes between 1 and 1440", name="interval"),
        CheckConstraint("length(token_hash) = 32", name="token_hash"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("core_place_place.id"), index=True)
    code: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    interval_minutes: Mapped[int]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    token_hint: Mapped[str]
    registered_at: Mapped[datetime]
    registered_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    ended_at: Mapped[datetime | None]


class Reading(Model):
    """One reading of one logger at one moment; never changed (trigger).  ``suspect``: beyond what such a store can be."""

    __tablename__ = "trace_storage_reading"
    __table_args__ = (
        UniqueConstraint("logger_id", "at"),
        CheckConstraint("temperature is not null or humidity is not null", name="something"),
        CheckConstraint("temperature between -60 and 80", name="temperature"),
        CheckConstraint("humidity between 0 and 100", name="humidity"),
        CheckConstraint("source in ('http','csv')", name="source"),
        Index("ix_trace_storage_reading_place", "place_id", "at"),
    )

    logger_id: Mapped[int] = mapped_column(ForeignKey("trace_storage_logger.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("core_place_place.id"))
    at: Mapped[datetime]
    temperature: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    humidity: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    suspect: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str]
    received_at: Mapped[datetime]


class Day(Model):
    """One logger's day (Asia/Shanghai) in figures, kept beside the readings so that a season is read in one go."""

    __tablename__ = "trace_storage_day"
    __table_args__ = (
        UniqueConstraint("logger_id", "day"),
        CheckConstraint("readings > 0", name="readings"),
        Index("ix_trace_storage_day_place", "place_id", "day"),
    )

    logger_id: Mapped[int] = mapped_column(ForeignKey("trace_storage_logger.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("core_place_place.id"))
    day: Mapped[date]
    readings: Mapped[int]
    temperature_low: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    temperature_high: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    temperature_mean: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    humidity_low: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    humidity_high: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    humidity_mean: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))


class StoreLimit(Model):
    """What a store must keep to from a moment on, set by its organisation; the newest row at a moment holds."""

    __tablename__ = "trace_storage_limit"
    __table_args__ = (
        CheckConstraint("measure in ('temperature','humidity')", name="measure"),
        CheckConstraint("low is not null or high is not null", name="bounded"),
        CheckConstraint("low is null or high is null or low < high", name="range"),
        CheckConstraint("tolerated_minutes between 0 and 10080", name="tolerated"),
        UniqueConstraint("place_id", "measure", "valid_from"),
    )

    place_id: Mapped[int] = mapped_column(ForeignKey("core_place_place.id"))
    measure: Mapped[str]
    low: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    high: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    tolerated_minutes: Mapped[int]
    valid_from: Mapped[datetime]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
