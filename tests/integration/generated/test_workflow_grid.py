"""Every (workflow, state, move, role), also from wrong states, fired by the engine and compared with the table.

The rows are put into each state beside the engine; CHECKs and triggers that tie other columns to a state are taken off
inside the savepoint, guards and effects are those rooms' own matter and are left out.  The grid asks for the decision alone,
thousands of times: the row is locked and its past read nowhere, and the engine is stopped where it begins to write.  That it
locks, writes the target's state and one row of history is asked below, once for every move and source.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from core.account.actor import GUEST, SYSTEM, Actor
from core.account.models import User
from core.account.permissions import ROLES, permissions_of, registered
from core.db import db
from core.errors import InvalidMove, NotFound, RuleBroken
from core.organisation.models import Organisation
from core.workflow import engine
from core.workflow.models import HistoryRow
from core.workflow.table import Move, Workflow
from tests.support import source
from tests.support.applications import savepoint

pytestmark = pytest.mark.slow  # the whole story, asked again and again: for `make test`, not for every commit

WORKFLOWS = source.workflows()


def _actors(owner: int | None) -> list[tuple[Actor, bool]]:
    """Every role once for the owner's side and once for another's; the system; a guest."""
    user = db.session.scalar(select(User.id).order_by(User.id).limit(1))
    other = db.session.scalar(select(Organisation.id).where(Organisation.id != (owner or 0)).limit(1))
    made: list[tuple[Actor, bool]] = [(SYSTEM, True), (GUEST, False)]
    for role in ROLES:
        for organisation in (owner, other):
            actor = Actor(
                user_id=user,
                organisation_id=organisation,
                role=role,
                permissions=permissions_of(role),
                membership_id=None,
            )
            made.append((actor, organisation is not None and organisation == owner))
    return made


def _may(move: Move, state: str, actor: Actor, owns: bool) -> bool:
    """The table read by other eyes than the engine's."""
    if state not in move.sources or (move.by == "system" and not actor.is_system):
        return False
    if actor.is_system:
        return True
    if move.permission is not None:
        holders = registered()[move.permission].roles
        if actor.role not in holders and not ("person" in holders and actor.role != "guest"):
            return False
    return move.by != "owner" or owns


def _loosen(table: str) -> None:
    """No CHECK and no trigger of the table stands in the way until the savepoint is rolled back."""
    query = "SELECT conname FROM pg_constraint WHERE conrelid = CAST(:t AS regclass) AND contype = 'c'"
    for name in db.session.scalars(text(query), {"t": table}).all():
        db.session.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))
    db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


def _put(binding: engine.Binding, obj: Any, state: str) -> None:
    table = binding.model.__table__
    db.session.execute(table.update().where(table.c.id == obj.id).values({binding.attribute: state}))
    db.session.refresh(obj)


class LetThrough(Exception):
    """The engine has nothing against the move and begins to write."""


def _stop(_obj: Any) -> NoReturn:
    raise LetThrough


def _always(owner: int | None) -> Callable[[Any], int | None]:
    return lambda _obj: owner


def _fired(workflow: Workflow, obj: Any, move: Move, actor: Actor) -> bool:
    """Whether the engine let the move through; ``_stop`` keeps it from writing."""
    try:
        engine.fire(workflow, obj, move.key, actor)
    except LetThrough:
        return True
    except (InvalidMove, RuleBroken, NotFound):
        return False
    raise AssertionError(f"{workflow.key}.{move.key} was written before the grid could stop it")


@pytest.mark.parametrize("key", [w.key for w in WORKFLOWS])
def test_the_engine_lets_through_what_the_table_allows_and_nothing_else(
    story: Flask, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    bound = engine.bindings()[key]
    bare = dataclasses.replace(
        bound.workflow,
        moves=[
            dataclasses.replace(m, guards=(), reason=False, files=(), not_same_person_as=())
            for m in bound.workflow.moves
        ],
    )
    monkeypatch.setattr(engine, "announced", _stop)
    monkeypatch.setattr(engine, "lock", lambda _obj: None)  # one row, one session: nothing changes between two cells
    monkeypatch.setattr(engine, "_past", lambda _workflow, _object_id: [])
    wrong = []
    with savepoint(story), story.app_context():
        obj = db.session.scalar(select(bound.model).order_by(bound.model.id).limit(1))
        assert obj is not None, f"no row of {bound.model.__tablename__}: add one in tests/support/more_rows.py"
        _loosen(bound.model.__tablename__)
        owners = {move.key: bound.owner_of(obj, move) for move in bare.moves}  # a move may be another party's
        sides = {move: _actors(owner) for move, owner in owners.items()}
        known = {move: _always(owner) for move, owner in owners.items()}
        decided = dataclasses.replace(bound, workflow=bare, effects={}, visible=None, owners=known)
        monkeypatch.setitem(engine._BINDINGS, key, decided)
        for state in bare.state_keys():
            _put(bound, obj, state)
            before = db.session.scalar(select(func.count()).select_from(HistoryRow))
            for move in bare.moves:
                actors = sides[move.key]
                if state not in move.sources:  # every role once; on whose side it stands is asked no more
                    actors = list({actor.role: (actor, owns) for actor, owns in reversed(actors)}.values())
                for actor, owns in actors:
                    if _fired(bare, obj, move, actor) != _may(move, state, actor, owns):
                        wrong.append(f"{state} --{move.key}--> by {actor.role}{' (owner)' if owns else ''}")
            assert db.session.scalar(select(func.count()).select_from(HistoryRow)) == before
        db.session.rollback()

    assert wrong == []


@pytest.mark.parametrize("key", [w.key for w in WORKFLOWS])
def test_a_move_that_goes_through_leaves_its_state_and_one_row_of_history(
    story: Flask, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    bound = engine.bindings()[key]
    bare = dataclasses.replace(
        bound.workflow, moves=[dataclasses.replace(m, guards=(), reason=False, files=()) for m in bound.workflow.moves]
    )
    monkeypatch.setitem(engine._BINDINGS, key, dataclasses.replace(bound, workflow=bare, effects={}, visible=None))
    wrong = []
    with savepoint(story), story.app_context():
        obj = db.session.scalar(select(bound.model).order_by(bound.model.id).limit(1))
        assert obj is not None, f"no row of {bound.model.__tablename__}: add one in tests/support/more_rows.py"
        _loosen(bound.model.__tablename__)
        for move in bare.moves:
            for state in move.sources:
                _put(bound, obj, state)
                nested = db.session.begin_nested()
                row = engine.fire(bare, obj, move.key, SYSTEM)
                if (row.from_state, row.to_state, getattr(obj, bound.attribute)) != (state, *[move.target(state)] * 2):
                    wrong.append(f"{state} --{move.key}--> {row.to_state}")
                nested.rollback()
        db.session.rollback()

    assert wrong == []
