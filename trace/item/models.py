"""The trade item.  Its key, level and net content never change once a lot exists; the name may."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId, Timestamps

LEVELS = {"loose": "散装，按公斤", "box": "小盒", "carton": "整箱"}
KEY_KINDS = {"own": "自编代码", "gtin": "商品条码"}


class Item(PublicId, Timestamps, Model):
    """One trade item of one owner; ``net_content_g`` is 1 for loose goods, which are counted in grams."""

    __tablename__ = "trace_item_item"
    __table_args__ = (
        UniqueConstraint("organisation_id", "own_code"),
        CheckConstraint("key_kind in ('gtin','own')", name="key_kind"),
        CheckConstraint("(key_kind = 'gtin') = (gtin is not null)", name="gtin_key"),
        CheckConstraint("(key_kind = 'own') = (own_code is not null)", name="own_key"),
        CheckConstraint("gtin ~ '^[0-9]{14}$'", name="gtin_shape"),
        CheckConstraint("own_code ~ '^[0-9A-Z][0-9A-Z-]{0,19}$'", name="own_code_shape"),
        CheckConstraint("level in ('loose','box','carton')", name="level"),
        CheckConstraint("net_content_g between 1 and 1000000", name="net_content"),
        CheckConstraint("(level = 'loose') = (net_content_g = 1)", name="loose_in_grams"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    key_kind: Mapped[str]
    gtin: Mapped[str | None] = mapped_column(unique=True)
    own_code: Mapped[str | None]
    name: Mapped[str]
    species: Mapped[str] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    variety: Mapped[str] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    form: Mapped[str] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    specification: Mapped[str | None] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    grade: Mapped[str | None] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    level: Mapped[str]
    net_content_g: Mapped[int]
    storage_method: Mapped[str] = mapped_column(default="")
    shelf_life_days: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def key(self) -> str:
        """The GTIN, or the owner's own code."""
        return self.gtin or self.own_code or ""
