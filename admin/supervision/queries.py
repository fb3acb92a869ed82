"""Reads of inspections and findings."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, select

from admin.project.models import Project
from admin.project.queries import visible
from admin.supervision.models import Finding, Inspection
from admin.supervision.rules import FINDING
from admin.supervision.rules_policy import SupervisionTerms
from core.account.actor import Actor
from core.db import db
from core.errors import NotFound
from core.policy.queries import terms
from core.workflow.engine import first_fired

T = TypeVar("T", Inspection, Finding)


def _get(model: type[T], public_id: uuid.UUID | str, actor: Actor, missing: str) -> T:
    try:
        key = public_id if isinstance(public_id, uuid.UUID) else uuid.UUID(str(public_id))
    except ValueError as error:
        raise NotFound(missing) from error
    row = db.session.scalar(select(model).where(model.public_id == key))
    if row is None or not visible(db.session.get_one(Project, row.project_id), actor):
        raise NotFound(missing, help="请从列表重新进入。")
    return row


def get_inspection(public_id: uuid.UUID | str, actor: Actor) -> Inspection:
    """The inspection, NotFound where it is missing or about another organisation's project."""
    return _get(Inspection, public_id, actor, "没有找到这次检查。")


def get_finding(public_id: uuid.UUID | str, actor: Actor) -> Finding:
    """The finding, NotFound where it is missing or about another organisation's project."""
    return _get(Finding, public_id, actor, "没有找到这个问题。")


def inspections_of(project_id: int) -> list[Inspection]:
    """Inspections of a project, newest first."""
    return list(
        db.session.scalars(select(Inspection).where(Inspection.project_id == project_id).order_by(Inspection.id.desc()))
    )


def findings_of(project_id: int) -> list[Finding]:
    """Findings of a project, newest first."""
    return list(db.session.scalars(select(Finding).where(Finding.project_id == project_id).order_by(Finding.id.desc())))


def finding_of(inspection_id: int) -> Finding | None:
    """The finding an inspection led to, or None."""
    return db.session.scalar(select(Finding).where(Finding.inspection_id == inspection_id))


def open_findings(project_id: int) -> list[Finding]:
    """Findings that block payment: everything confirmed and not closed (R17)."""
    return [f for f in findings_of(project_id) if f.state != "closed"]


def inspector_keys(project_id: int) -> frozenset[str]:
    """Person keys of everybody who inspected the project (R37, R59)."""
    return frozenset(i.inspector_key for i in inspections_of(project_id) if i.inspector_key)


def latest_inspection(project_id: int, since: date) -> Inspection | None:
    """The newest recorded inspection on or after ``since``, the basis of a stage payment (R54)."""
    return db.session.scalar(
        select(Inspection)
        .where(
            Inspection.project_id == project_id,
            Inspection.inspected_on >= since,
            Inspection.state.in_(("recorded", "awaiting_statement", "confirmed", "dropped", "closed")),
        )
        .order_by(Inspection.inspected_on.desc(), Inspection.id.desc())
        .limit(1)
    )


def checked(project_id: int, kind: str, period_start: date) -> bool:
    """Whether the inspection of this slot was carried out."""
    query = select(Inspection.id).where(
        Inspection.project_id == project_id,
        Inspection.kind == kind,
        Inspection.period_start == period_start,
        Inspection.inspected_on.is_not(None),
    )
    return db.session.scalar(query) is not None


def statement_days(raised_on: date) -> int:
    """Within how many working days the undertaker may state its case to a finding raised on that day (R60)."""
    return terms(SupervisionTerms, on=raised_on).statement_wd


def overdue_fixes(undertaker_id: int) -> int:
    """How many findings of all projects of the undertaker ran past a term unrectified (R56)."""
    query = (
        select(Finding.id).join(Project, Project.id == Finding.project_id).where(Project.undertaker_id == undertaker_id)
    )
    findings = ids(query)
    return len({i for move in ("due_passed", "due_passed2") for i in first_fired(FINDING, findings, move)})


def ids(query: Select[Any]) -> list[int]:
    """The ids a query of ids gives."""
    return list(db.session.scalars(query))


def recent_inspections(project_ids: Select[Any], limit: int = 20) -> list[Inspection]:
    """The newest inspections of these projects."""
    query = select(Inspection).where(Inspection.project_id.in_(project_ids)).order_by(Inspection.id.desc()).limit(limit)
    return list(db.session.scalars(query))
