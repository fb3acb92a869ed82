"""Stored targets of a code.  A row is never changed: it is ended, and another takes its place."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId


class Link(PublicId, Model):
    """One target of a trade item (or of one lot of it) under one GS1 link type; live while ``ended_at`` is null."""

    __tablename__ = "trace_resolver_link"
    __table_args__ = (
        CheckConstraint("href like 'https://%' and length(href) <= 500", name="href"),
        CheckConstraint("link_type ~ '^[a-zA-Z]{2,40}$'", name="link_type"),
        CheckConstraint("(ended_at is null) = (ended_by_id is null)", name="ended_together"),
        CheckConstraint("ended_at is null or end_reason <> ''", name="ended_with_reason"),
        Index(
            "uq_trace_resolver_link_live", "item_id", text("coalesce(lot_id, 0)"), "link_type", "href", "media_type",
            "language", unique=True, postgresql_where=text("ended_at is null"),
        ),
    )  # fmt: skip

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("trace_item_item.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("trace_lot_lot.id"))
    link_type: Mapped[str]
    href: Mapped[str]
    title: Mapped[str]
    media_type: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    forward_query: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    end_reason: Mapped[str] = mapped_column(default="")
