"""Brands as a tree, with their pictures, their rules of use by version, and the figures counted for them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from brand.matrix.rules_use import CHARGE_KINDS, CHARGE_PERIODS, RULES
from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column

_KINDS = ",".join(f"'{k}'" for k in CHARGE_KINDS)
_PERIODS = ",".join(f"'{k}'" for k in CHARGE_PERIODS)


class Brand(PublicId, Timestamps, Model):
    """One brand of the matrix; facts that are not known are empty and never printed."""

    __tablename__ = "brand_matrix_brand"
    __table_args__ = (
        CheckConstraint("level in ('regional','county','enterprise','product')", name="level"),
        CheckConstraint("(level = 'regional') = (parent_id is null)", name="root_is_regional"),
        CheckConstraint("(level in ('enterprise','product')) = (organisation_id is not null)", name="owned_has_owner"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        CheckConstraint("mark_kind in ('','ordinary','collective','certification')", name="mark_kind"),
        CheckConstraint(
            "mark_no <> '' or (mark_kind = '' and mark_until is null and mark_from is null and mark_classes = '{}')",
            name="mark_needs_number",
        ),
        CheckConstraint("1 <= all (mark_classes) and 45 >= all (mark_classes)", name="mark_classes"),
        CheckConstraint("mark_until > mark_from", name="mark_term"),
    )

    key: Mapped[str] = mapped_column(unique=True)
    level: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("brand_matrix_brand.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    name: Mapped[str] = mapped_column(unique=True)
    name_en: Mapped[str] = mapped_column(default="")
    species: Mapped[str | None] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    introduction: Mapped[str] = mapped_column(default="")
    introduction_en: Mapped[str] = mapped_column(default="")
    story: Mapped[str] = mapped_column(default="")
    story_en: Mapped[str] = mapped_column(default="")
    holder: Mapped[str] = mapped_column(default="")
    mark_no: Mapped[str] = mapped_column(default="")
    mark_kind: Mapped[str] = mapped_column(default="")
    mark_classes: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list)
    mark_from: Mapped[date | None]
    mark_until: Mapped[date | None]
    area: Mapped[str] = mapped_column(default="")
    gi_no: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    checked_on: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = version_column()


class BrandPicture(PublicId, Model):
    """A published picture of a brand, with what it shows and whose it is."""

    __tablename__ = "brand_matrix_picture"
    __table_args__ = (CheckConstraint("caption <> '' and credit <> ''", name="told"),)

    brand_id: Mapped[int] = mapped_column(ForeignKey("brand_matrix_brand.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("core_file_file.id"))
    caption: Mapped[str]
    caption_en: Mapped[str] = mapped_column(default="")
    credit: Mapped[str]
    position: Mapped[int]
    added_at: Mapped[datetime]


class RulesVersion(PublicId, Timestamps, Model):
    """One version of a brand's rules of use; published ones never change (trigger), the document file is added once."""

    __tablename__ = "brand_matrix_rules"
    __table_args__ = (
        state_check(RULES),
        UniqueConstraint("brand_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint(
            "(state = 'published') = (number is not null) and (number is null) = (published_at is null) "
            "and (number is null) = (digest = '')",
            name="published_together",
        ),
        CheckConstraint("state <> 'published' or effective_from is not null", name="dated_when_published"),
        Index(
            "uq_brand_matrix_rules_one_draft",
            "brand_id",
            unique=True,
            postgresql_where=text("state in ('draft','proposed')"),
        ),
        Index("ix_brand_matrix_rules_in_force", "brand_id", "effective_from"),
    )

    brand_id: Mapped[int] = mapped_column(ForeignKey("brand_matrix_brand.id"))
    state: Mapped[str] = state_column(RULES)
    version: Mapped[int] = version_column()
    number: Mapped[int | None]
    title: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    change_note: Mapped[str] = mapped_column(default="")
    effective_from: Mapped[date | None]
    free: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None]
    digest: Mapped[str] = mapped_column(default="")
    document_file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"))

    charges: Mapped[list[RulesCharge]] = relationship(order_by="RulesCharge.id", cascade="all, delete-orphan")


class RulesCharge(PublicId, Model):
    """A fee or deposit a version sets, in 分, with the document it rests on; frozen with its version (trigger)."""

    __tablename__ = "brand_matrix_charge"
    __table_args__ = (
        CheckConstraint(f"kind in ({_KINDS})", name="kind"),
        CheckConstraint(f"period in ({_PERIODS})", name="period"),
        CheckConstraint("amount_fen > 0", name="amount"),
    )

    rules_id: Mapped[int] = mapped_column(ForeignKey("brand_matrix_rules.id"), index=True)
    kind: Mapped[str]
    label: Mapped[str]
    amount_fen: Mapped[int]
    period: Mapped[str]
    basis: Mapped[str] = mapped_column(default="")


class BrandFigure(Model):
    """A figure counted for a brand on a day; counting again on that day replaces it."""

    __tablename__ = "brand_matrix_figure"
    __table_args__ = (
        UniqueConstraint("brand_id", "key", "counted_on"),
        CheckConstraint("value >= 0", name="value"),
    )

    brand_id: Mapped[int] = mapped_column(ForeignKey("brand_matrix_brand.id"))
    key: Mapped[str]
    value: Mapped[int]
    counted_on: Mapped[date]
    counted_at: Mapped[datetime]
