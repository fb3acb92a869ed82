"""Item keys, the counter of unit numbers, code series with their roots, print register, voids, designs.

There is no row per unit.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId
from core.seal.registry import sealed_column

KEY_PURPOSES = {"serial": "编号", "covered": "防伪码", "blind": "编号证明"}
KEY_SEALED = sealed_column("trace_code_key", "sealed_secret", row="public_id", purpose="code-key")
FORMATS = {
    "test": "试印一张",
    "a4": "PDF，A4 不干胶",
    "roll": "PDF，卷纸，一页一张",
    "png": "PNG 图片，300 dpi，压缩包",
    "svg": "SVG 矢量图，字已转曲，压缩包",
    "zpl203": "ZPL，热敏打印机 203 dpi",
    "zpl300": "ZPL，热敏打印机 300 dpi",
    "csv": "CSV 表格，交印刷厂",
    "txt": "TXT，一行一个网址",
    "covered": "防伪码 CSV，交刮刮膜印刷",
}


class ItemKey(PublicId, Model):
    """One version of an item's secret key for one purpose; the secret is sealed under the master key."""

    __tablename__ = "trace_code_key"
    __table_args__ = (
        UniqueConstraint("item_id", "purpose", "version"),
        CheckConstraint("purpose in ('serial','covered','blind')", name="purpose"),
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


class Root(Model):
    """The Merkle root over the serials of a series (TRUST 5): committed before the first label is printed, never changed."""

    __tablename__ = "trace_code_root"
    __table_args__ = (CheckConstraint("length(root) = 32", name="root"),)

    series_id: Mapped[int] = mapped_column(ForeignKey("trace_code_series.id"), unique=True)
    blind_version: Mapped[int]
    root: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]


class RootTile(Model):
    """Up to 256 hashes of one level of a series' tree; level 0 is recomputed and never stored."""

    __tablename__ = "trace_code_root_tile"
    __table_args__ = (
        UniqueConstraint("series_id", "level", "number"),
        CheckConstraint("level >= 1 and number >= 0", name="place"),
        CheckConstraint("length(hashes) between 32 and 8192 and length(hashes) % 32 = 0", name="hashes"),
    )

    series_id: Mapped[int] = mapped_column(ForeignKey("trace_code_series.id"))
    level: Mapped[int]
    number: Mapped[int]
    hashes: Mapped[bytes] = mapped_column(LargeBinary)


class Design(PublicId, Model):
    """One version of a label design of an organisation; a change is a new version, prints name the version they used."""

    __tablename__ = "trace_code_design"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name", "version"),
        CheckConstraint("version >= 1 and name <> ''", name="version"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    name: Mapped[str]
    version: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class PrintRun(PublicId, Model):
    """One output of labels of a series: which units, in which format, by whom; the register of what was printed.

    ``marked``: with the brand mark, under licence ``licence_no``; ``covered``: the covered codes were in the file.
    """

    __tablename__ = "trace_code_print"
    __table_args__ = (
        CheckConstraint(
            "format in ('test','a4','roll','png','svg','zpl203','zpl300','csv','txt','covered')", name="format"
        ),
        CheckConstraint("first_unit >= 1 and last_unit >= first_unit", name="range"),
        CheckConstraint("not reprint or reason <> ''", name="reprint_reason"),
        CheckConstraint("marked = (licence_no <> '')", name="mark_under_licence"),
    )

    series_id: Mapped[int] = mapped_column(ForeignKey("trace_code_series.id"), index=True)
    format: Mapped[str]
    first_unit: Mapped[int]
    last_unit: Mapped[int]
    reprint: Mapped[bool]
    reason: Mapped[str] = mapped_column(default="")
    marked: Mapped[bool] = mapped_column(default=False)
    licence_no: Mapped[str] = mapped_column(default="")
    covered: Mapped[bool] = mapped_column(default=False)
    design_id: Mapped[int | None] = mapped_column(ForeignKey("trace_code_design.id"), default=None)
    printed_at: Mapped[datetime]
    printed_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class PrintPart(Model):
    """One finished file of a big print made in the background; the sum of the parts is its progress."""

    __tablename__ = "trace_code_print_part"
    __table_args__ = (
        UniqueConstraint("print_id", "number"),
        CheckConstraint("number >= 1 and size > 0", name="number"),
    )

    print_id: Mapped[int] = mapped_column(ForeignKey("trace_code_print.id"))
    number: Mapped[int]
    first_unit: Mapped[int]
    last_unit: Mapped[int]
    sha256: Mapped[str]
    size: Mapped[int]
    made_at: Mapped[datetime]


class Void(PublicId, Model):
    """Units whose labels were destroyed or lost: they answer 已作废 for ever.  Ranges never overlap (EXCLUDE)."""

    __tablename__ = "trace_code_void"
    __table_args__ = (
        CheckConstraint("first_unit >= 1 and last_unit >= first_unit", name="range"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_trace_code_void_units", "item_id", "first_unit"),
    )

    series_id: Mapped[int] = mapped_column(ForeignKey("trace_code_series.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("trace_item_item.id"))
    first_unit: Mapped[int]
    last_unit: Mapped[int]
    reason: Mapped[str]
    voided_at: Mapped[datetime]
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class Departure(PublicId, Model):
    """Units that are gone: ``sold`` with an order, or ``destroyed`` with their goods under a deed of their lot.

    Ranges of one kind never overlap while they stand (EXCLUDE in the migration); a reversed deed sets ``undone_at``.
    """

    __tablename__ = "trace_code_departure"
    __table_args__ = (
        CheckConstraint("first_unit >= 1 and last_unit >= first_unit", name="range"),
        CheckConstraint("kind in ('sold','destroyed')", name="kind"),
        CheckConstraint("(kind = 'destroyed') = (deed_id is not null)", name="deed"),
        CheckConstraint("source <> ''", name="source"),
        Index("ix_trace_code_departure_units", "item_id", "first_unit"),
        Index("ix_trace_code_departure_lot", "lot_id"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("trace_item_item.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"))
    first_unit: Mapped[int]
    last_unit: Mapped[int]
    kind: Mapped[str]
    happened_at: Mapped[datetime]
    source: Mapped[str]
    deed_id: Mapped[int | None] = mapped_column(ForeignKey("trace_lot_deed.id"), default=None, index=True)
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
