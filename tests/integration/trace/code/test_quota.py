"""The licence's quota and code series: counted once, never below zero under eight printers, given back for voids."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from brand.licence import quota
from brand.licence.errors import QuotaShort
from brand.licence.models import Quota
from core.db import db, unit_of_work
from core.errors import DomainError
from tests.factories import code as make
from tests.factories import trace as grow
from trace.code import register_service, service
from trace.code.register_service import Wish
from trace.log import writer

KEY = ("fuji", "fresh", "apple-80")
NET = 5000
RUNS = 8


def sealed(quota_labels: int, **values: Any) -> grow.Grown:
    grown = make.make_sealed_lot(licensed=False, **values)
    make.make_licence(grown, quota_g=quota_labels * NET)
    return grown


def key_of(grown: grow.Grown) -> quota.Key:
    return grown.box.variety, grown.box.form, grown.box.specification or ""


def pieces_left(grown: grow.Grown) -> int:
    found = quota.left(grown.organisation.id, key_of(grown))
    assert found is not None
    return found.pieces(NET)


@pytest.fixture
def lot(session: Any, clock: Any) -> grow.Grown:
    """A sealed packed lot whose licence lets ten boxes be marked; its record is in the log."""
    grown = sealed(10)
    writer.integrate()
    return grown


def test_a_series_counts_its_labels_off_and_a_short_quota_says_how_many_are_left(lot: grow.Grown) -> None:
    first = service.issue_series(lot.packed.public_id, 6, lot.actor)
    assert first.licence_no
    assert pieces_left(lot) == 4
    with pytest.raises(DomainError) as short:
        service.issue_series(lot.packed.public_id, 5, lot.actor)
    assert short.value.unmet[0].rule == "LQ-01"
    assert "还能印 4 张" in short.value.unmet[0].message


def test_codes_without_the_mark_take_nothing_and_their_labels_carry_none(lot: grow.Grown) -> None:
    series = service.issue_series(lot.packed.public_id, 12, lot.actor, mark=False)
    assert series.licence_no == ""
    assert pieces_left(lot) == 10
    _, plain = register_service.register_print(series.public_id, Wish("a4", 1, 12), lot.actor)
    assert plain.marked is False
    with pytest.raises(DomainError) as short:
        register_service.register_print(series.public_id, Wish("test", 1, 1, mark="on"), lot.actor)
    assert short.value.unmet[0].rule == "LQ-01"


def test_a_series_of_before_the_licence_is_counted_when_its_first_mark_is_printed_and_only_then(
    lot: grow.Grown,
) -> None:
    series = service.issue_series(lot.packed.public_id, 7, lot.actor, mark=False)
    for _ in range(2):
        _, run = register_service.register_print(series.public_id, Wish("test", 1, 1, mark="on"), lot.actor)
        assert run.marked
        assert pieces_left(lot) == 3


def test_voided_labels_of_a_counted_series_may_be_marked_anew(lot: grow.Grown) -> None:
    series = service.issue_series(lot.packed.public_id, 10, lot.actor)
    service.void_units(series.public_id, 3, 5, lot.actor, reason="一卷标签淋湿，已销毁。")
    assert pieces_left(lot) == 3
    service.issue_series(lot.packed.public_id, 3, lot.actor)
    assert pieces_left(lot) == 0
    assert quota.differences() == []


def test_eight_printers_at_once_never_overdraw_the_quota(cloned_db: Any) -> None:
    """Whatever eight runs ask for: used is the sum of those let through, and each refused one asked for more than is left."""
    with cloned_db.app.app_context(), unit_of_work():
        grown = sealed(1)
        organisation_id, key, actor = grown.organisation.id, key_of(grown), grown.actor
        quota_id = db.session.scalar(select(Quota.id))
    numbers = iter(range(10**6))

    @settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.integers(0, 60), st.lists(st.integers(1, 20), min_size=RUNS, max_size=RUNS))
    def eight_at_once(granted: int, wishes: list[int]) -> None:
        with cloned_db.app.app_context(), unit_of_work():
            row = db.session.get_one(Quota, quota_id)
            row.granted_grams = row.used_grams + granted * NET
            before = row.used_grams
        sources = [f"series:run-{next(numbers)}" for _ in wishes]
        start, through = threading.Barrier(RUNS), []

        def run(source: str, pieces: int) -> None:
            with cloned_db.app.app_context():
                start.wait()
                try:
                    with unit_of_work():
                        quota.draw(organisation_id, key, pieces=pieces, net_grams=NET, source=source, actor=actor)
                except QuotaShort:
                    pass
                else:
                    through.append(pieces)

        threads = [threading.Thread(target=run, args=pair) for pair in zip(sources, wishes, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with cloned_db.app.app_context():
            used = db.session.get_one(Quota, quota_id).used_grams - before
            assert used == sum(through) * NET
            left = granted - sum(through)
            assert left >= 0
            stopped = list(wishes)
            for pieces in through:
                stopped.remove(pieces)
            assert all(pieces > left for pieces in stopped)
            assert quota.differences() == []

    eight_at_once()


def test_eight_print_runs_of_one_lot_share_what_is_left(cloned_db: Any) -> None:
    with cloned_db.app.app_context():
        with unit_of_work():
            grown = sealed(10)
            lot_id, actor, organisation_id, key = (
                grown.packed.public_id, grown.actor, grown.organisation.id, key_of(grown),
            )  # fmt: skip
        writer.integrate()
    start, counts = threading.Barrier(RUNS), [random.Random(7).randint(2, 4) for _ in range(RUNS)]
    issued: list[int] = []
    stopped: list[int] = []

    def run(count: int) -> None:
        with cloned_db.app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    service.issue_series(lot_id, count, actor)
            except QuotaShort:
                stopped.append(count)
            else:
                issued.append(count)

    threads = [threading.Thread(target=run, args=(count,)) for count in counts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with cloned_db.app.app_context():
        found = quota.left(organisation_id, key)
        assert found is not None
        assert found.pieces(NET) == 10 - sum(issued)
        assert len(issued) + len(stopped) == RUNS
        assert all(count > 10 - sum(issued) for count in stopped)
        assert quota.differences() == []
