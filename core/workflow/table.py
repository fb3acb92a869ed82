"""A workflow is a declared table of moves (pure: ``rules.py`` may import it; no Flask, no SQLAlchemy, no clock).

The engine (``core.workflow.engine``) fires moves under a row lock; ``check`` here is the decision itself and
returns *every* unmet rule, so that refusing and explaining are one piece of code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from core.account.actor import Actor
from core.errors import Unmet

__all__ = ["Move", "PastMove", "State", "Unmet", "Workflow", "check", "faults", "mermaid"]

Guard = Callable[[Any], Sequence[Unmet]]
By = Literal["owner", "office", "system", "public"]


@dataclass(frozen=True, slots=True)
class State:
    """A stored state: English identifier, Chinese label, tone of its chip (ok, busy, todo, bad, none)."""

    key: str
    label: str
    tone: str = "busy"
    final: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table.

    ``by``: ``owner`` = a member of the organisation the object belongs to; ``office`` = staff holding the
    permission; ``system`` = timers and effects only (no permission); ``public`` = anybody.
    ``not_same_person_as``: moves whose latest actor must be another natural person (four eyes).
    ``reason`` / ``files``: what must accompany the move.  ``to`` may be ``"="`` for a move that keeps the state.
    """

    key: str
    label: str
    sources: Sequence[str]
    to: str
    permission: str | None
    by: By = "office"
    guards: Sequence[Guard] = ()
    reason: bool = False
    files: Sequence[str] = ()
    not_same_person_as: Sequence[str] = ()
    irreversible: bool = False
    who: str = ""

    def target(self, state: str) -> str:
        return state if self.to == "=" else self.to


@dataclass(frozen=True, slots=True)
class PastMove:
    """A fired move as the four-eyes rule needs it."""

    move: str
    person_key: str


@dataclass(frozen=True)
class Workflow:
    """A named table of states and moves; ``faults()`` lists everything malformed about it."""

    key: str
    label: str
    states: Sequence[State]
    initial: str
    moves: Sequence[Move]
    article: str = ""
    _by_key: Mapping[str, Move] = field(init=False, repr=False, compare=False)
    _states: Mapping[str, State] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", {m.key: m for m in self.moves})
        object.__setattr__(self, "_states", {s.key: s for s in self.states})

    def move(self, key: str) -> Move:
        return self._by_key[key]

    def state(self, key: str) -> State:
        return self._states[key]

    def label_of(self, key: str) -> str:
        return self._states[key].label

    def state_keys(self) -> tuple[str, ...]:
        return tuple(s.key for s in self.states)

    def moves_from(self, state: str) -> list[Move]:
        return [m for m in self.moves if state in m.sources]


def check(
    workflow: Workflow,
    move: Move,
    *,
    state: str,
    actor: Actor,
    owns: bool,
    past: Sequence[PastMove] = (),
    facts: Any = None,
    reason: str | None = None,
    files: Sequence[str] = (),
    preview: bool = False,
) -> list[Unmet]:
    """Every reason why ``actor`` may not fire ``move`` now; empty means allowed.

    ``owns`` says whether the actor acts for the organisation the object belongs to.  With ``preview`` the
    reason and the files, which are given together with the click, are not asked for.
    """
    unmet: list[Unmet] = []
    if state not in move.sources:
        froms = "、".join(workflow.label_of(s) for s in move.sources)
        unmet.append(
            Unmet(
                f"{workflow.key}.{move.key}.state",
                f"现在是“{workflow.label_of(state)}”，只有在“{froms}”时才能{move.label}。",
                help="刷新页面，看看最新状态。",
            )
        )
        return unmet
    unmet.extend(_who(workflow, move, actor, owns, past))
    if not preview:
        if move.reason and not (reason or "").strip():
            unmet.append(
                Unmet(f"{workflow.key}.{move.key}.reason", f"{move.label}要写明理由。", help="写清原因和下一步怎么做。")
            )
        missing = [f for f in move.files if f not in files]
        unmet.extend(
            Unmet(f"{workflow.key}.{move.key}.file.{f}", f"缺少附件：{f}。", help="上传后再办理。") for f in missing
        )
    for guard in move.guards:
        unmet.extend(guard(facts))
    return unmet


def _who(workflow: Workflow, move: Move, actor: Actor, owns: bool, past: Sequence[PastMove]) -> list[Unmet]:
    prefix = f"{workflow.key}.{move.key}"
    if actor.is_system:
        return []
    if move.by == "system":
        return [
            Unmet(
                f"{prefix}.system_only",
                f"“{move.label}”由系统按条件自动办理。",
                help="条件满足后会自动变化，不用操作。",
            )
        ]
    unmet: list[Unmet] = []
    if move.permission is not None and not actor.can(move.permission):
        unmet.append(
            Unmet(
                f"{prefix}.permission",
                f"“{move.label}”不归你现在的身份办理。",
                help="换一个身份，或请有权限的同事办理。",
                who=move.who,
            )
        )
    elif move.by == "owner" and not owns:
        unmet.append(Unmet(f"{prefix}.owner", f"只有本单位的人员可以{move.label}。", help="请以该单位身份登录后办理。"))
    for earlier in move.not_same_person_as:
        last = next((p for p in reversed(past) if p.move == earlier), None)
        if last is not None and last.person_key == actor.person_key:
            label = workflow.move(earlier).label
            unmet.append(
                Unmet(
                    f"{prefix}.four_eyes",
                    f"你已办理“{label}”，“{move.label}”要换一名人员。",
                    help="请另一名有权限的人员办理。",
                    who=move.who,
                )
            )
    return unmet


def faults(workflow: Workflow) -> list[str]:
    """Everything malformed about the table, all at once; empty when well-formed."""
    found: list[str] = []
    states = set(workflow.state_keys())
    if len(states) != len(workflow.states):
        found.append(f"{workflow.key}: a state is declared twice")
    if len(workflow._by_key) != len(workflow.moves):
        found.append(f"{workflow.key}: a move is declared twice")
    if workflow.initial not in states:
        found.append(f"{workflow.key}: unknown initial state {workflow.initial}")
    reached = {workflow.initial}
    for move in workflow.moves:
        where = f"{workflow.key}.{move.key}"
        found += [f"{where}: unknown source {s}" for s in move.sources if s not in states]
        if move.to != "=" and move.to not in states:
            found.append(f"{where}: unknown target {move.to}")
        found += [
            f"{where}: four-eyes with unknown move {m}" for m in move.not_same_person_as if m not in workflow._by_key
        ]
        if move.by == "system" and move.permission is not None:
            found.append(f"{where}: a system move has no permission")
        if move.by in ("owner", "office") and move.permission is None:
            found.append(f"{where}: a person's move needs a permission")
        reached.add(move.to)
    found += [f"{workflow.key}: state {s} is never reached" for s in sorted(states - reached)]
    found += [
        f"{workflow.key}: final state {s.key} has a move out"
        for s in workflow.states
        if s.final and any(m.to != "=" for m in workflow.moves_from(s.key))
    ]
    return found


def mermaid(workflow: Workflow) -> str:
    """The state diagram of the table, for the docs."""
    lines = ["stateDiagram-v2", f"    [*] --> {workflow.initial}"]
    lines += [f"    {s.key}: {s.label}" for s in workflow.states]
    for move in workflow.moves:
        lines += [f"    {source} --> {move.target(source)}: {move.label}" for source in move.sources]
    lines += [f"    {s.key} --> [*]" for s in workflow.states if s.final]
    return "\n".join(lines) + "\n"
