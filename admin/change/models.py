"""Requests for a change of identity."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from admin.change.rules import CHANGE
from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column


class Change(PublicId, Timestamps, Model):
    """One request; one of each kind is open at a time."""

    __tablename__ = "admin_change_change"
    __table_args__ = (
        state_check(CHANGE),
        CheckConstraint("kind in ('name','code','merge')", name="kind"),
        CheckConstraint("into_id is null or into_id <> organisation_id", name="two_parties"),
        Index(
            "uq_admin_change_change_open",
            "organisation_id",
            unique=True,
            postgresql_where=text("state in ('draft','submitted','returned','screened')"),
        ),
    )

    case_no: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    kind: Mapped[str]
    new_name: Mapped[str] = mapped_column(default="")
    new_code: Mapped[str] = mapped_column(default="")
    into_id: Mapped[int | None] = mapped_column(
        ForeignKey("core_organisation_organisation.id"), default=None, index=True
    )
    basis: Mapped[str] = mapped_column(default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"), default=None)
    agreed_at: Mapped[datetime | None] = mapped_column(default=None)
    former_name: Mapped[str] = mapped_column(default="")
    former_code: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = state_column(CHANGE)
    version: Mapped[int] = version_column()
