"""Units and leases."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from admin.lease.rules import LEASE
from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column


class Unit(PublicId, Timestamps, Model):
    """A surveyed unit of the park; ``uses`` are the keys of what it may be used for."""

    __tablename__ = "admin_lease_unit"
    __table_args__ = (CheckConstraint("area_m2 > 0", name="area"),)

    code: Mapped[str] = mapped_column(unique=True)
    building: Mapped[str] = mapped_column(default="")
    area_m2: Mapped[int]
    uses: Mapped[list[str]] = mapped_column(JSONB)


class Lease(PublicId, Timestamps, Model):
    """A lease of one unit; no two of a unit cover the same day (EXCLUDE constraint), offered ones included."""

    __tablename__ = "admin_lease_lease"
    __table_args__ = (
        state_check(LEASE),
        CheckConstraint("ends_on >= starts_on", name="period"),
        CheckConstraint("area_m2 > 0 and monthly_rent_fen >= 0 and deposit_fen >= 0", name="amounts"),
        CheckConstraint("(state = 'ended') = (ended_on is not null)", name="ended"),
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey("admin_lease_unit.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    area_m2: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    purpose: Mapped[str]
    monthly_rent_fen: Mapped[int]
    deposit_fen: Mapped[int] = mapped_column(default=0)
    ended_on: Mapped[date | None] = mapped_column(default=None)
    state: Mapped[str] = state_column(LEASE)
    version: Mapped[int] = version_column()


class Reminder(Model):
    """A notice of the coming end that went to both sides: each step once for a lease."""

    __tablename__ = "admin_lease_reminder"
    __table_args__ = (UniqueConstraint("lease_id", "step"), CheckConstraint("step >= 0", name="step"))

    lease_id: Mapped[int] = mapped_column(ForeignKey("admin_lease_lease.id"))
    step: Mapped[int]
    sent_at: Mapped[datetime]
