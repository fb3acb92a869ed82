"""The ledger on the real database: what the triggers refuse, idempotency, floors, reversals, random walks."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from core import clock as core_clock
from core.account.actor import SYSTEM
from core.db import db, unit_of_work
from core.errors import Conflict, RuleBroken
from core.ledger import queries, service
from core.ledger.models import LedgerAccount, LedgerEntry, LedgerLine
from core.ledger.rules import ACCOUNTS, credit, debit

P = {"project": "1"}


def allot(key="b1", fen=100_000):
    return service.post("G", "E1", ("batch", key), [debit("G1010", fen), credit("G3010", fen)], SYSTEM, "预算下达")


def raw_entry(**columns):
    entry = LedgerEntry(
        **{
            "book": "G", "kind": "T", "source_table": "t", "source_id": "1", "on_date": core_clock.today(),
            "posted_at": core_clock.now(), "memo": "", "role": "system", **columns,
        }
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    return entry


def raw_line(entry, account, dr, cr):
    db.session.add(LedgerLine(entry_id=entry.id, account=account, debit_fen=dr, credit_fen=cr, dims={}))
    db.session.flush()


def settle():
    db.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def refused(action):
    with pytest.raises(IntegrityError) as error, db.session.begin_nested():
        action()
    return error.value.orig.diag.constraint_name


def test_a_posted_entry_stands_in_balance_and_list(session, clock):
    allot(fen=100_000)
    settle()

    assert (queries.balance("G1010"), queries.balance("G3010")) == (100_000, 100_000)
    [entry] = queries.entries("G")
    assert [(x.account, x.debit_fen, x.credit_fen) for x in entry.lines] == [
        ("G1010", 100_000, 0),
        ("G3010", 0, 100_000),
    ]
    assert sum(r.debit_fen - r.credit_fen for r in queries.trial_balance("G")) == 0


def test_the_accounts_of_the_rules_stand_in_the_database(session):
    rows = session.execute(select(LedgerAccount.code, LedgerAccount.book, LedgerAccount.side, LedgerAccount.name)).all()

    assert {r.code: (r.book, r.side, r.name) for r in rows} == {
        a.code: (a.book, a.side, a.name) for a in ACCOUNTS.values()
    }
    assert service.ensure_accounts() == 0


def test_the_database_refuses_an_entry_out_of_balance(session):
    def unbalanced():
        entry = raw_entry()
        raw_line(entry, "G1010", 5, 0)
        raw_line(entry, "G3010", 0, 4)
        settle()

    assert refused(unbalanced) == "ck_core_ledger_entry_balanced"


@pytest.mark.parametrize("legs", [0, 1])
def test_the_database_refuses_an_entry_with_fewer_than_two_lines(session, legs):
    def short():
        entry = raw_entry()
        for _ in range(legs):
            raw_line(entry, "G1010", 5, 0)
        settle()

    assert refused(short) == "ck_core_ledger_entry_two_lines"


def test_the_database_refuses_accounts_of_two_books_in_one_entry(session):
    def mixed():
        entry = raw_entry()
        raw_line(entry, "G1010", 5, 0)
        raw_line(entry, "S2110", 0, 5)
        settle()

    assert refused(mixed) == "ck_core_ledger_entry_one_book"


@pytest.mark.parametrize("legs", [(5, 5), (0, 0)])
def test_the_database_refuses_a_leg_that_is_not_one_sided(session, legs):
    assert refused(lambda: raw_line(raw_entry(), "G1010", *legs)) == "ck_core_ledger_line_one_side"


@pytest.mark.parametrize(
    "statement",
    [
        "update core_ledger_entry set memo = 'x'",
        "delete from core_ledger_entry",
        "update core_ledger_line set debit_fen = debit_fen + 1 where debit_fen > 0",
        "delete from core_ledger_line",
        "truncate core_ledger_line",
    ],
)
def test_a_posted_entry_is_never_changed_or_removed(session, statement):
    allot()
    settle()

    assert refused(lambda: db.session.execute(text(statement))) == "ck_core_ledger_immutable"


def test_a_committed_entry_cannot_be_extended(cloned_db):
    with cloned_db.app.app_context():
        with unit_of_work():
            number = allot().id
        entry = db.session.get_one(LedgerEntry, number)
        with pytest.raises(IntegrityError) as error:
            raw_line(entry, "G1010", 5, 0)
        db.session.rollback()

    assert error.value.orig.diag.constraint_name == "ck_core_ledger_line_posted"


def test_one_source_is_posted_once(session):
    allot("same")

    with pytest.raises(Conflict) as error:
        allot("same")
    assert error.value.code == "ledger.already_posted"
    assert (
        refused(lambda: raw_entry(kind="E1", source_table="batch", source_id="same")) == "uq_core_ledger_entry_source"
    )


def test_a_balance_never_falls_below_its_floor(session):
    allot(fen=100)

    with pytest.raises(RuleBroken) as error:
        service.post("G", "E2", ("p", "1"), [debit("G3010", 101), credit("G3020", 101, **P)], SYSTEM, "分配")

    assert [u.rule for u in error.value.unmet] == ["ledger.floor"]
    assert queries.balance("G3010") == 100


def test_the_floor_of_one_project_is_not_held_up_by_another(session):
    allot(fen=100)
    service.post("G", "E2", ("p", "1"), [debit("G3010", 100), credit("G3020", 100, **P)], SYSTEM, "分配")

    with pytest.raises(RuleBroken):
        service.post(
            "G", "E3", ("c", "1"), [debit("G3020", 1, project="2"), credit("G2110", 1, project="2")], SYSTEM, "确认应付"
        )


def test_a_reversal_happens_once_and_is_itself_final(session):
    entry = allot()
    back = service.reverse(entry, SYSTEM, "录入有误")
    settle()

    assert queries.balance("G1010") == 0
    assert queries.turnover("G1010", ["E1"]) == (0, 0)
    with pytest.raises(Conflict):
        service.reverse(entry, SYSTEM, "再冲一次")
    with pytest.raises(RuleBroken):
        service.reverse(back, SYSTEM, "冲销冲销")
    assert refused(lambda: raw_entry(kind="X.X", reverses_id=back.id)) == "ck_core_ledger_entry_reversal"
    assert refused(lambda: raw_entry(kind="X.Y", reverses_id=entry.id)) == "uq_core_ledger_entry_reverses_id"


def test_two_concurrent_payments_never_overdraw_one_quota(cloned_db):
    with cloned_db.app.app_context(), unit_of_work():
        allot(fen=100)
        lines = [debit("G3010", 100), credit("G3020", 100, **P)]
        service.post("G", "E2", ("p", "1"), lines, SYSTEM, "分配")
        service.post("G", "E3", ("c", "1"), [debit("G3020", 100, **P), credit("G2110", 100, **P)], SYSTEM, "应付")
    barrier, outcomes = threading.Barrier(2), []

    def pay(key):
        with cloned_db.app.app_context():
            try:
                with unit_of_work():
                    barrier.wait(5)
                    service.post("G", "E4", ("c", key), [debit("G2110", 60, **P), credit("G1010", 60)], SYSTEM, "拨付")
                outcomes.append("paid")
            except RuleBroken:
                outcomes.append("refused")

    threads = [threading.Thread(target=pay, args=(k,)) for k in "ab"]
    [t.start() for t in threads]
    [t.join(20) for t in threads]

    assert sorted(outcomes) == ["paid", "refused"]
    with cloned_db.app.app_context():
        assert queries.balance("G1010") == 40
