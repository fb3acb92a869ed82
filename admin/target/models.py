"""Resolutions that pick one of two conflicting texts; the other stays readable."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class Resolution(Model):
    """The leading group decided by which text a conflict group is read (append-only; the latest counts)."""

    __tablename__ = "admin_target_resolution"

    target_set: Mapped[str]
    conflict_group: Mapped[str]
    target_key: Mapped[str]
    doc_no: Mapped[str]
    decided_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
