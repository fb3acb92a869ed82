"""Quantities, numbers, gates, and the mass balance as a law over any history of packing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput, RuleBroken
from core.workflow.table import faults
from trace.lot import rules, rules_deeds
from trace.lot.rules import LotFacts, PlotFacts, ReportFacts
from trace.season.rules import Ban, Interval, JournalEntry

DAY = date(2026, 10, 12)
WORK = JournalEntry(id=1, no=1, kind="work", done_on=date(2026, 5, 18), until=date(2026, 5, 18), summary="疏果")
SPRAY = JournalEntry(
    id=2,
    no=2,
    kind="input",
    done_on=date(2026, 8, 1),
    until=date(2026, 8, 1),
    category="pesticide",
    input_name="戊唑醇",
    interval_days=30,
)
PLOT = PlotFacts("P-1", "P-1/2026", "apple", "示例村", True, (WORK, SPRAY), (DAY,), {DAY: 1000}, {DAY: 1000})
READY = LotFacts(
    mass_g=900, packing_loss_g=100, used_g=0, lost_g=0, incoming_g=1000, plots=(PLOT,), certificate_no="HG-1"
)


def unmet(facts):
    return {u.rule for u in rules.gates(facts)}


def test_the_workflow_is_well_formed():
    assert faults(rules.LOT) == []


def test_a_lot_in_order_passes_and_is_told_what_is_absent():
    assert unmet(READY) == set()
    assert {c.key: c.tone for c in rules.checks(READY)} == {
        "origin": "ok", "journal": "ok", "quantity": "ok", "interval": "ok", "banned": "ok", "tests": "absent",
        "certificate": "ok", "licence": "absent",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"plots": ()}, "seal.origin"),
        ({"plots": (replace(PLOT, village=""),)}, "seal.village"),
        ({"plots": (replace(PLOT, has_point=False),)}, "seal.point"),
        ({"plots": (replace(PLOT, entries=()),)}, "seal.journal"),
        ({"plots": (replace(PLOT, harvested_on=()),)}, "seal.harvest"),
        ({"plots": (replace(PLOT, harvested_g={DAY: 999}),)}, "seal.harvest_balance"),
        ({"incoming_g": 1001}, "seal.balance"),
        ({"incoming_g": 999}, "seal.balance"),
        ({"intervals": (Interval("戊唑醇", date(2026, 10, 1), DAY, 30),)}, "season.interval"),
        ({"bans": (Ban("戊唑醇", "all", None, None, ""),)}, "season.banned_input"),
        ({"packed": True, "used_g": 1}, "seal.partly_used"),
        ({"certificate_no": ""}, "seal.certificate"),
        ({"tests": (ReportFacts("R1", "示例检测中心", DAY, [("啶虫脒", "over")]),)}, "seal.test_failed"),
        ({"tests": (ReportFacts("R1", "示例检测中心", DAY, [("克百威", "banned_detected")]),)}, "seal.test_failed"),
        ({"free_texts": ("找 13812345678",)}, "seal.personal_data"),
    ],
)
def test_each_gate_closes_on_its_fault(change, rule):
    assert unmet(replace(READY, **change)) == {rule}


@pytest.mark.parametrize("judgement", ["not_over", "no_limit", "not_judgeable"])
def test_what_cannot_be_judged_does_not_close_the_gate(judgement):
    facts = replace(READY, tests=(ReportFacts("R1", "示例检测中心", DAY, [("啶虫脒", judgement)]),))

    assert unmet(facts) == set()


def test_all_unmet_gates_are_told_at_once():
    facts = replace(READY, plots=(replace(PLOT, has_point=False, entries=()),), certificate_no="")

    assert unmet(facts) == {"seal.point", "seal.journal", "seal.certificate"}
    assert all(u.help and u.who for u in rules.gates(facts))


def test_numbers_run_by_day_and_fill_no_gap_twice():
    assert rules_deeds.next_lot_no(DAY, []) == "26101201"
    assert rules_deeds.next_lot_no(DAY, ["26101201", "26101101"]) == "26101202"
    assert rules_deeds.next_lot_no(DAY, [f"261012{n:02d}" for n in range(1, 100)]) == "261012100"


@pytest.mark.parametrize(
    ("value", "kept"), [(None, None), (Decimal("14.2"), Decimal("14.2")), (Decimal(14), Decimal("14.0"))]
)
def test_sugar_has_one_decimal(value, kept):
    assert rules_deeds.check_brix(value) == kept


@pytest.mark.parametrize("value", ["0", "-1", "60.1", "14.25", "NaN"])
def test_impossible_sugar_is_refused(value):
    with pytest.raises(BadInput):
        rules_deeds.check_brix(Decimal(value))


@pytest.mark.parametrize(
    ("grams", "text"), [(1_115_000, "1,115"), (500, "0.5"), (0, "0"), (1_000_000_000, "1,000,000"), (1, "0.001")]
)
def test_kilograms_are_exact(grams, text):
    assert rules.kg(grams) == text


@given(
    mass=st.integers(1, 10**7),
    steps=st.lists(st.tuples(st.integers(1, 10**7), st.integers(1, 2000), st.integers(1, 20_000)), max_size=25),
)
def test_whatever_is_packed_in_equals_out_plus_loss_plus_remainder(mass, steps):
    used = out = loss = 0
    for grams, pieces, net in steps:
        try:
            taken = rules_deeds.check_take(grams, mass - used, what="原料")
            packing = rules_deeds.pack(incoming_g=taken, pieces=pieces, net_content_g=net)
        except (RuleBroken, BadInput):
            continue
        used, out, loss = used + taken, out + packing.mass_g, loss + packing.loss_g
        assert packing.loss_g >= 0
        assert packing.mass_g == pieces * net

    remainder = mass - used
    assert remainder >= 0
    assert mass == out + loss + remainder


@given(grams=st.integers(-10, 10**6), available=st.integers(0, 10**6), step=st.integers(1, 5000))
def test_a_take_is_positive_whole_and_never_more_than_there_is(grams, available, step):
    try:
        taken = rules_deeds.check_take(grams, available, what="原料", step_g=step)
    except (RuleBroken, BadInput):
        assert grams <= 0 or grams > available or grams % step
        return
    assert 0 < taken <= available
    assert taken % step == 0
