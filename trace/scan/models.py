"""Visits of the open code, checks of the covered code, and the limits on trying.  Two tables for two things."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, LargeBinary, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class CodeVisits(Model):
    """How often one unit's open code was visited, and when first; only visited units have a row."""

    __tablename__ = "trace_scan_code"
    __table_args__ = (UniqueConstraint("item_id", "unit"), CheckConstraint("visits >= 0", name="visits"))

    item_id: Mapped[int]
    unit: Mapped[int]
    visits: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]


class Visit(Model):
    """One counted visit.  Partitioned by month of ``visited_at`` with a default partition (migration)."""

    __tablename__ = "trace_scan_visit"
    __table_args__ = (
        CheckConstraint("status in (200, 400, 404, 409)", name="status"),
        Index("ix_trace_scan_visit_unit", "item_id", "unit", "visited_at"),
        {"postgresql_partition_by": "RANGE (visited_at)"},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    visited_at: Mapped[datetime] = mapped_column(primary_key=True)
    item_id: Mapped[int | None]
    unit: Mapped[int | None]
    asked: Mapped[str] = mapped_column(default="")
    status: Mapped[int] = mapped_column(SmallInteger)
    device: Mapped[bytes] = mapped_column(LargeBinary)


class Recent(Model):
    """When a device last counted for a unit (or, under item 0, for a digest of what it asked): the ten-minute rule.

    One insert decides, whoever scans at the same time; rows older than the window mean nothing and are deleted by a job.
    """

    __tablename__ = "trace_scan_recent"

    id = None  # type: ignore[assignment] # the key is what it is looked up by; no index is kept that nobody reads
    item_id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[int] = mapped_column(primary_key=True)
    device: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    visited_at: Mapped[datetime]
    asked: Mapped[str]
    status: Mapped[int] = mapped_column(SmallInteger)


class FirstCheck(Model):
    """The first check of a unit's covered code: one atomic insert decides who was first."""

    __tablename__ = "trace_scan_first_check"
    __table_args__ = (UniqueConstraint("item_id", "unit"),)

    item_id: Mapped[int]
    unit: Mapped[int]
    checked_at: Mapped[datetime]
    device: Mapped[bytes] = mapped_column(LargeBinary)


class Check(Model):
    """One counted check of a covered code: one per device and 24 hours."""

    __tablename__ = "trace_scan_check"
    __table_args__ = (Index("ix_trace_scan_check_unit", "item_id", "unit", "device", "checked_at"),)

    item_id: Mapped[int]
    unit: Mapped[int]
    checked_at: Mapped[datetime]
    device: Mapped[bytes] = mapped_column(LargeBinary)


class Limit(Model):
    """Tries in one window of one hashed address or device."""

    __tablename__ = "trace_scan_limit"
    __table_args__ = (UniqueConstraint("who", "window_start"),)

    who: Mapped[bytes] = mapped_column(LargeBinary)
    window_start: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=1)


class Touch(Model):
    """Something outside this floor that the page shows changed for an organisation (its licence): pages are made anew."""

    __tablename__ = "trace_scan_touch"

    organisation_id: Mapped[int] = mapped_column(unique=True)
    touched: Mapped[int] = mapped_column(default=1)
