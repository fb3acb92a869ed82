"""Inspections, findings, acceptance and public items: guards before, at and after their limits; walks over the tables."""

from __future__ import annotations

import dataclasses
import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.acceptance import rules as acceptance
from admin.acceptance.rules import CaseFacts, MemberFacts
from admin.disclosure import rules as disclosure
from admin.disclosure.rules import ItemFacts, PublicityFacts
from admin.project import rules as project
from admin.supervision import rules as supervision
from admin.supervision.rules import FINDING, FindingFacts, InspectionFacts
from core.account.actor import SYSTEM, Actor
from core.calendar.rules import Deadline, strip
from core.calendar.service import announced_days
from core.workflow.table import PastMove, check

DAY = date(2026, 10, 12)


def rules_of(unmet):
    return [u.rule for u in unmet]


@pytest.mark.parametrize(("today", "missed"), [("2026-09-29", False), ("2026-09-30", False), ("2026-10-01", True)])
def test_a_monthly_inspection_is_not_dated_back(today, missed):
    facts = InspectionFacts(today=date.fromisoformat(today), slot_end=supervision.slot_end("month", date(2026, 9, 1)))

    assert (supervision.slot_not_over(facts) != []) is missed
    assert (supervision.slot_over(facts) == []) is missed


@pytest.mark.parametrize(
    ("kind", "start", "end", "label"),
    [
        ("month", date(2026, 12, 1), date(2026, 12, 31), "2026年12月"),
        ("quarter", date(2026, 10, 1), date(2026, 12, 31), "2026年第4季度"),
        ("quarter", date(2028, 1, 1), date(2028, 3, 31), "2028年第1季度"),
        ("month", date(2028, 2, 1), date(2028, 2, 29), "2028年2月"),
        ("spot", date(2026, 9, 16), None, "2026年9月16日"),
    ],
)
def test_slots_end_with_their_month_or_quarter(kind, start, end, label):
    assert supervision.slot_end(kind, start) == end
    assert supervision.slot_label(kind, start) == label


def test_every_empty_part_of_the_checklist_is_named():
    facts = InspectionFacts(DAY, None, methods=(), answers={"operation": "好"}, kind="quarter")

    assert rules_of(supervision.checklist_complete(facts)) == ["R57", "R57", "R52", "R29"]


@pytest.mark.parametrize(("today", "allowed"), [("2026-10-12", False), ("2026-10-13", False), ("2026-10-14", True)])
def test_a_finding_is_confirmed_after_the_statement_period_or_the_statement(today, allowed):
    facts = InspectionFacts(date.fromisoformat(today), None, statement=Deadline(date(2026, 10, 13)))

    assert (supervision.statement_over(facts) == []) is allowed
    assert supervision.statement_over(dataclasses.replace(facts, stated=True)) == []


@given(st.randoms(use_true_random=False))
def test_no_walk_asks_for_termination_without_two_notices_whose_terms_have_ended(rand: random.Random):
    state, past, today, due, issued = "confirmed", [], DAY, None, []
    everybody = frozenset(m.permission for m in FINDING.moves if m.permission)
    for _ in range(60):
        today += timedelta(days=rand.randrange(3))
        moves = FINDING.moves_from(state)
        if not moves:
            break
        move = rand.choice(moves)
        given_due = today + timedelta(days=rand.randrange(-1, 6))
        facts = FindingFacts(
            today, f"user:{rand.randrange(3)}", "user:0", due=Deadline(due) if due else None, doc_no="文1", due_on=given_due,
            delivered_on=today, evidence="已改",
        )  # fmt: skip
        actor = (
            SYSTEM
            if move.by == "system"
            else Actor(user_id=int(facts.actor_key[-1]), organisation_id=1, permissions=everybody)
        )
        if check(FINDING, move, state=state, actor=actor, owns=True, past=past, facts=facts, reason="x"):
            continue
        if move.key in ("notice1", "notice2", "refuse"):
            issued.append(given_due)
            due = given_due
        if move.key == "request":
            assert len(issued) >= 2
            assert issued[-1] < today
        if move.key in ("ok", "ok2"):
            assert actor.person_key != "user:0"
        past.append(PastMove(move.key, actor.person_key))
        state = move.target(state)


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 0),
        ({"doc_no": " "}, 1),
        ({"due_on": DAY}, 1),
        ({"due_on": None}, 1),
        ({"delivered_on": None}, 1),
        ({"doc_no": None}, 0),
    ],
)
def test_a_notice_needs_number_term_and_delivery(changes, count):
    facts = FindingFacts(DAY, "user:1", doc_no="文1", due_on=DAY + timedelta(days=1), delivered_on=DAY)

    assert len(supervision.notice_complete(dataclasses.replace(facts, **changes))) == count


GROUP = (
    MemberFacts("COM", "user:1", True, True, True),
    MemberFacts("FIN", "user:2", False, True, True),
    MemberFacts("REV", "user:3", False, True, False),
)
CASE_FACTS = CaseFacts(today=DAY, kind="stage", actor_key="user:1", members=GROUP)


def case(**changes):
    return dataclasses.replace(CASE_FACTS, **changes)


def test_a_full_group_of_three_bureaus_is_accepted_and_lesser_ones_say_what_is_missing():
    assert acceptance.group_formed(case()) == []
    assert rules_of(acceptance.group_formed(case(members=GROUP[:2]))) == ["R36", "R36"]
    assert rules_of(acceptance.group_formed(case(members=()))) == ["R36"] * 5


