"""Claims: every gate, the cap, and walks over the table that must never reach payment the wrong way."""

from __future__ import annotations

import dataclasses
import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.disclosure.rules import PublicityFacts
from admin.fund import rules
from admin.fund import rules_retention as retention_rules
from admin.fund.rules import CLAIM, ClaimFacts, FundFigures
from core.account.actor import SYSTEM, Actor
from core.calendar.rules import Deadline
from core.workflow.table import PastMove, check

TODAY = date(2026, 10, 14)
DONE = PublicityFacts(date(2026, 9, 30), Deadline(date(2026, 10, 13)), 0)
GOOD = ClaimFacts(
    today=TODAY,
    gross_fen=60_000,
    net_fen=54_000,
    figures=FundFigures(award_fen=200_000, paid_fen=72_000, recognised_fen=80_000, retained_fen=8_000),
    stage_award_fen=60_000,
    stage_number=2,
    statement={"项目名称": "冷库"},
    evidence=frozenset({"claim_form", "contract", "invoices", "schedule", "bookkeeping", "asset_ledger"}),
    invoices_fen=60_000,
    inspection_no="JC-1",
    stage_accepted=True,
    publicity=DONE,
    quota_fen=1_000_000,
)


def broken(**changes):
    return {u.rule for u in rules.all_gates(dataclasses.replace(GOOD, **changes))}


def test_with_everything_in_order_all_gates_are_open():
    assert rules.all_gates(GOOD) == []
    assert all(gate.open for gate in rules.advice_gates(GOOD))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"publicity": None}, "R16"),
        ({"today": date(2026, 10, 13)}, "R16"),
        ({"publicity": dataclasses.replace(DONE, open_objections=1)}, "R64"),
        ({"publicity": dataclasses.replace(DONE, withdrawn=True)}, "R63"),
        ({"publicity": dataclasses.replace(DONE, deadline=Deadline(date(2026, 10, 13), True, (2027,)))}, "A10"),
        ({"open_findings": ("WT-1",)}, "R17"),
        ({"late_report": "9月"}, "R51"),
        ({"unreported_receipt": "08月21日"}, "R26"),
        ({"inspection_no": ""}, "R54"),
        ({"stage_accepted": False}, "R31"),
        ({"evidence": GOOD.evidence - {"invoices"}}, "R15"),
        ({"invoices_fen": 59_999}, "R15"),
        ({"evidence": GOOD.evidence - {"bookkeeping"}}, "R19"),
        ({"evidence": GOOD.evidence - {"asset_ledger"}}, "R20"),
        ({"undertaker_chosen": False}, "R03"),
        ({"contract_state": "terminating"}, "R12"),
        ({"project_state": "suspended"}, "R12"),
        ({"net_fen": 108_001}, "R13"),
        ({"quota_fen": 53_999}, "R02"),
    ],
)
def test_each_missing_thing_closes_its_own_gate_and_no_other(changes, rule):
    assert broken(**changes) == {rule}


@pytest.mark.parametrize(("net", "ok"), [(107_999, True), (108_000, True), (108_001, False)])
def test_the_cap_of_ninety_percent_counts_what_the_ledger_has_paid(net, ok):
    assert (broken(net_fen=net) == set()) is ok


def test_all_unmet_rules_come_together_with_articles_and_closed_gates_first():
    bad = dataclasses.replace(GOOD, open_findings=("WT-1", "WT-2"), late_report="9月", inspection_no="")

    unmet = rules.all_gates(bad)

    assert [u.rule for u in unmet].count("R17") == 2
    assert {u.rule for u in unmet} == {"R17", "R51", "R54"}
    assert all(u.article and u.message.endswith("。") and u.help and u.who for u in unmet)
    opened = [gate.open for gate in rules.advice_gates(bad)]
    assert opened == sorted(opened)


def test_a_missing_statement_item_is_named():
    [unmet] = rules.statement_complete(dataclasses.replace(GOOD, statement={"项目名称": "x", "责任人": " "}))

    assert "责任人" in unmet.message
    assert "项目名称" not in unmet.message


