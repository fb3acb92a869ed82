"""Reads of standards for screens and upper rooms; frozen views."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, NotFound
from core.organisation import queries as organisations
from trace.grade.models import Criterion, Grade, Standard, StandardVersion
from trace.grade.rules import VERSION, CriterionRow, GradeRow


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version with its standard and grades, best first."""

    id: int
    public_id: uuid.UUID
    standard_id: int
    standard_public_id: uuid.UUID
    organisation_id: int | None
    code: str
    name: str
    species: str
    number: int
    valid_from: date | None
    source: str
    note: str
    state: str
    version: int
    grades: tuple[GradeRow, ...]

    @property
    def title(self) -> str:
        return f"{self.code} {self.name}，第 {self.number} 版"

    @property
    def state_label(self) -> str:
        return VERSION.label_of(self.state)

    def label_of(self, key: str) -> str:
        """The word of a grade; the key itself where the version has none of that key."""
        return next((g.label for g in self.grades if g.key == key), key)

    @property
    def unconfirmed(self) -> int:
        """Criteria that still carry the mark 待核对."""
        return sum(c.to_be_confirmed for g in self.grades for c in g.criteria)


def grade_rows(version_ids: Iterable[int]) -> dict[int, tuple[GradeRow, ...]]:
    """Grades with criteria by version id, best first."""
    wanted = set(version_ids)
    if not wanted:
        return {}
    grades = db.session.scalars(
        select(Grade).where(Grade.version_id.in_(wanted)).order_by(Grade.version_id, Grade.rank)
    ).all()
    criteria: dict[int, list[CriterionRow]] = {}
    rows = db.session.scalars(
        select(Criterion).where(Criterion.grade_id.in_([g.id for g in grades])).order_by(Criterion.grade_id, Criterion.position)
    )  # fmt: skip
    for c in rows:
        criteria.setdefault(c.grade_id, []).append(
            CriterionRow(c.measure, c.low, c.high, c.high_excluded, c.words, c.to_be_confirmed, c.source)
        )
    found: dict[int, list[GradeRow]] = {v: [] for v in wanted}
    for g in grades:
        found[g.version_id].append(GradeRow(g.key, g.label, g.rank, tuple(criteria.get(g.id, ()))))
    return {version: tuple(rows_) for version, rows_ in found.items()}


def _views(rows: Iterable[StandardVersion]) -> list[VersionView]:
    versions = list(rows)
    grades = grade_rows(v.id for v in versions)
    ids = {v.standard_id for v in versions}
    standards = {s.id: s for s in db.session.scalars(select(Standard).where(Standard.id.in_(ids)))} if ids else {}
    return [
        VersionView(
            v.id, v.public_id, v.standard_id, standards[v.standard_id].public_id,
            standards[v.standard_id].organisation_id, standards[v.standard_id].code, standards[v.standard_id].name,
            standards[v.standard_id].species, v.number, v.valid_from, v.source, v.note, v.state, v.version,
            grades.get(v.id, ()),
        )
        for v in versions
    ]  # fmt: skip


def brand_desk() -> int | None:
    """The town's brand office, whose published standards everybody may use."""
    return organisations.desk_id("brand_office")


def _scope(organisation_id: int | None) -> list[int]:
    return [i for i in {organisation_id, brand_desk()} if i is not None]


def versions_by_id(ids: Iterable[int | None]) -> dict[int, VersionView]:
    """Versions by row id, once for a whole screen (scope is the caller's)."""
    wanted = {i for i in ids if i is not None}
    if not wanted:
        return {}
    return {v.id: v for v in _views(db.session.scalars(select(StandardVersion).where(StandardVersion.id.in_(wanted))))}


def usable_by(organisation_id: int, species: str | None = None) -> list[VersionView]:
    """Published versions in force today of the organisation itself and of the brand office."""
    query = (
        select(StandardVersion)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(
            Standard.organisation_id.in_(_scope(organisation_id)),
            StandardVersion.state == "published",
            StandardVersion.valid_from <= clock.today(),
        )
        .order_by(Standard.organisation_id, Standard.code, StandardVersion.number.desc())
    )
    if species is not None:
        query = query.where(Standard.species == species)
    return _views(db.session.scalars(query))


def usable_version(version_id: int, organisation_id: int) -> VersionView:
    """The published version in force that the organisation may grade by; BadInput otherwise."""
    found = next((v for v in usable_by(organisation_id) if v.id == version_id), None)
    if found is None:
        raise BadInput("这个标准版本不在用，请重新选择。", code="grade.not_usable", field="version")
    return found


def version_of(public_id: uuid.UUID, actor: Actor) -> VersionView:
    """The version, if it is reference data, the brand office's published, or the actor's own; NotFound otherwise."""
    return _views([load(public_id, actor)])[0]


def load(public_id: uuid.UUID, actor: Actor) -> StandardVersion:
    """The live row under the same scope as :func:`version_of`."""
    row = db.session.scalar(select(StandardVersion).where(StandardVersion.public_id == public_id))
    if row is None or not _visible(row, actor):
        raise NotFound("没有找到这个标准版本。", help="请从列表重新进入。")
    return row


def _visible(row: StandardVersion, actor: Actor) -> bool:
    owner = owner_of(row)
    if owner is None or owner == actor.organisation_id or actor.is_system:
        return True
    return row.state != "draft" and owner == brand_desk()


def owner_of(row: StandardVersion) -> int | None:
    """The organisation whose standard the version belongs to; None for reference data."""
    return db.session.scalar(select(Standard.organisation_id).where(Standard.id == row.standard_id))


def standard_of(public_id: uuid.UUID, actor: Actor) -> Standard:
    """The standard, if it is the actor's organisation's; NotFound otherwise."""
    row = db.session.scalar(select(Standard).where(Standard.public_id == public_id))
    if row is None or row.organisation_id is None or row.organisation_id != actor.organisation_id:
        raise NotFound("没有找到这个标准。", help="请从列表重新进入。")
    return row


def versions_for(organisation_id: int | None) -> list[VersionView]:
    """Everything the organisation may read: its own versions, the brand office's published ones, reference data."""
    desk = brand_desk()
    query = (
        select(StandardVersion)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(
            or_(
                Standard.organisation_id.is_(None),
                Standard.organisation_id == organisation_id,
                (Standard.organisation_id == desk) & (StandardVersion.state != "draft"),
            )
        )
        .order_by(Standard.organisation_id.nulls_last(), Standard.code, StandardVersion.number.desc())
    )
    return _views(db.session.scalars(query))


def history_of(standard_id: int, actor: Actor) -> list[VersionView]:
    """The versions of one standard that the actor may read, newest first."""
    rows = db.session.scalars(
        select(StandardVersion)
        .where(StandardVersion.standard_id == standard_id)
        .order_by(StandardVersion.number.desc())
    )
    return _views([row for row in rows if _visible(row, actor)])


def criteria_rows(version_id: int) -> Any:
    """Grades with their criteria as plain rows, best first; a grade without criteria is one row."""
    return (
        select(
            Grade.id, Grade.label, Criterion.measure, Criterion.low, Criterion.high, Criterion.high_excluded,
            Criterion.words, Criterion.to_be_confirmed, Criterion.source,
        )
        .outerjoin(Criterion, Criterion.grade_id == Grade.id)
        .where(Grade.version_id == version_id)
        .order_by(Grade.rank, Criterion.position)
    )  # fmt: skip
