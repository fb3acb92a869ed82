"""Alerts, one row per rule and subject for ever; settings, newest row counts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId
from core.workflow.models import state_check, state_column, version_column
from trace.alert.rules import ALERT


class Alert(PublicId, Model):
    """Something a rule found: who has to act, until when, and what became of it."""

    __tablename__ = "trace_alert_alert"
    __table_args__ = (
        state_check(ALERT),
        UniqueConstraint("rule", "subject"),
        CheckConstraint("severity in ('stop','act','look')", name="severity"),
        CheckConstraint("due_at >= opened_at", name="due"),
        Index("ix_trace_alert_alert_due", "due_at", postgresql_where="state in ('open','acknowledged')"),
        Index("ix_trace_alert_alert_organisation", "organisation_id", "state"),
        Index("ix_trace_alert_alert_opened", "opened_at"),
    )

    rule: Mapped[str]
    subject: Mapped[str]
    severity: Mapped[str]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    title: Mapped[str]
    detail: Mapped[str]
    link: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    times: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = state_column(ALERT)
    version: Mapped[int] = version_column()


class RuleSetting(Model):
    """How a rule was set from one moment on, by whom and why; never changed (trigger)."""

    __tablename__ = "trace_alert_setting"
    __table_args__ = (
        CheckConstraint("severity in ('stop','act','look')", name="severity"),
        CheckConstraint("hours between 1 and 1440", name="hours"),
        CheckConstraint("days between 1 and 1000", name="days"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_trace_alert_setting_rule", "rule", "id"),
    )

    rule: Mapped[str]
    enabled: Mapped[bool]
    severity: Mapped[str]
    hours: Mapped[int]
    days: Mapped[int | None]
    reason: Mapped[str]
    set_at: Mapped[datetime]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
