"""Standard, version, grade, criterion.  A published version never changes again (trigger)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column
from trace.grade.rules import VERSION


class Standard(PublicId, Timestamps, Model):
    """A grading standard of one owner; without owner it is reference data, to be copied and never used as it is."""

    __tablename__ = "trace_grade_standard"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code", postgresql_nulls_not_distinct=True),
        CheckConstraint("code ~ '^[0-9A-Z][0-9A-Z/. -]{0,29}$'", name="code_shape"),
        CheckConstraint("name <> ''", name="name"),
    )

    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    species: Mapped[str] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    code: Mapped[str]
    name: Mapped[str]


class StandardVersion(PublicId, Timestamps, Model):
    """One dated version of a standard: a draft is edited, a published one is frozen."""

    __tablename__ = "trace_grade_version"
    __table_args__ = (
        UniqueConstraint("standard_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("(state = 'draft') or valid_from is not null", name="dated"),
        state_check(VERSION),
    )

    standard_id: Mapped[int] = mapped_column(ForeignKey("trace_grade_standard.id"))
    number: Mapped[int]
    valid_from: Mapped[date | None]
    source: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = state_column(VERSION)
    version: Mapped[int] = version_column()


class Grade(Model):
    """One grade of a version; ``rank`` 1 is the best."""

    __tablename__ = "trace_grade_grade"
    __table_args__ = (
        UniqueConstraint("version_id", "key"),
        UniqueConstraint("version_id", "rank"),
        CheckConstraint("key ~ '^[a-z][a-z0-9-]{0,29}$'", name="key_shape"),
        CheckConstraint("rank between 1 and 20", name="rank"),
        CheckConstraint("label <> ''", name="label"),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("trace_grade_version.id"))
    key: Mapped[str]
    label: Mapped[str]
    rank: Mapped[int]


class Criterion(Model):
    """What one grade asks of one measure: a range, or words that a person judges by eye."""

    __tablename__ = "trace_grade_criterion"
    __table_args__ = (
        CheckConstraint("low is null or high is null or low <= high", name="range"),
        CheckConstraint("(measure = 'words') = (words <> '')", name="words"),
        CheckConstraint("measure = 'words' or low is not null or high is not null", name="bounded"),
        CheckConstraint("low >= 0 and high >= 0", name="not_negative"),
        CheckConstraint("not high_excluded or high is not null", name="excluded_bound"),
        Index("ix_trace_grade_criterion_grade", "grade_id", "position"),
    )

    grade_id: Mapped[int] = mapped_column(ForeignKey("trace_grade_grade.id"))
    position: Mapped[int]
    measure: Mapped[str]
    low: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    high: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    high_excluded: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(default="")
    to_be_confirmed: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(default="")