@given(st.lists(st.integers(1, 10**10), min_size=1, max_size=20))
def test_instalments_by_the_figures_never_pay_more_than_ninety_percent(parts):
    award = sum(parts)
    figures = FundFigures(award_fen=award)
    for gross in parts:
        keep = figures.retain_of(gross)
        assert gross - keep <= figures.room_fen
        figures = dataclasses.replace(
            figures,
            paid_fen=figures.paid_fen + gross - keep,
            recognised_fen=figures.recognised_fen + gross,
            retained_fen=figures.retained_fen + keep,
        )

    assert figures.paid_fen + figures.retained_fen == award
    assert figures.retained_fen == figures.reserve_fen


def person(number):
    return Actor(
        user_id=number, organisation_id=1, permissions=frozenset(m.permission for m in CLAIM.moves if m.permission)
    )


@given(st.randoms(use_true_random=False))
def test_no_walk_reaches_paid_without_acceptance_publicity_and_closed_findings_nor_with_one_person_twice(
    rand: random.Random,
):
    state, past, facts, frozen_from = "draft", [], GOOD, ""
    for _ in range(60):
        facts = dataclasses.replace(
            facts,
            today=rand.choice([date(2026, 10, 9), TODAY]),
            stage_accepted=rand.random() < 0.8,
            open_findings=rand.choice([(), (), ("WT-1",)]),
            publicity=rand.choice([None, DONE, DONE, DONE, dataclasses.replace(DONE, open_objections=1)]),
            late_report=rand.choice(["", "", "9月"]),
            bank_ref="BK1",
        )
        moves = CLAIM.moves_from(state)
        if not moves:
            break
        move = rand.choice(moves)
        actor = SYSTEM if move.by == "system" else person(rand.randrange(4))
        if move.key.startswith("unfreeze_to_"):
            facts = dataclasses.replace(facts, frozen_from=frozen_from)
        if check(CLAIM, move, state=state, actor=actor, owns=True, past=past, facts=facts, reason="x"):
            continue
        if move.key == "freeze":
            frozen_from = state
        if move.key == "pay":
            assert facts.stage_accepted
            assert facts.publicity is not None
            assert facts.publicity.ended(facts.today)
            assert facts.publicity.open_objections == 0
            assert facts.open_findings == ()
            last = {p.move: p.person_key for p in past}
            assert len({last["commerce_ok"], last["advise"], actor.person_key}) == 3
        if move.by != "system":
            past.append(PastMove(move.key, actor.person_key))
        state = move.target(state)


def test_unfreezing_leads_only_to_the_state_before():
    facts = dataclasses.replace(GOOD, frozen_from="payable")
    allowed = [
        m.key
        for m in CLAIM.moves_from("frozen")
        if not check(CLAIM, m, state="frozen", actor=person(1), owns=True, facts=facts, reason="x")
    ]

    assert allowed == ["unfreeze_to_payable"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [({"stages_open": 1}, "R13"), ({"final_filed": False}, "R38")],
)
def test_the_retention_waits_for_all_stages_and_the_filed_final_acceptance(changes, rule):
    facts = retention_rules.RetentionFacts(stages_open=0, final_filed=True)

    assert retention_rules.final_complete(facts) == []
    assert {u.rule for u in retention_rules.final_complete(dataclasses.replace(facts, **changes))} == {rule}


def test_the_retention_is_paid_only_if_the_sum_is_exactly_the_award():
    facts = retention_rules.RetentionFacts(paid_fen=90, retained_fen=10, award_fen=100, bank_ref="BK")

    assert retention_rules.retention_free(facts) == []
    for wrong in ({"retained_fen": 9}, {"retained_fen": 11}, {"open_findings": ("WT-1",)}, {"bank_ref": " "}):
        assert len(retention_rules.retention_free(dataclasses.replace(facts, **wrong))) == 1
