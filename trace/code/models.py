"""Item keys, the counter of unit numbers, code series, print register.  There is no row per unit."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId
from core.seal.registry import sealed_column

KEY_PURPOSES = {"serial": "编号", "covered": "防伪码"}
KEY_SEALED = sealed_column("trace_code_key", "sealed_secret", row="public_id", purpose="code-key")
FORMATS = {"a4": "A4 不干胶", "roll": "50 × 30 mm 卷纸", "test": "试印一张"}


class ItemKey(PublicId, Model):
    """One version of an item's secret key for one purpose; the secret is sealed under the master key."""

    __tablename__ = "trace_code_key"
    __table_args__ = (
        UniqueConstraint("item_id", "purpose", "version"),
        CheckConstraint("purpose in ('serial','covered')", name="purpose"),
        CheckConstraint("version between 1 and 65535", name="version"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("trace_item_item.id"))
    purpose: Mapped[str]
    version: Mapped[int]
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]


class Counter(Model):
    """The next free unit number and series number of an item; its row lock makes two printers wait for each other."""

    __tablename__ = "trace_code_counter"
    __table_args__ = (CheckConstraint("next_unit >= 1 and next_no >= 1", name="positive"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("trace_item_item.id"), unique=True)
    next_unit: Mapped[int] = mapped_column(default=1)
    next_no: Mapped[int] = mapped_column(default=1)


class Series(PublicId, Model):
    """A print run: the units ``start`` to ``start + count - 1`` of an item, all of one packed lot.

    Ranges of one item never overlap (EXCLUDE constraint in the migration); a series is never changed.
    """

    __tablename__ = "trace_code_series"
    __table_args__ = (
        UniqueConstraint("item_id", "series_no"),
        CheckConstraint("start_unit >= 1 and unit_count >= 1", name="range"),
        Index("ix_trace_code_series_lot", "lot_id"),
        Index("ix_trace_code_series_organisation", "organisation_id", "issued_at"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("trace_item_item.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"))
    series_no: Mapped[int]
    start_unit: Mapped[int]
    unit_count: Mapped[int]
    key_version: Mapped[int]
    covered_version: Mapped[int | None]
    link_prefix: Mapped[str]
    licence_no: Mapped[str]
    record_id: Mapped[uuid.UUID]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))

    @property
    def last_unit(self) -> int:
        """The last unit number of the range."""
        return self.start_unit + self.unit_count - 1


class PrintRun(PublicId, Model):
    """One download of labels of a series: which units, in which format, by whom; the register of what was printed."""

    __tablename__ = "trace_code_print"
    __table_args__ = (
        CheckConstraint("format in ('a4','roll','test')", name="format"),
        CheckConstraint("first_unit >= 1 and last_unit >= first_unit", name="range"),
        CheckConstraint("not reprint or reason <> ''", name="reprint_reason"),
    )

    series_id: Mapped[int] = mapped_column(ForeignKey("trace_code_series.id"), index=True)
    format: Mapped[str]
    first_unit: Mapped[int]
    last_unit: Mapped[int]
    reprint: Mapped[bool]
    reason: Mapped[str] = mapped_column(default="")
    printed_at: Mapped[datetime]
    printed_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
