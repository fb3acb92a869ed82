"""Which chapters of the story have been told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class Chapter(Model):
    """A chapter that has been told; ``told_at`` is the real time of telling."""

    __tablename__ = "admin_demo_chapter"

    key: Mapped[str] = mapped_column(unique=True)
    told_at: Mapped[datetime]
