"""The identity row of an organisation."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
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
