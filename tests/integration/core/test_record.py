"""The audit trail: same transaction, append-only, chained, and a change is noticed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.account.actor import SYSTEM
from core.db import db, unit_of_work
from core.record import service
from core.record.jobs import Chainer
from core.record.service import broken_links, chain, head, record


def add(n: int) -> None:
    for i in range(n):
        record("test.happened", ("test_table", str(i)), SYSTEM, number=i)


def chain_until(count: int) -> None:
    """Chain until ``count`` rows stand: transactions of other tests in the same cluster hold the horizon for a moment."""
    until = time.monotonic() + 30
    while head()[0] < count:
        assert time.monotonic() < until, f"only {head()[0]} of {count} rows were chained"
        with unit_of_work():
            done = chain()
        if not done:
            time.sleep(0.05)


def test_committed_rows_are_chained_in_order_and_the_chain_holds(cloned_db: Any) -> None:
    with cloned_db.app.app_context():
        before, _ = head()
        with unit_of_work():
            add(5)
        chain_until(before + 5)
        assert broken_links() == []


def test_an_open_transaction_holds_later_rows_back(cloned_db: Any) -> None:
    """A row whose transaction started before the horizon may still commit: nothing behind it is chained yet."""
    app = cloned_db.app
    with app.app_context():
        with unit_of_work():
            add(1)
        chain_until(1)
        count, _ = head()
        with db.engine.connect() as slow:
            slow.execute(text("insert into core_numbers_series (series, year, last) values ('slow', 2026, 1)"))
            with unit_of_work():
                add(1)
            with unit_of_work():
                assert chain() == 0
            slow.rollback()
        chain_until(count + 1)
        assert head()[0] == count + 1


def test_rounds_look_above_what_is_chained_and_miss_nothing(cloned_db: Any) -> None:
    """The floor stays below a row that is written but not committed, however many rows are chained after it began."""
    with cloned_db.app.app_context():
        chainer = Chainer()

        def rounds(until: Callable[[], bool]) -> None:
            patience = time.monotonic() + 30
            while not until():
                assert time.monotonic() < patience
                chainer.round()

        with unit_of_work():
            add(3)
        rounds(lambda: chainer.floor > 0 and head()[0] >= 3)
        with db.engine.connect() as slow:
            late = slow.execute(
                text(
                    "insert into core_record_entry (at, verb, subject_table, subject_key, role, details, request_id)"
                    " values (now(), 'test.late', 't', '1', '', '{}', '') returning id"
                )
            ).scalar_one()
            with unit_of_work():
                add(4)
            for _ in range(5):
                assert chainer.round() == 0
            assert chainer.floor < late
            slow.commit()
        rounds(lambda: chainer.floor > late)
        assert db.session.scalar(text("select count(*) from core_record_link where entry_id = :id"), {"id": late}) == 1
        assert head()[0] == db.session.scalar(text("select count(*) from core_record_entry"))
        assert broken_links() == []


def test_the_floor_rises_only_with_a_round_that_was_kept(cloned_db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with cloned_db.app.app_context():
        chainer = Chainer()
        with unit_of_work():
            add(2)
        chainer.round()
        before = chainer.floor
        monkeypatch.setattr(service, "chain", lambda *_, **__: None)  # another chainer is at work
        for _ in range(3):
            chainer.round()
        assert chainer.floor == before


def test_the_trail_cannot_be_changed_and_a_forced_change_is_found(cloned_db: Any) -> None:
    with cloned_db.app.app_context():
        with unit_of_work():
            add(3)
        chain_until(3)
        for statement in (
            "update core_record_entry set verb = 'x'",
            "delete from core_record_entry",
            "truncate core_record_entry cascade",
        ):
            with pytest.raises(IntegrityError, match="append-only"), unit_of_work():
                db.session.execute(text(statement))
        with unit_of_work():
            db.session.execute(text("alter table core_record_entry disable trigger all"))
            db.session.execute(
                text("update core_record_entry set details = '{\"number\": 99}' where subject_key = '1'")
            )
            db.session.execute(text("alter table core_record_entry enable trigger all"))
        assert len(broken_links()) == 1


def _add_and_fail() -> None:
    with unit_of_work():
        add(1)
        raise ValueError("no")


def test_a_rolled_back_deed_leaves_no_row(cloned_db: Any) -> None:
    with cloned_db.app.app_context():
        with pytest.raises(ValueError, match="no"):
            _add_and_fail()
        assert db.session.scalar(text("select count(*) from core_record_entry where verb = 'test.happened'")) == 0
