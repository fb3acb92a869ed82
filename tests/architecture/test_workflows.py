"""Every workflow table, taken as it stands: well-formed, and deciding (state x move x role) exactly as it says."""

from __future__ import annotations

import dataclasses

import pytest

from core.account.actor import GUEST, SYSTEM, Actor
from core.account.permissions import ROLES, permissions_of, registered
from core.workflow.table import Move, PastMove, Workflow, check, faults
from tests.support import source

WORKFLOWS = source.workflows()
source.modules_named("permissions")
source.modules_named("own_permissions")


def test_there_are_workflows_to_look_at() -> None:
    assert WORKFLOWS


def test_every_workflow_is_well_formed() -> None:
    assert [fault for workflow in WORKFLOWS for fault in faults(workflow)] == []


def _actors() -> list[tuple[Actor, bool]]:
    """Every role, once acting for the owner of the object and once for somebody else; the system; a guest."""
    made: list[tuple[Actor, bool]] = [(SYSTEM, True), (GUEST, False)]
    for number, role in enumerate(ROLES, start=1):
        actor = Actor(
            user_id=number, organisation_id=number, role=role, permissions=permissions_of(role), membership_id=number
        )
        made += [(actor, True), (actor, False)]
    return made


def _may(move: Move, state: str, actor: Actor, owns: bool) -> bool:
    """The table read by other eyes than the engine's."""
    if state not in move.sources:
        return False
    if actor.is_system:
        return True
    if move.by == "system":
        return False
    if move.permission is not None and actor.role not in registered()[move.permission].roles:
        person_holds_it = "person" in registered()[move.permission].roles and actor.role != "guest"
        if not person_holds_it:
            return False
    return move.by != "owner" or owns


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.key)
def test_every_state_move_and_role_is_decided_as_the_table_says(workflow: Workflow) -> None:
    wrong = []
    for move in workflow.moves:
        bare = dataclasses.replace(move, guards=(), reason=False, files=())
        for state in workflow.state_keys():
            for actor, owns in _actors():
                unmet = check(workflow, bare, state=state, actor=actor, owns=owns)
                if (not unmet) != _may(bare, state, actor, owns):
                    wrong.append(f"{state} --{move.key}--> by {actor.role}{' (owner)' if owns else ''}: {unmet}")

    assert wrong == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.key)
def test_four_eyes_refuse_the_person_who_did_the_other_half(workflow: Workflow) -> None:
    wrong = []
    for move in workflow.moves:
        bare = dataclasses.replace(move, guards=(), reason=False, files=())
        holder = Actor(
            user_id=1, organisation_id=1, role="office_clerk", permissions=frozenset({move.permission or ""})
        )
        for earlier in move.not_same_person_as:
            for person, refused in (("user:1", True), ("user:2", False)):
                past = [PastMove(earlier, person)]
                unmet = check(workflow, bare, state=move.sources[0], actor=holder, owns=True, past=past)
                if bool([u for u in unmet if u.rule.endswith("four_eyes")]) != refused:
                    wrong.append(f"{move.key} after {earlier} by {person}")

    assert wrong == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.key)
def test_a_move_that_asks_for_a_reason_is_refused_without_one(workflow: Workflow) -> None:
    wrong = []
    for move in (m for m in workflow.moves if m.reason):
        bare = dataclasses.replace(move, guards=(), files=())
        for reason, refused in ((None, True), ("  ", True), ("材料不全", False)):
            unmet = check(workflow, bare, state=move.sources[0], actor=SYSTEM, owns=True, reason=reason)
            if bool(unmet) != refused:
                wrong.append(f"{move.key} with reason {reason!r}")

    assert wrong == []
