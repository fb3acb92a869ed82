"""One table of words with codes; a code is unique over all kinds, so rows elsewhere may name it plainly."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model

KINDS = {"species": "种类", "variety": "品种", "form": "形态", "specification": "规格", "grade": "等级"}


class Term(Model):
    """A word of the county's produce: code for machines, label for people, pinyin for Chinese order."""

    __tablename__ = "core_taxonomy_term"
    __table_args__ = (
        CheckConstraint("kind in ('species','variety','form','specification','grade')", name="kind"),
        CheckConstraint("code ~ '^[a-z][a-z0-9-]{1,39}$'", name="code_shape"),
        CheckConstraint("(kind in ('species','form')) = (species is null)", name="species"),
        Index("ix_core_taxonomy_term_kind", "kind", "species", "position"),
    )

    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    species: Mapped[str | None] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    label: Mapped[str]
    pinyin: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    standard: Mapped[str] = mapped_column(default="")
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    active: Mapped[bool] = mapped_column(default=True)
