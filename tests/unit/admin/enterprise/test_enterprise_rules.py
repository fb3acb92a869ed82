"""Registration rules (town-rules B10): every unmet point at once, four eyes, appeal, conditions of entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from admin.enterprise import rules
from admin.enterprise.rules import ApplicationFacts, Condition
from core.account.actor import Actor
from core.workflow.table import PastMove, check, faults

TODAY = date(2026, 11, 23)
GOOD = ApplicationFacts(
    kind="enterprise",
    today=TODAY,
    name="临猗示例果枣专业合作社",
    code="91350100M000100Y43",
    town="示例镇",
    contact_name="示例联系人",
    contact_mobile="13800138000",
    has_licence_picture=True,
    lawful_use=True,
    visit_waiver="材料齐全，远程核对",
)


def test_a_complete_application_has_nothing_unmet() -> None:
    assert rules.unfit(GOOD) == []


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (replace(GOOD, name="果"), "RZ-01"),
        (replace(GOOD, code=""), "R82"),
        (replace(GOOD, code="91350100M000100Y34"), "R82"),
        (replace(GOOD, code_in_use=True), "RZ-03"),
        (replace(GOOD, rival_case="RZ-2026-0007"), "RZ-04"),
        (replace(GOOD, contact_name=""), "RZ-05"),
        (replace(GOOD, contact_mobile="1380013800"), "RZ-06"),
        (replace(GOOD, town=""), "RZ-07"),
        (replace(GOOD, has_licence_picture=False), "RZ-08"),
        (replace(GOOD, licence_until=date(2026, 11, 22)), "RZ-09"),
        (replace(GOOD, lawful_use=False), "R90"),
        (replace(GOOD, conditions=(Condition(1, "有固定经营场所", False),), conditions_version="2026年第1版"), "R81"),
    ],
)
def test_each_point_is_told_by_its_own_rule(facts: ApplicationFacts, rule: str) -> None:
    assert [u.rule for u in rules.unfit(facts)] == [rule]


def test_everything_unmet_is_told_at_once() -> None:
    empty = ApplicationFacts(kind="enterprise", today=TODAY)
    assert [u.rule for u in rules.unfit(empty)] == ["RZ-01", "R82", "RZ-05", "RZ-06", "RZ-07", "RZ-08", "R90"]
    assert all(u.help for u in rules.unfit(empty))


@pytest.mark.parametrize(("until", "expired"), [(date(2026, 11, 22), True), (TODAY, False), (None, False)])
def test_a_business_licence_holds_on_its_last_day(until: date | None, expired: bool) -> None:
    assert bool(rules.papers_complete(replace(GOOD, licence_until=until))) is expired


def test_conditions_name_their_number_and_version() -> None:
    facts = replace(
        GOOD,
        conditions_version="2026年第1版",
        conditions=(Condition(1, "有固定经营场所", True), Condition(2, "无失信记录", False)),
    )
    assert [u.message for u in rules.conditions_answered(facts)] == ["不符合入驻条件第2条（2026年第1版）。"]


def test_approval_needs_a_visit_or_a_waiver() -> None:
    assert rules.visited_or_waived(replace(GOOD, visit_waiver=" ")) != []
    assert rules.visited_or_waived(replace(GOOD, visit_waiver="", visited_on=TODAY)) == []


def test_the_table_is_well_formed_and_named_as_in_b10() -> None:
    assert faults(rules.APPLICATION) == []
    assert rules.APPLICATION.state_keys() == (
        "draft",
        "submitted",
        "supplement",
        "under_review",
        "approved",
        "rejected",
        "resident",
        "probation",
        "left",
    )
    assert [m.key for m in rules.APPLICATION.moves] == [
        "submit",
        "request_more",
        "screen",
        "approve",
        "reject",
        "duplicate",
        "appeal",
        "sign_lease",
        "renew",
        "warn",
        "recover",
        "ask_to_leave",
        "leave",
        "evict",
    ]


HEAD = Actor(
    user_id=5,
    organisation_id=1,
    organisation_kind="office",
    role="office_head",
    permissions=frozenset({rules.SCREEN, rules.DECIDE}),
)


@pytest.mark.parametrize("move", ["approve", "reject"])
def test_who_screened_cannot_decide(move: str) -> None:
    past = [PastMove("submit", "user:1"), PastMove("screen", HEAD.person_key)]
    table_move = rules.APPLICATION.move(move)
    unmet = check(
        rules.APPLICATION,
        table_move,
        state="under_review",
        actor=HEAD,
        owns=False,
        past=past,
        facts=GOOD,
        reason="理由",
    )
    assert [u.rule for u in unmet] == [f"admin.enterprise.{move}.four_eyes"]


def test_after_an_appeal_another_person_decides() -> None:
    past = [PastMove("screen", "user:8"), PastMove("reject", HEAD.person_key), PastMove("appeal", "user:1")]
    table_move = rules.APPLICATION.move("approve")
    unmet = check(rules.APPLICATION, table_move, state="under_review", actor=HEAD, owns=False, past=past, facts=GOOD)
    assert [u.rule for u in unmet] == ["admin.enterprise.approve.four_eyes"]


@pytest.mark.parametrize(("appeals", "left"), [(0, True), (1, False), (2, False)])
def test_one_appeal_is_open(appeals: int, left: bool) -> None:
    assert (rules.appeal_left(replace(GOOD, appeals=appeals)) == []) is left


def test_only_the_applicant_sends_and_only_the_desk_decides() -> None:
    assert [u.rule for u in rules.own_application(replace(GOOD, is_applicant=False))] == ["RZ-00"]
    assert [u.rule for u in rules.at_the_desk(replace(GOOD, at_desk=False))] == ["RZ-13"]


def test_pasted_conditions_lose_their_numbering() -> None:
    assert rules.condition_lines("1. 有固定经营场所。\n\n 2、无失信记录；\n三天内可到场") == [
        "有固定经营场所",
        "无失信记录",
        "三天内可到场",
    ]


@pytest.mark.parametrize(
    ("version", "lines", "rule"),
    [
        ("", ["x"], "R81-version"),
        ("v1", [], "R81-lines"),
        ("v1", ["长" * 201], "R81-length"),
        ("v1", ["x"] * 41, "R81-lines"),
    ],
)
def test_a_set_of_conditions_has_bounds(version: str, lines: list[str], rule: str) -> None:
    assert [u.rule for u in rules.condition_faults(version, lines)] == [rule]
