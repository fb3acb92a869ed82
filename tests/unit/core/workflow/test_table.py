"""The pure workflow table: what it refuses, and that it refuses with everything at once."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from core.account.actor import SYSTEM, Actor
from core.workflow.table import Move, PastMove, State, Unmet, Workflow, check, faults, mermaid


@dataclass(frozen=True)
class Facts:
    papers: bool = True
    money: bool = True


def has_papers(facts: Facts) -> list[Unmet]:
    return [] if facts.papers else [Unmet("t.papers", "缺材料。")]


def has_money(facts: Facts) -> list[Unmet]:
    return [] if facts.money else [Unmet("t.money", "缺经费。")]


FLOW = Workflow(
    key="t.case",
    label="样例",
    states=[State("draft", "草稿"), State("sent", "已送"), State("done", "办结", final=True)],
    initial="draft",
    moves=[
        Move("send", "送出", ["draft"], "sent", "t.case.send", by="owner", guards=[has_papers, has_money]),
        Move("approve", "批准", ["sent"], "done", "t.case.approve", reason=True, not_same_person_as=["send"]),
        Move("expire", "到期", ["sent"], "done", None, by="system"),
    ],
)
OWNER = Actor(user_id=1, organisation_id=7, permissions=frozenset({"t.case.send", "t.case.approve"}))
CLERK = Actor(user_id=2, organisation_id=9, permissions=frozenset({"t.case.approve"}))


def rules_of(unmet: list[Unmet]) -> list[str]:
    return [u.rule for u in unmet]


def test_an_allowed_move_has_nothing_unmet() -> None:
    assert check(FLOW, FLOW.move("send"), state="draft", actor=OWNER, owns=True, facts=Facts()) == []


def test_all_unmet_guards_come_together() -> None:
    unmet = check(FLOW, FLOW.move("send"), state="draft", actor=OWNER, owns=True, facts=Facts(False, False))
    assert rules_of(unmet) == ["t.papers", "t.money"]


def test_a_wrong_state_is_told_alone() -> None:
    unmet = check(FLOW, FLOW.move("send"), state="sent", actor=CLERK, owns=False, facts=Facts(False, False))
    assert rules_of(unmet) == ["t.case.send.state"]


def test_the_other_organisation_may_not_send_even_with_the_permission() -> None:
    unmet = check(FLOW, FLOW.move("send"), state="draft", actor=OWNER, owns=False, facts=Facts())
    assert rules_of(unmet) == ["t.case.send.owner"]


def test_a_system_move_is_refused_to_people_and_open_to_the_system() -> None:
    assert rules_of(check(FLOW, FLOW.move("expire"), state="sent", actor=CLERK, owns=False)) == [
        "t.case.expire.system_only"
    ]
    assert check(FLOW, FLOW.move("expire"), state="sent", actor=SYSTEM, owns=False) == []


@pytest.mark.parametrize(
    ("past", "refused"),
    [
        ([PastMove("send", "user:2")], True),
        ([PastMove("send", "user:1")], False),
        ([PastMove("send", "user:2"), PastMove("send", "user:1")], False),  # the latest sender counts
        ([PastMove("send", "user:1"), PastMove("send", "user:2")], True),
    ],
)
def test_four_eyes_compare_the_person_of_the_latest_earlier_move(past: list[PastMove], refused: bool) -> None:
    unmet = check(FLOW, FLOW.move("approve"), state="sent", actor=CLERK, owns=False, past=past, reason="可以")
    assert (rules_of(unmet) == ["t.case.approve.four_eyes"]) is refused


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_a_reason_is_asked_for_on_the_click_but_not_in_the_preview(reason: str | None) -> None:
    move = FLOW.move("approve")
    assert rules_of(check(FLOW, move, state="sent", actor=CLERK, owns=False, reason=reason)) == [
        "t.case.approve.reason"
    ]
    assert check(FLOW, move, state="sent", actor=CLERK, owns=False, preview=True) == []


def test_faults_lists_every_malformed_thing() -> None:
    bad = Workflow(
        key="bad",
        label="坏",
        states=[State("a", "甲"), State("b", "乙", final=True), State("lost", "丢")],
        initial="nowhere",
        moves=[
            Move("x", "x", ["a", "zz"], "yy", None),
            Move("y", "y", ["b"], "a", "p.q.r", not_same_person_as=["none"]),
            Move("s", "s", ["a"], "b", "p.q.r", by="system"),
        ],
    )
    found = " | ".join(faults(bad))
    for part in ("unknown initial", "unknown source zz", "unknown target yy", "needs a permission", "unknown move none",
                 "a system move has no permission", "lost is never reached", "final state b has a move out"):  # fmt: skip
        assert part in found
    assert faults(FLOW) == []


def test_the_diagram_names_every_state_and_move() -> None:
    text = mermaid(FLOW)
    assert "draft --> sent: 送出" in text
    assert "done --> [*]" in text
