"""Brands as a tree."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId, Timestamps
from core.workflow.models import version_column


class Brand(PublicId, Timestamps, Model):
    """One brand of the matrix; facts that are not known are empty and never printed."""

    __tablename__ = "brand_matrix_brand"
    __table_args__ = (
        CheckConstraint("level in ('regional','county','enterprise')", name="level"),
        CheckConstraint("(level = 'regional') = (parent_id is null)", name="root_is_regional"),
        CheckConstraint("(level = 'enterprise') = (organisation_id is not null)", name="enterprise_has_owner"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        CheckConstraint("mark_kind in ('','ordinary','collective','certification')", name="mark_kind"),
        CheckConstraint("mark_no <> '' or (mark_kind = '' and mark_until is null)", name="mark_needs_number"),
    )

    key: Mapped[str] = mapped_column(unique=True)
    level: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("brand_matrix_brand.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    name: Mapped[str] = mapped_column(unique=True)
    species: Mapped[str | None] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    introduction: Mapped[str] = mapped_column(default="")
    holder: Mapped[str] = mapped_column(default="")
    mark_no: Mapped[str] = mapped_column(default="")
    mark_kind: Mapped[str] = mapped_column(default="")
    mark_until: Mapped[date | None]
    area: Mapped[str] = mapped_column(default="")
    gi_no: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = version_column()
