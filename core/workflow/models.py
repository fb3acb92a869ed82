"""History of every fired move, and the state column only the engine may set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column

from core.db import Model
from core.workflow.table import Workflow


class HistoryRow(Model):
    """One fired move: who, when, from, to, reason, what the guards saw.  Append-only (trigger)."""

    __tablename__ = "core_workflow_history"
    __table_args__ = (Index("ix_core_workflow_history_object", "workflow", "object_id", "id"),)

    workflow: Mapped[str]
    object_id: Mapped[int]
    move: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    role: Mapped[str]
    person_key: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    files: Mapped[list[str]] = mapped_column(JSONB, default=list)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    version: Mapped[int]


_announced: ContextVar[frozenset[int]] = ContextVar("yidun_state_announced", default=frozenset())


class StateWrittenElsewhere(RuntimeError):
    """A state column was set outside the engine: a programming error."""


@contextmanager
def announced(obj: object) -> Iterator[None]:
    """Within the block the engine (nobody else) may set the state of ``obj``."""
    token = _announced.set(_announced.get() | {id(obj)})
    try:
        yield
    finally:
        _announced.reset(token)


def state_column(workflow: Workflow) -> MappedColumn[str]:
    """The state column of a model that follows ``workflow``; starts in its initial state."""
    return mapped_column(default=workflow.initial, index=True)


def version_column() -> MappedColumn[int]:
    """Counts the fired moves and edits; pages carry it so that a stale page overwrites nothing."""
    return mapped_column(default=1)


def state_check(workflow: Workflow, column: str = "state") -> CheckConstraint:
    """A CHECK that lists the states, for ``__table_args__``."""
    listed = ",".join(f"'{k}'" for k in workflow.state_keys())
    return CheckConstraint(f"{column} in ({listed})", name=column)


def guard_state_attribute(model: type[Any], attribute: str, workflow: Workflow) -> None:
    """Refuse every change of ``model.attribute`` that the engine did not announce."""

    @event.listens_for(getattr(model, attribute), "set", propagate=True)
    def _refuse(target: Any, value: Any, old: Any, _initiator: Any) -> None:
        if id(target) in _announced.get() or value == old:
            return
        if target.id is None and value == workflow.initial:
            return
        raise StateWrittenElsewhere(f"{model.__name__}.{attribute} is written by the workflow engine only")
