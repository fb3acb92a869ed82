"""Public items with their revisions, and the opinions they drew."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from admin.disclosure.rules import ITEM, OPINION
from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column


class Item(PublicId, Timestamps, Model):
    """One item of the column; a publicity also carries a clock of ``days`` working days."""

    __tablename__ = "admin_disclosure_item"
    __table_args__ = (
        state_check(ITEM),
        CheckConstraint("kind in ('plan','development','progress','funds','acceptance','publicity')", name="kind"),
        CheckConstraint("kind <> 'publicity' or days >= 5", name="days"),
        CheckConstraint("(state in ('published','withdrawn')) = (published_at is not null)", name="published"),
        Index("ix_admin_disclosure_item_subject", "subject_table", "subject_id"),
    )

    item_no: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    project_id: Mapped[int | None] = mapped_column(ForeignKey("admin_project_project.id"), index=True, default=None)
    subject_table: Mapped[str] = mapped_column(default="")
    subject_id: Mapped[int | None] = mapped_column(default=None)
    days: Mapped[int] = mapped_column(default=5)
    revision: Mapped[int] = mapped_column(default=1)
    publish_on: Mapped[date | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_reason: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = state_column(ITEM)
    version: Mapped[int] = version_column()


class Revision(Model):
    """The text as published, kept for good (append-only trigger)."""

    __tablename__ = "admin_disclosure_revision"
    __table_args__ = (UniqueConstraint("item_id", "revision"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("admin_disclosure_item.id"))
    revision: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime]
    sha256: Mapped[str]


class Opinion(PublicId, Model):
    """An opinion or objection from the window; the contact is for the answer only and never public."""

    __tablename__ = "admin_disclosure_opinion"
    __table_args__ = (
        state_check(OPINION),
        CheckConstraint("kind in ('opinion','objection')", name="kind"),
        CheckConstraint("(state = 'answered') = (answered_at is not null)", name="answered"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("admin_disclosure_item.id"), index=True)
    receipt_no: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    text: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime]
    reply: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[str] = state_column(OPINION)
    version: Mapped[int] = version_column()
