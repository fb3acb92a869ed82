"""Stored files and their renditions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId


class StoredFile(PublicId, Model):
    """One upload; the bytes live under their SHA-256, equal bytes once."""

    __tablename__ = "core_file_file"
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("visibility in ('private','public')", name="visibility"),
    )

    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int]
    media_type: Mapped[str]
    filename: Mapped[str]
    kind: Mapped[str]
    visibility: Mapped[str] = mapped_column(default="private")
    owner_organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("core_organisation_organisation.id"), index=True
    )
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    uploaded_at: Mapped[datetime]
    width: Mapped[int | None] = mapped_column(default=None)
    height: Mapped[int | None] = mapped_column(default=None)
    gps_removed: Mapped[bool] = mapped_column(default=False)


class Rendition(Model):
    """A smaller JPEG of a picture, at most ``size`` pixels on its longer side."""

    __tablename__ = "core_file_rendition"
    __table_args__ = (UniqueConstraint("file_id", "size"),)

    file_id: Mapped[int] = mapped_column(ForeignKey("core_file_file.id"))
    size: Mapped[int]
    sha256: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
