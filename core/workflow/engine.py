"""Fires moves of a workflow table: row lock, all checks, state, history, audit, effect, in the caller's transaction."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import InvalidMove, NotFound, RuleBroken, Unmet
from core.record.service import record
from core.workflow.models import HistoryRow, announced, guard_state_attribute
from core.workflow.table import Move, PastMove, Workflow, check

FactsLoader = Callable[[Any, Move, Actor, datetime, Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class MoveContext:
    """What an effect is given: the move just made, by whom, when, with what."""

    move: Move
    actor: Actor
    now: datetime
    payload: Mapping[str, Any]
    facts: Any
    reason: str
    from_state: str


Effect = Callable[[Any, MoveContext], None]


@dataclass(frozen=True)
class Binding:
    workflow: Workflow
    model: type[Any]
    load_facts: FactsLoader
    owner: Callable[[Any], int | None]
    effects: Mapping[str, Effect]
    attribute: str
    visible: Callable[[Any, Actor], bool] | None
    owners: Mapping[str, Callable[[Any], int | None]]

    def owner_of(self, obj: Any, move: Move) -> int | None:
        """The organisation on whose side ``move`` is made: the object's owner, or the party named for this move."""
        return self.owners.get(move.key, self.owner)(obj)


@dataclass(frozen=True, slots=True)
class MoveView:
    """A move as a screen draws it: allowed now, or the list of what is unmet; ``tone`` of the state it leads into."""

    move: Move
    label: str
    allowed: bool
    unmet: tuple[Unmet, ...]
    tone: str = ""


_BINDINGS: dict[str, Binding] = {}


def bind(
    workflow: Workflow,
    *,
    model: type[Any],
    load_facts: FactsLoader,
    owner: Callable[[Any], int | None],
    effects: Mapping[str, Effect] | None = None,
    attribute: str = "state",
    visible: Callable[[Any, Actor], bool] | None = None,
    owners: Mapping[str, Callable[[Any], int | None]] | None = None,
) -> None:
    """Tie a workflow table to its model, its facts loader and its effects (once, from ``register``).

    ``owners`` names, by move, another party than ``owner`` whose side the move is (who seals, who receives).
    """
    known = {m.key for m in workflow.moves}
    unknown = (set(effects or {}) | set(owners or {})) - known
    if unknown:
        raise ValueError(f"{workflow.key}: effects or owners for unknown moves {sorted(unknown)}")
    if workflow.key not in _BINDINGS:
        guard_state_attribute(model, attribute, workflow)
    _BINDINGS[workflow.key] = Binding(
        workflow, model, load_facts, owner, dict(effects or {}), attribute, visible, dict(owners or {})
    )


def bindings() -> dict[str, Binding]:
    return dict(_BINDINGS)


def _past(workflow: Workflow, object_id: int) -> list[PastMove]:
    rows = db.session.execute(
        select(HistoryRow.move, HistoryRow.person_key)
        .where(HistoryRow.workflow == workflow.key, HistoryRow.object_id == object_id)
        .order_by(HistoryRow.id)
    )
    return [PastMove(move, person) for move, person in rows]


def _unmet(
    binding: Binding,
    obj: Any,
    move: Move,
    actor: Actor,
    now: datetime,
    *,
    past: Sequence[PastMove],
    payload: Mapping[str, Any],
    reason: str | None = None,
    files: Sequence[str] = (),
    preview: bool = False,
) -> tuple[list[Unmet], Any]:
    state = getattr(obj, binding.attribute)
    needs_facts = bool(move.guards) and state in move.sources
    facts = binding.load_facts(obj, move, actor, now, payload) if needs_facts else None
    owner_id = binding.owner_of(obj, move)
    owns = actor.is_system or (owner_id is not None and owner_id == actor.organisation_id)
    found = check(
        binding.workflow, move, state=state, actor=actor, owns=owns, past=past, facts=facts,
        reason=reason, files=files, preview=preview,
    )  # fmt: skip
    return found, facts


