"""Hosts and their links."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column
from shop.livestream.rules import HOST


class Host(PublicId, Timestamps, Model):
    """One natural person who streams, with the account they stream from; ``organisation_id`` where they act for one."""

    __tablename__ = "shop_livestream_host"
    __table_args__ = (
        state_check(HOST),
        CheckConstraint("platform in ('douyin','kuaishou','shipinhao','taobao','other')", name="platform"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("core_account_user.id"), unique=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"), default=None)
    stage_name: Mapped[str]
    platform: Mapped[str]
    account: Mapped[str] = mapped_column(default="")
    promise: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = state_column(HOST)
    version: Mapped[int] = version_column()


class HostLink(PublicId, Model):
    """A host's link for one listing; ``token`` is what stands in the address and in the QR."""

    __tablename__ = "shop_livestream_link"
    __table_args__ = (
        Index(
            "uq_shop_livestream_link_open", "host_id", "listing_id", unique=True, postgresql_where="ended_at is null"
        ),
    )

    host_id: Mapped[int] = mapped_column(ForeignKey("shop_livestream_host.id"))
    listing_id: Mapped[int] = mapped_column(ForeignKey("shop_catalogue_listing.id"), index=True)
    token: Mapped[str] = mapped_column(unique=True)
    rule_version: Mapped[str]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
