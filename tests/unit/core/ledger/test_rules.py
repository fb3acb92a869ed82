"""Entries: what is refused, and what a reversal looks like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ledger import rules
from core.ledger.rules import Line, credit, debit

P = {"project": "1"}


def rules_of(book, *lines):
    return [u.rule for u in rules.faults(book, lines)]


def test_a_balanced_entry_has_no_fault():
    assert rules_of("G", debit("G1010", 100), credit("G3010", 100)) == []


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ([debit("G1010", 100), credit("G3010", 99)], "ledger.balanced"),
        ([debit("G1010", 100)], "ledger.two_lines"),
        ([], "ledger.two_lines"),
        ([debit("G1010", 0), credit("G3010", 0)], "ledger.one_side"),
        ([debit("G1010", -5), credit("G3010", -5)], "ledger.one_side"),
        ([Line("G1010", 5, 5), credit("G3010", 5)], "ledger.one_side"),
        ([debit("U1010", 5, **P), credit("G3010", 5)], "ledger.account"),
        ([debit("G9999", 5), credit("G3010", 5)], "ledger.account"),
        ([debit("G3010", 5), credit("G3020", 5)], "ledger.dimension"),
    ],
)
def test_a_faulty_entry_is_named(lines, fault):
    assert fault in rules_of("G", *lines)


def test_all_faults_are_told_at_once():
    assert set(rules_of("G", debit("X", 1), debit("G1010", 0))) >= {
        "ledger.account",
        "ledger.one_side",
        "ledger.balanced",
    }


def test_zero_legs_are_left_out():
    assert rules.without_zero([debit("G3020", 1, **P), credit("G2110", 0, **P), credit("G2120", 1, **P)]) == [
        debit("G3020", 1, **P),
        credit("G2120", 1, **P),
    ]


@given(st.lists(st.tuples(st.sampled_from(sorted(rules.ACCOUNTS)), st.integers(0, 10**9), st.booleans()), max_size=8))
def test_an_entry_and_its_mirror_cancel_each_other(legs):
    lines = [debit(a, f, **P) if side else credit(a, f, **P) for a, f, side in legs]

    both = [*lines, *rules.mirror(lines)]

    for code in {line.account for line in both}:
        assert sum(rules.growth(rules.ACCOUNTS[code], line) for line in both if line.account == code) == 0
    assert rules.mirror(rules.mirror(lines)) == lines


def test_only_lowered_guarded_balances_are_locked_and_always_in_the_same_order():
    pay = [debit("G2110", 5, **P), credit("G1010", 5)]

    assert rules.floors_touched(pay) == [("G1010", ()), ("G2110", (("project", "1"),))]
    assert rules.floors_touched(list(reversed(pay))) == rules.floors_touched(pay)
    assert rules.floors_touched([debit("G1010", 5), credit("G3010", 5)]) == []


def test_every_account_of_a_book_begins_with_its_letter():
    assert all(a.code.startswith(a.book) and a.book in rules.BOOKS for a in rules.ACCOUNTS.values())