def fire(
    workflow: Workflow,
    obj: Any,
    move_key: str,
    actor: Actor,
    *,
    reason: str | None = None,
    files: Sequence[str] = (),
    payload: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> HistoryRow:
    """Fire one move under the row lock; afterwards state, history, audit row and effect stand, or nothing does.

    Raises ``InvalidMove`` from a wrong state, ``RuleBroken`` with *every* unmet rule, ``NotFound`` where the
    actor may not see the object.
    """
    binding = _BINDINGS[workflow.key]
    move, payload = workflow.move(move_key), payload or {}
    moment = now or clock.now()
    db.session.flush()
    lock(obj)
    anybody = move.by == "public" or actor.is_system or binding.visible is None
    if not anybody and binding.visible is not None and not binding.visible(obj, actor):
        raise NotFound("没有找到这条记录。", help="请从列表重新进入。")
    unmet, facts = _unmet(
        binding, obj, move, actor, moment, past=_past(workflow, obj.id), payload=payload, reason=reason, files=files
    )
    if unmet:
        if unmet[0].rule == f"{workflow.key}.{move.key}.state":
            raise InvalidMove(unmet[0].message, code=unmet[0].rule, help=unmet[0].help)
        raise RuleBroken(unmet=unmet)
    before = getattr(obj, binding.attribute)
    with announced(obj):
        setattr(obj, binding.attribute, move.target(before))
    row = _history(binding, obj, move, actor, moment, before, reason or "", files, payload)
    record(f"{workflow.key}.{move.key}", obj, actor, from_state=before, to_state=row.to_state, reason=row.reason)
    effect = binding.effects.get(move.key)
    if effect is not None:
        effect(obj, MoveContext(move, actor, moment, payload, facts, reason or "", before))
    db.session.flush()
    return row


def _history(
    binding: Binding,
    obj: Any,
    move: Move,
    actor: Actor,
    moment: datetime,
    before: str,
    reason: str,
    files: Sequence[str],
    payload: Mapping[str, Any],
) -> HistoryRow:
    version = getattr(obj, "version", 0) + 1
    if hasattr(obj, "version"):
        obj.version = version
    row = HistoryRow(
        workflow=binding.workflow.key,
        object_id=obj.id,
        move=move.key,
        from_state=before,
        to_state=getattr(obj, binding.attribute),
        at=moment,
        user_id=actor.user_id,
        organisation_id=actor.organisation_id,
        role=actor.role,
        person_key=actor.person_key,
        reason=reason.strip(),
        files=list(files),
        payload=jsonable(dict(payload)),
        version=version,
    )
    db.session.add(row)
    return row


def jsonable(value: Any) -> Any:
    """``value`` as plain JSON: dates ISO, decimals and UUIDs as strings, dataclasses as objects."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: jsonable(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): jsonable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [jsonable(v) for v in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    if value is None or isinstance(value, (str, int, bool)):
        return value
    raise TypeError(f"a move's payload cannot hold {type(value).__name__}")


def explain(
    workflow: Workflow, obj: Any, move_key: str, actor: Actor, *, payload: Mapping[str, Any] | None = None
) -> list[Unmet]:
    """The same list :func:`fire` would refuse with, before the button is pressed (reason and files not asked)."""
    binding, move = _BINDINGS[workflow.key], workflow.move(move_key)
    found, _ = _unmet(
        binding, obj, move, actor, clock.now(), past=_past(workflow, obj.id), payload=payload or {}, preview=True
    )
    return found


def moves_for(workflow: Workflow, obj: Any, actor: Actor) -> list[MoveView]:
    """The moves a screen offers ``actor`` now: those whose state fits and whose permission and side are theirs."""
    binding = _BINDINGS[workflow.key]
    state = getattr(obj, binding.attribute)
    past, now = _past(workflow, obj.id), clock.now()
    views = []
    for move in workflow.moves_from(state):
        if move.by == "system" or (move.permission is not None and not actor.can(move.permission)):
            continue
        owner_id = binding.owner_of(obj, move)
        if move.by == "owner" and (owner_id is None or owner_id != actor.organisation_id):
            continue
        unmet, _ = _unmet(binding, obj, move, actor, now, past=past, payload={}, preview=True)
        target = move.target(state)
        tone = workflow.state(target).tone if target != state else ""
        views.append(MoveView(move, move.label, not unmet, tuple(unmet), tone))
    return views


def history(workflow: Workflow, object_id: int) -> list[HistoryRow]:
    """Every fired move of one object, oldest first."""
    query = (
        select(HistoryRow)
        .where(HistoryRow.workflow == workflow.key, HistoryRow.object_id == object_id)
        .order_by(HistoryRow.id)
    )
    return list(db.session.scalars(query))


def first_fired(workflow: Workflow, object_ids: Collection[int], move: str) -> dict[int, datetime]:
    """When a move was fired first on each of the objects, once for many; objects it was never fired on are left out."""
    query = (
        select(HistoryRow.object_id, func.min(HistoryRow.at))
        .where(HistoryRow.workflow == workflow.key, HistoryRow.move == move, HistoryRow.object_id.in_(object_ids))
        .group_by(HistoryRow.object_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)} if object_ids else {}
