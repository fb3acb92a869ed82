"""Heartbeats of the worker and its loops (the queue's own tables belong to procrastinate)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class Heartbeat(Model):
    """When a loop or the worker last came round, and what it said if it failed."""

    __tablename__ = "core_job_heartbeat"

    name: Mapped[str] = mapped_column(unique=True)
    beat_at: Mapped[datetime]
    failed_at: Mapped[datetime | None] = mapped_column(default=None)
    failure: Mapped[str] = mapped_column(default="")
