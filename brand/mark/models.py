"""Logo packs in versions, their files, and every download."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from brand.mark.rules import MARKS, PURPOSES
from core.db import Model, PublicId, Timestamps

_PURPOSES = ",".join(f"'{p}'" for p in PURPOSES)
_MARKS = ",".join(f"'{m}'" for m in MARKS)


class MarkPack(PublicId, Timestamps, Model):
    """One version of the files of a brand or of a certification mark, with the rules of drawing.

    The newest released and not retired version is the current one.  ``brand_id`` exactly where ``mark`` is "brand".
    """

    __tablename__ = "brand_mark_pack"
    __table_args__ = (
        Index("uq_brand_mark_pack_brand_number", "brand_id", "number", unique=True, postgresql_where="mark = 'brand'"),
        Index("uq_brand_mark_pack_mark_number", "mark", "number", unique=True, postgresql_where="mark <> 'brand'"),
        CheckConstraint(f"mark in ({_MARKS})", name="mark"),
        CheckConstraint("(mark = 'brand') = (brand_id is not null)", name="brand"),
        CheckConstraint("number > 0 and rules <> ''", name="whole"),
        CheckConstraint("retired_at is null or (released_at is not null and retired_reason <> '')", name="retired"),
    )

    mark: Mapped[str] = mapped_column(default="brand")
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brand_matrix_brand.id"), index=True)
    number: Mapped[int]
    rules: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    released_at: Mapped[datetime | None]
    released_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    retired_at: Mapped[datetime | None]
    retired_reason: Mapped[str] = mapped_column(default="")

    files: Mapped[list[MarkFile]] = relationship(order_by="MarkFile.id")


class MarkFile(PublicId, Model):
    """One file of a pack.

    ``code_*`` is the fixed place of the user's code, in thousandths of the picture's width and height from the upper
    left corner; all 0 where none is printed.
    """

    __tablename__ = "brand_mark_file"
    __table_args__ = (
        CheckConstraint(f"purpose in ({_PURPOSES})", name="purpose"),
        CheckConstraint(
            "code_left >= 0 and code_top >= 0 and code_width >= 0 and code_height >= 0"
            " and code_left + code_width <= 1000 and code_top + code_height <= 1000"
            " and (code_width > 0) = (code_height > 0)",
            name="code_place",
        ),
    )

    pack_id: Mapped[int] = mapped_column(ForeignKey("brand_mark_pack.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("core_file_file.id"))
    title: Mapped[str]
    purpose: Mapped[str]
    code_left: Mapped[int] = mapped_column(default=0)
    code_top: Mapped[int] = mapped_column(default=0)
    code_width: Mapped[int] = mapped_column(default=0)
    code_height: Mapped[int] = mapped_column(default=0)


class MarkDownload(Model):
    """Who took which file of which version, when, under which licence or certificate.  Never changed.

    ``sha256`` is of the bytes handed out: with a code drawn in they are not those of the stored file.
    """

    __tablename__ = "brand_mark_download"
    __table_args__ = (CheckConstraint("under_no <> ''", name="under"),)

    mark_file_id: Mapped[int] = mapped_column(ForeignKey("brand_mark_file.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    under_no: Mapped[str]
    pack_number: Mapped[int]
    sha256: Mapped[str]
    at: Mapped[datetime]
