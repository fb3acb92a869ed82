"""Applications for entry, and the published conditions they are judged by."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from admin.enterprise.rules import APPLICATION
from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column


class Conditions(Model):
    """One published set of entry conditions; the latest published one is in force (R81)."""

    __tablename__ = "admin_enterprise_conditions"

    version: Mapped[str] = mapped_column(unique=True)
    published_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    items: Mapped[list[str]] = mapped_column(JSONB)


class Application(PublicId, Timestamps, Model):
    """One application for entry; after approval it names the organisation it made."""

    __tablename__ = "admin_enterprise_application"
    __table_args__ = (
        state_check(APPLICATION),
        CheckConstraint("kind in ('enterprise','undertaker')", name="kind"),
        CheckConstraint(
            "organisation_id is null or state in ('approved','resident','probation','left')",
            name="organisation_when_approved",
        ),
        Index(
            "uq_admin_enterprise_application_open_code",
            "code",
            unique=True,
            postgresql_where=text("code <> '' and state in ('submitted','supplement','under_review')"),
        ),
    )

    case_no: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    applicant_id: Mapped[int] = mapped_column(ForeignKey("core_account_user.id"), index=True)
    state: Mapped[str] = state_column(APPLICATION)
    version: Mapped[int] = version_column()
    name: Mapped[str] = mapped_column(default="")
    code: Mapped[str] = mapped_column(default="")
    town: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    business: Mapped[str] = mapped_column(default="")
    contact_name: Mapped[str] = mapped_column(default="")
    contact_mobile: Mapped[str] = mapped_column(default="")
    licence_file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"))
    licence_until: Mapped[date | None]
    lawful_use: Mapped[bool] = mapped_column(default=False)
    conditions_id: Mapped[int | None] = mapped_column(ForeignKey("admin_enterprise_conditions.id"))
    promised: Mapped[list[int]] = mapped_column(JSONB, default=list)
    submitted_at: Mapped[datetime | None]
    visited_on: Mapped[date | None]
    visit_note: Mapped[str] = mapped_column(default="")
    visit_waiver: Mapped[str] = mapped_column(default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    grounds: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    leave_asked_at: Mapped[datetime | None]


class Handover(Model):
    """One thing to settle before an enterprise leaves: done on a day, or of no concern here with the reason (B10, R20)."""

    __tablename__ = "admin_enterprise_handover"
    __table_args__ = (
        UniqueConstraint("application_id", "key"),
        CheckConstraint("(done_on is null) = (done_by_id is null)", name="done_together"),
        CheckConstraint("concerns or note <> ''", name="reason_where_none"),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("admin_enterprise_application.id"))
    key: Mapped[str]
    concerns: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(default="")
    done_on: Mapped[date | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
