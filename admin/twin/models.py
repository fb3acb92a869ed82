"""What a clerk said of two parties."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class Verdict(Model):
    """One word on a pair (append-only, the latest counts); the keys name an organisation (``o12``) or an application (``a7``)."""

    __tablename__ = "admin_twin_verdict"
    __table_args__ = (
        CheckConstraint("first_key < second_key", name="in_order"),
        CheckConstraint("verdict in ('other','same')", name="verdict"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_admin_twin_verdict_pair", "first_key", "second_key", "id"),
        Index("ix_admin_twin_verdict_second_key", "second_key"),
    )

    first_key: Mapped[str]
    second_key: Mapped[str]
    verdict: Mapped[str]
    reason: Mapped[str]
    shown: Mapped[str]
    at: Mapped[datetime]
    judged_by_id: Mapped[int] = mapped_column(ForeignKey("core_account_user.id"))