def test_people_of_the_undertaker_and_an_inspecting_chair_must_stand_back():
    assert acceptance.no_conflict(case()) == []
    assert (
        len(
            acceptance.no_conflict(
                case(undertaker_staff=frozenset({"user:2"}), inspectors=frozenset({"user:1", "user:3"}))
            )
        )
        == 2
    )


@pytest.mark.parametrize(
    ("votes", "passed"), [((True, True, True), True), ((True, True, False), True), ((True, False, False), False)]
)
def test_two_thirds_carry_the_acceptance(votes, passed):
    members = tuple(dataclasses.replace(m, approves=v) for m, v in zip(GROUP, votes, strict=True))

    assert (acceptance.enough_votes(case(members=members)) == []) is passed


def test_a_member_who_did_not_vote_holds_up_the_conclusion():
    members = (*GROUP[:2], dataclasses.replace(GROUP[2], approves=None))

    assert rules_of(acceptance.all_scored(case(members=members))) == ["R40"]


def test_each_veto_of_article_eight_is_listed():
    assert rules_of(acceptance.no_veto(case())) == ["R18", "R19", "R20"]
    assert acceptance.no_veto(case(evidence=frozenset(acceptance.VETOES))) == []


@pytest.mark.parametrize(("days", "ready"), [(29, False), (30, True)])
def test_the_final_acceptance_needs_thirty_days_of_operation(days, ready):
    facts = case(kind="final", progress_percent=100, operation_days=days)

    assert (acceptance.really_operating(facts) == []) is ready


def test_failing_needs_a_term_and_the_third_round_is_not_given():
    assert rules_of(acceptance.due_given(case(asks_due=True))) == ["R39"]
    assert rules_of(acceptance.due_given(case(asks_due=True, new_due_on=DAY))) == ["R39"]
    assert acceptance.due_given(case(asks_due=True, new_due_on=DAY + timedelta(days=1))) == []
    assert acceptance.rounds_left(case(round=1)) == []
    assert rules_of(acceptance.rounds_left(case(round=2))) == ["R39"]


def test_filing_needs_both_reports_and_both_numbers():
    unmet = acceptance.filed_twice(case(kind="final", filings=("运1", "")))

    assert rules_of(unmet) == ["R38", "R38", "R38"]


@pytest.mark.parametrize(("days", "unmet"), [(4, ["R63"]), (5, []), (6, [])])
def test_a_publicity_of_fewer_than_five_working_days_is_not_submitted(days, unmet):
    assert rules_of(disclosure.complete_text(ItemFacts("publicity", "题", "文", days))) == unmet


@pytest.mark.parametrize(("today", "is_open"), [("2026-09-30", True), ("2026-10-13", True), ("2026-10-14", False)])
def test_the_window_closes_at_24_00_of_the_last_day(today, is_open):
    facts = PublicityFacts(date(2026, 9, 30), Deadline(date(2026, 10, 13)), 0)

    assert disclosure.window_open(facts, date.fromisoformat(today)) is is_open
    assert not disclosure.window_open(dataclasses.replace(facts, withdrawn=True), date.fromisoformat(today))


def test_the_strip_of_the_picture_is_drawn_day_by_day():
    cells = disclosure.strip_cells(strip(date(2026, 9, 30), 5, announced_days(2026)), 5, date(2026, 10, 9))

    assert [(c["label"], c["note"], c["kind"]) for c in cells] == [
        ("09-30 周三", "公示，不计", "plain"),
        ("10-01 至 10-07", "放假，不计", "off"),
        ("10-08", "✓ 1", "done"),
        ("10-09", "今天 2", "today"),
        ("10-10", "3 补班", "plain"),
        ("10-11", "休", "off"),
        ("10-12", "4", "plain"),
        ("10-13", "5 截止", "last"),
        ("10-14", "可拨", "open"),
    ]


def test_days_of_an_unannounced_year_are_marked_provisional_in_the_strip():
    cells = disclosure.strip_cells(strip(date(2026, 12, 30), 5, announced_days(2026)), 5, date(2026, 12, 30))

    assert [c["kind"] for c in cells if c["label"].startswith("01-")] == ["provisional"] * len(
        [c for c in cells if c["label"].startswith("01-")]
    )
    assert cells[-1]["note"] == "可拨，暂定"


@pytest.mark.parametrize(("days", "city", "in_force"), [(4, "运1", False), (5, "运1", True), (5, "", False)])
def test_the_plan_is_in_force_after_publicity_and_two_filings(days, city, in_force):
    policy = project.PolicyFacts("实施方案", days, city, "晋1")

    assert policy.in_force is in_force
    assert (project.plan_in_force(project.ProjectFacts(policies=(policy,))) == []) is in_force


def test_without_any_governing_document_no_project_is_approved():
    assert rules_of(project.plan_in_force(project.ProjectFacts())) == ["R01"]


def test_budget_lines_and_stages_must_add_up_to_the_award():
    good = project.ProjectFacts(budget_reviewed=True, award_fen=10, lines_fen=10, stages_fen=10)

    assert project.budget_by_finance(good) == []
    assert (
        len(project.budget_by_finance(dataclasses.replace(good, budget_reviewed=False, lines_fen=9, stages_fen=11)))
        == 3
    )


@pytest.mark.parametrize(
    ("today", "month", "late"), [("2026-10-05", 9, False), ("2026-10-06", 9, True), ("2027-01-06", 12, True)]
)
def test_last_months_report_is_late_after_the_fifth(today, month, late):
    due = project.report_due(date.fromisoformat(today), 5)

    assert (due.month.month, due.late) == (month, late)
