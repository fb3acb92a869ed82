"""Imports and the rows they wrote."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from admin.intake.rules import INTAKE
from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column


class Import(PublicId, Timestamps, Model):
    """One workbook: checked, then written wholly or in its good rows, or given up; the file is kept."""

    __tablename__ = "admin_intake_import"
    __table_args__ = (
        state_check(INTAKE),
        CheckConstraint("mode in ('','all','good')", name="mode"),
        CheckConstraint("state <> 'done' or finished_at is not null", name="finished"),
        CheckConstraint("growers >= 0 and applications >= 0 and left_out >= 0 and progress >= 0", name="counts"),
    )

    import_no: Mapped[str] = mapped_column(unique=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("core_file_file.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    state: Mapped[str] = state_column(INTAKE)
    version: Mapped[int] = version_column()
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("core_account_user.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    mode: Mapped[str] = mapped_column(default="")
    good: Mapped[int] = mapped_column(default=0)
    bad: Mapped[int] = mapped_column(default=0)
    growers: Mapped[int] = mapped_column(default=0)
    applications: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int] = mapped_column(default=0)
    progress: Mapped[int] = mapped_column(default=0)


class PreparedRow(PublicId, Model):
    """One written row: a grower with its organisation, or an application prepared for the contact person who takes it over."""

    __tablename__ = "admin_intake_row"
    __table_args__ = (
        UniqueConstraint("import_id", "row"),
        CheckConstraint("kind in ('enterprise','grower')", name="kind"),
        CheckConstraint("(kind = 'grower') = (organisation_id is not null)", name="grower_is_made"),
        CheckConstraint("(application_id is null) = (taken_at is null)", name="taken_together"),
        CheckConstraint("closed_at is null or (closed_why <> '' and application_id is null)", name="closed"),
        Index(
            "uq_admin_intake_row_waiting_code", "code", unique=True,
            postgresql_where=text("kind = 'enterprise' and application_id is null and closed_at is null"),
        ),
        Index("uq_admin_intake_row_token_digest", "token_digest", unique=True, postgresql_where=text("token_digest <> ''")),
    )  # fmt: skip

    import_id: Mapped[int] = mapped_column(ForeignKey("admin_intake_import.id"))
    row: Mapped[int]
    kind: Mapped[str]
    name: Mapped[str]
    code: Mapped[str] = mapped_column(default="")
    town: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    business: Mapped[str] = mapped_column(default="")
    contact_name: Mapped[str] = mapped_column(default="")
    contact_mobile: Mapped[str] = mapped_column(default="")
    licence_until: Mapped[date | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="")
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("core_organisation_organisation.id"), default=None, index=True
    )
    application_id: Mapped[int | None] = mapped_column(
        ForeignKey("admin_enterprise_application.id"), default=None, index=True
    )
    token_digest: Mapped[str] = mapped_column(default="")
    offered_until: Mapped[datetime | None] = mapped_column(default=None)
    taken_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_why: Mapped[str] = mapped_column(default="")
