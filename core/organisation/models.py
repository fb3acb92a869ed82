"""The identity row of an organisation."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId, Timestamps

KINDS = {
    "enterprise": "企业或合作社",
    "grower": "种植户",
    "host": "主播",
    "office": "e镇办公室",
    "brand_office": "品牌办公室",
    "bureau": "县直部门",
    "platform": "平台",
}


class Organisation(PublicId, Timestamps, Model):
    """One enterprise, grower or public body; ``code`` = 统一社会信用代码 or the platform's party code."""

    __tablename__ = "core_organisation_organisation"
    __table_args__ = (
        CheckConstraint(
            "kind in ('enterprise','grower','host','office','brand_office','bureau','platform')", name="kind"
        ),
        CheckConstraint("state in ('active','left')", name="state"),
        CheckConstraint("code_kind in ('uscc','party')", name="code_kind"),
        CheckConstraint("(code_kind = 'uscc') = (no_uscc_reason = '')", name="reason_without_uscc"),
        CheckConstraint("successor_id is null or (state = 'left' and successor_id <> id)", name="successor"),
        CheckConstraint("left_on is null or state = 'left'", name="left_on"),
    )

    kind: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    code_kind: Mapped[str] = mapped_column(default="uscc")
    no_uscc_reason: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    short_name: Mapped[str] = mapped_column(default="")
    name_pinyin: Mapped[str] = mapped_column(default="", index=True)
    town: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    public_phone: Mapped[str] = mapped_column(default="")
    introduction: Mapped[str] = mapped_column(default="")
    introduced_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("core_organisation_organisation.id"), default=None, index=True
    )
    state: Mapped[str] = mapped_column(default="active")
    registered_on: Mapped[date | None] = mapped_column(default=None)
    search_keys: Mapped[str] = mapped_column(default="")
    left_on: Mapped[date | None] = mapped_column(default=None)
    successor_id: Mapped[int | None] = mapped_column(
        ForeignKey("core_organisation_organisation.id"), default=None, index=True
    )
    licence_file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id", use_alter=True), default=None)
    licence_url: Mapped[str] = mapped_column(default="")
    licence_until: Mapped[date | None] = mapped_column(default=None)
    verified_on: Mapped[date | None] = mapped_column(default=None)


class FormerIdentity(Model):
    """A name or code an organisation had, or one that was merged into it, until the day of the change (append-only)."""

    __tablename__ = "core_organisation_former"
    __table_args__ = (
        CheckConstraint("kind in ('name','code','merged')", name="kind"),
        CheckConstraint("name <> '' and code <> ''", name="named"),
        Index("ix_core_organisation_former_organisation", "organisation_id", "id"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    kind: Mapped[str]
    name: Mapped[str]
    code: Mapped[str]
    until_on: Mapped[date]
    basis: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None)


class Mandate(PublicId, Timestamps, Model):
    """A grower lets an enterprise or co-operative keep his journals, from one day to another (both included).

    Two mandates of the same pair never overlap (EXCLUDE constraint in the migration).
    """

    __tablename__ = "core_organisation_mandate"
    __table_args__ = (
        CheckConstraint("keeper_id <> grower_id", name="two_parties"),
        CheckConstraint("valid_to is null or valid_to >= valid_from", name="period"),
        CheckConstraint("given_by in ('grower','keeper')", name="given_by"),
        CheckConstraint("end_reason = '' or valid_to is not null", name="reason_of_end"),
    )

    keeper_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    grower_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    given_by: Mapped[str]
    end_reason: Mapped[str] = mapped_column(default="")
