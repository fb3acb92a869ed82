"""Reads of projects; another organisation's project is not found."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, func, select

from admin.project import permissions
from admin.project.models import Contract, Evidence, Line, Policy, Project, Report, Stage
from admin.project.rules import PROJECT_WIDE
from core.account.actor import Actor
from core.db import db
from core.errors import NotFound

_MISSING = "没有找到这个项目。"


def sees_all(actor: Actor) -> bool:
    """Whether ``actor`` belongs to the public bodies that see every project (R29, R66)."""
    return actor.is_system or (actor.can(permissions.VIEW) and actor.role in permissions.OFFICE)


def visible(project: Project, actor: Actor) -> bool:
    """Whether ``actor`` may see the project: a public body, or its undertaker."""
    return sees_all(actor) or (actor.organisation_id is not None and project.undertaker_id == actor.organisation_id)


def for_actor(actor: Actor) -> Select[Project]:
    """The projects ``actor`` may see, newest first."""
    query = select(Project).order_by(Project.id.desc())
    return query if sees_all(actor) else query.where(Project.undertaker_id == actor.organisation_id)


def get_project(public_id: uuid.UUID | str, actor: Actor) -> Project:
    """The project of this public id, NotFound where it is missing or another organisation's."""
    try:
        key = public_id if isinstance(public_id, uuid.UUID) else uuid.UUID(str(public_id))
    except ValueError as error:
        raise NotFound(_MISSING, help="请从列表重新进入。") from error
    row = db.session.scalar(select(Project).where(Project.public_id == key))
    if row is None or not visible(row, actor):
        raise NotFound(_MISSING, help="请从列表重新进入。")
    return row


def by_id(project_id: int) -> Project:
    """The project with this id, for effects and timers."""
    return db.session.get_one(Project, project_id)


def by_no(project_no: str) -> Project | None:
    """The project of this printed number, or None."""
    return db.session.scalar(select(Project).where(Project.project_no == project_no))


def contract_of(project_id: int) -> Contract | None:
    """The contract of the project, or None before one is drafted."""
    return db.session.scalar(select(Contract).where(Contract.project_id == project_id))


def stages_of(project_id: int) -> list[Stage]:
    """The stages in order."""
    return list(db.session.scalars(select(Stage).where(Stage.project_id == project_id).order_by(Stage.number)))


def stage(project_id: int, number: int) -> Stage:
    """Stage ``number`` of the project; NotFound otherwise."""
    row = db.session.scalar(select(Stage).where(Stage.project_id == project_id, Stage.number == number))
    if row is None:
        raise NotFound("没有这个阶段。", help="请从项目页重新进入。")
    return row


def lines_of(project_id: int) -> list[Line]:
    """The approved 建设内容 lines."""
    return list(db.session.scalars(select(Line).where(Line.project_id == project_id).order_by(Line.id)))


def evidence_of(project_id: int) -> list[Evidence]:
    """All evidence, newest first."""
    return list(
        db.session.scalars(select(Evidence).where(Evidence.project_id == project_id).order_by(Evidence.id.desc()))
    )


def evidence_kinds(project_id: int, stage_id: int | None = None) -> frozenset[str]:
    """Kinds of evidence in hand: all of the project, or what counts for the stage where one is given."""
    query = select(Evidence.kind).where(Evidence.project_id == project_id)
    if stage_id is not None:
        query = query.where(
            (Evidence.stage_id == stage_id) | Evidence.stage_id.is_(None) | Evidence.kind.in_(PROJECT_WIDE)
        )
    return frozenset(db.session.scalars(query.distinct()))


def report_of(project_id: int, month: date) -> Report | None:
    """The report of ``month`` (its first day), or None."""
    return db.session.scalar(select(Report).where(Report.project_id == project_id, Report.month == month))


def reports_of(project_id: int) -> list[Report]:
    """All monthly reports, newest first."""
    return list(db.session.scalars(select(Report).where(Report.project_id == project_id).order_by(Report.month.desc())))


def policies() -> list[Policy]:
    """Every governing document."""
    return list(db.session.scalars(select(Policy).order_by(Policy.key)))


def sum_of_lines(project_id: int) -> int:
    """Approved lines together, in 分."""
    return int(
        db.session.scalar(select(func.coalesce(func.sum(Line.amount_fen), 0)).where(Line.project_id == project_id)) or 0
    )


def names(project_ids: Sequence[int]) -> dict[int, tuple[str, str, uuid.UUID]]:
    """(number, name, public id) by row id, once for a screen."""
    rows = db.session.execute(
        select(Project.id, Project.project_no, Project.name, Project.public_id).where(Project.id.in_(set(project_ids)))
    )
    return {r.id: (r.project_no, r.name, r.public_id) for r in rows}
