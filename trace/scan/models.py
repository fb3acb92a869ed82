"""Visits of the open code, checks of the covered code, and the limits on trying.  Two tables for two things."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId
from core.seal.registry import sealed_column
from core.workflow.models import state_check, state_column, version_column
from trace.scan.rules import BLOCK, STATES

CONTACT_SEALED = sealed_column("trace_scan_contact", "sealed_contact", row="public_id", purpose="scan-contact")
_STATES = ", ".join(f"'{state}'" for state in STATES)


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
    """One counted check of a covered code (one per device and 24 hours) with what it was told and by which policy.

    ``city`` is what the person named, '' where nobody did; ``lot_id`` is the unit's lot.
    """

    __tablename__ = "trace_scan_check"
    __table_args__ = (
        CheckConstraint(f"state in ({_STATES})", name="state"),
        Index("ix_trace_scan_check_unit", "item_id", "unit", "device", "checked_at"),
        Index("ix_trace_scan_check_at", "checked_at"),
    )

    item_id: Mapped[int]
    unit: Mapped[int]
    lot_id: Mapped[int | None]
    checked_at: Mapped[datetime]
    device: Mapped[bytes] = mapped_column(LargeBinary)
    city: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="first")
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    policy_version: Mapped[int] = mapped_column(default=0)


class Try(Model):
    """One POST of the covered code, hit or miss, for the office's watch; deleted after 30 days.

    ``address`` is a hash under the salt of the day; the salt changes every day, so it links nothing across days.
    """

    __tablename__ = "trace_scan_try"
    __table_args__ = (
        CheckConstraint("outcome in ('hit', 'wrong', 'malformed')", name="outcome"),
        Index("ix_trace_scan_try_at", "tried_at"),
    )

    tried_at: Mapped[datetime]
    item_id: Mapped[int]
    lot_id: Mapped[int | None]
    unit: Mapped[int]
    outcome: Mapped[str]
    device: Mapped[bytes] = mapped_column(LargeBinary)
    address: Mapped[bytes] = mapped_column(LargeBinary)
    city: Mapped[str] = mapped_column(default="")


class PolicyRow(Model):
    """One version of a product's check policy; the newest is in force, none is ever changed."""

    __tablename__ = "trace_scan_policy"
    __table_args__ = (
        UniqueConstraint("item_id", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("many_devices >= 1 and many_checks >= 2 and jump_km >= 1 and jump_hours >= 1", name="numbers"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("trace_item_item.id"))
    version: Mapped[int]
    many_devices: Mapped[int]
    many_checks: Mapped[int]
    jump_km: Mapped[int]
    jump_hours: Mapped[int]
    area: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    shipping_recorded: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class Block(PublicId, Model):
    """A unit the office stopped or had stopped; its history stands with the workflow."""

    __tablename__ = "trace_scan_block"
    __table_args__ = (UniqueConstraint("item_id", "unit"), state_check(BLOCK))

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("trace_item_item.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"), index=True)
    unit: Mapped[int]
    serial: Mapped[str]
    state: Mapped[str] = state_column(BLOCK)
    version: Mapped[int] = version_column()
    reason: Mapped[str] = mapped_column(default="")


class Report(PublicId, Model):
    """A report from the code page: which case it became, and the hash of the secret its sender may ask with."""

    __tablename__ = "trace_scan_report"

    receipt_no: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    kind: Mapped[str]
    item_id: Mapped[int | None]
    lot_id: Mapped[int | None] = mapped_column(index=True)
    unit: Mapped[int | None]
    bought_at: Mapped[str] = mapped_column(default="")
    reported_at: Mapped[datetime] = mapped_column(index=True)


class Contact(PublicId, Model):
    """How a visitor wants to be told of a recall of one lot: sealed, for one purpose, deleted on ``delete_on``."""

    __tablename__ = "trace_scan_contact"
    __table_args__ = (
        UniqueConstraint("lot_id", "purpose", "contact_hash"),
        CheckConstraint("purpose in ('recall')", name="purpose"),
        Index("ix_trace_scan_contact_delete_on", "delete_on"),
    )

    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"))
    purpose: Mapped[str]
    sealed_contact: Mapped[bytes] = mapped_column(LargeBinary)
    contact_hash: Mapped[bytes] = mapped_column(LargeBinary)
    consented_at: Mapped[datetime]
    words_version: Mapped[int]
    delete_on: Mapped[date]
    told_at: Mapped[datetime | None]


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
