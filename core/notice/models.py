"""Inbox messages, outgoing mail and SMS, and cases with a receipt number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Model, PublicId
from core.notice.rules import CASE, CASE_KINDS, DESKS
from core.workflow.models import state_check, state_column, version_column


def _listed(values: Iterable[str]) -> str:
    return ", ".join(f"'{v}'" for v in values)


class Message(PublicId, Model):
    """One message to an organisation's inbox or to a user; exactly one addressee."""

    __tablename__ = "core_notice_message"
    __table_args__ = (
        CheckConstraint("(organisation_id is null) <> (user_id is null)", name="one_addressee"),
        CheckConstraint("(read_at is null) = (read_by_id is null)", name="read_together"),
        Index(
            "ix_core_notice_message_unread_organisation", "organisation_id", postgresql_where=text("read_at is null")
        ),
        Index("ix_core_notice_message_unread_user", "user_id", postgresql_where=text("read_at is null")),
    )

    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    title: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]
    read_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class Outgoing(PublicId, Model):
    """One mail or SMS to the outside: ``shown`` where no gateway is set (the administrator reads it out)."""

    __tablename__ = "core_notice_outgoing"
    __table_args__ = (
        CheckConstraint("channel in ('sms', 'mail')", name="channel"),
        CheckConstraint("status in ('shown', 'queued', 'sent', 'failed')", name="status"),
        CheckConstraint("(status = 'sent') = (sent_at is not null)", name="sent_when_sent"),
    )

    channel: Mapped[str]
    address: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    status: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    sent_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(default="")


class Case(PublicId, Model):
    """Something the public or an enterprise sent in; a receipt number and a desk (deadline: calendar)."""

    __tablename__ = "core_notice_case"
    __table_args__ = (
        state_check(CASE),
        CheckConstraint(f"kind in ({_listed(CASE_KINDS)})", name="kind"),
        CheckConstraint(f"desk in ({_listed(DESKS)})", name="desk"),
        CheckConstraint("(answered_at is null) = (answer = '')", name="answered_together"),
        CheckConstraint("state not in ('answered', 'closed') or answered_at is not null", name="answered_has_answer"),
    )

    receipt_no: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    desk: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    text: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    photo_file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"))
    state: Mapped[str] = state_column(CASE)
    version: Mapped[int] = version_column()
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
