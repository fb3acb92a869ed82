"""Tables of the user interface: used form keys, and the few texts an administrator may set."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class OnceKey(Model):
    """A form key that has been used; the unique constraint is the guard."""

    __tablename__ = "core_ui_once"

    key: Mapped[uuid.UUID] = mapped_column(unique=True)
    used_at: Mapped[datetime] = mapped_column(index=True)


class Setting(Model):
    """A text of the site footer; empty means: not shown."""

    __tablename__ = "core_ui_setting"
    __table_args__ = (CheckConstraint("char_length(value) <= 2000", name="value_length"),)

    name: Mapped[str] = mapped_column(unique=True)
    value: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None]
