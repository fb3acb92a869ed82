"""Entries with their evidence."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from brand.nurture.rules import ENTRY, EVIDENCE, KINDS
from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column

_GONE = "state not in ('refused','abandoned','removed')"


class NurtureEntry(PublicId, Timestamps, Model):
    """One brand or product claimed for K09 or K10; a live one of a kind."""

    __tablename__ = "brand_nurture_entry"
    __table_args__ = (
        state_check(ENTRY),
        CheckConstraint(f"kind in ({','.join(repr(k) for k in KINDS)})", name="kind"),
        CheckConstraint("kind = 'brand' or brand_id is null", name="brand_of_a_brand"),
        CheckConstraint("(state in ('counted','removed')) = (counted_at is not null)", name="counted_when_checked"),
        CheckConstraint("(state = 'removed') = (removed_at is not null)", name="removed_with_its_day"),
        Index("uq_brand_nurture_entry_one_brand", "brand_id", unique=True, postgresql_where=text(_GONE)),
        Index(
            "uq_brand_nurture_entry_one_product",
            "organisation_id",
            "name",
            unique=True,
            postgresql_where=text(f"kind = 'product' and {_GONE}"),
        ),
    )

    entry_no: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brand_matrix_brand.id"))
    name: Mapped[str]
    basis: Mapped[str] = mapped_column(default="")
    since: Mapped[date | None]
    link: Mapped[str] = mapped_column(default="")
    counted_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    state: Mapped[str] = state_column(ENTRY)
    version: Mapped[int] = version_column()


class NurtureEvidence(PublicId, Model):
    """A file that shows what an entry claims."""

    __tablename__ = "brand_nurture_evidence"
    __table_args__ = (CheckConstraint(f"kind in ({','.join(repr(k) for k in EVIDENCE)})", name="kind"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("brand_nurture_entry.id"), index=True)
    kind: Mapped[str]
    file_id: Mapped[int] = mapped_column(ForeignKey("core_file_file.id"))
    caption: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime]
    added_by: Mapped[str]
