"""Random walks over the entries of the special funds: the invariants of town-rules E hold after every step."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import text

from core.account.actor import SYSTEM
from core.db import db
from core.errors import Conflict, RuleBroken
from core.ledger import queries, service
from core.ledger.models import LedgerEntry
from core.ledger.rules import ACCOUNTS, credit, debit
from core.money import retention

PROJECTS = ("1", "2", "3")


class Funds:
    """The events E1-E5, E9, E10 and reversals, each with amounts that may be too large on purpose."""

    def __init__(self, rand: random.Random) -> None:
        self.rand, self.count, self.entries = rand, 0, []
        self.gross = dict.fromkeys(PROJECTS, 0)
        self.kept = dict.fromkeys(PROJECTS, 0)

    def post(self, kind, *lines):
        self.count += 1
        self.entries.append(service.post("G", kind, ("walk", str(self.count)), lines, SYSTEM, kind))

    def step(self):
        project, fen = self.rand.choice(PROJECTS), self.rand.choice([1, 7, 99, 1000, self.rand.randrange(1, 10**6)])
        dims = {"project": project}
        event = self.rand.choice(["E1", "E2", "E2", "E3", "E3", "E3", "E4", "E4", "E5", "E9", "E9R", "E10", "X"])
        if event == "E1":
            self.post("E1", debit("G1010", fen), credit("G3010", fen))
        elif event == "E2":
            self.post("E2", debit("G3010", fen), credit("G3020", fen, **dims))
        elif event == "E3":
            keep = retention(self.gross[project], fen, self.kept[project])
            self.post(
                "E3", debit("G3020", fen, **dims), credit("G2110", fen - keep, **dims), credit("G2120", keep, **dims)
            )
            self.gross[project] += fen
            self.kept[project] += keep
        elif event == "E4":
            self.post("E4", debit("G2110", fen, **dims), credit("G1010", fen))
        elif event == "E5":
            self.post("E5", debit("G2120", fen, **dims), credit("G2110", fen, **dims))
        elif event in ("E9", "E9R"):
            pair = ("G2110", "G2130") if event == "E9" else ("G2130", "G2110")
            self.post(event, debit(pair[0], fen, **dims), credit(pair[1], fen, **dims))
        elif event == "E10":
            lines = [debit(a, queries.balance(a, **dims), **dims) for a in ("G2110", "G2120", "G2130", "G3020")]
            self.post("E10", *lines, credit("G3010", sum(line.debit_fen for line in lines)))
        elif self.entries:
            service.reverse(self.rand.choice(self.entries), SYSTEM, "X")


@pytest.mark.parametrize("seed", range(6))
def test_every_payable_is_backed_and_nothing_falls_below_zero(session, seed):
    funds, refused = Funds(random.Random(seed)), 0
    for _ in range(120):
        try:
            with db.session.begin_nested():
                funds.step()
        except (RuleBroken, Conflict):
            refused += 1
        rows = {r.code: r for r in queries.trial_balance("G")}
        assert sum(r.debit_fen for r in rows.values()) == sum(r.credit_fen for r in rows.values())
        backed = sum(rows[a].balance_fen for a in ("G2110", "G2120", "G2130", "G3010", "G3020"))
        assert rows["G1010"].balance_fen == backed
        by_project = queries.balances(("G2110", "G2120", "G2130", "G3020"), "project", PROJECTS)
        assert all(v >= 0 for v in by_project.values()), by_project
        assert all(rows[a.code].balance_fen >= 0 for a in ACCOUNTS.values() if a.book == "G" and a.floor)
    db.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))

    assert 0 < refused < 120


def test_balances_rebuilt_from_the_entries_are_the_same(session):
    funds = Funds(random.Random(99))
    for _ in range(60):
        try:
            with db.session.begin_nested():
                funds.step()
        except (RuleBroken, Conflict):
            continue

    rebuilt: dict[str, int] = {}
    for entry in queries.entries("G"):
        for line in entry.lines:
            sign = 1 if ACCOUNTS[line.account].side == "dr" else -1
            rebuilt[line.account] = rebuilt.get(line.account, 0) + sign * (line.debit_fen - line.credit_fen)

    assert {r.code: r.balance_fen for r in queries.trial_balance("G") if r.debit_fen or r.credit_fen} == rebuilt
    assert db.session.query(LedgerEntry).count() == len(queries.entries("G"))
