"""Reminders: silence, stop days, waiting times against the planned harvest; each holds once by its key."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from trace.season.rules import JournalEntry, keep_until, law_until, unmet_forget
from trace.season.rules_reminders import SeasonFacts, due

SPRAY = JournalEntry(
    id=1, no=1, kind="input", done_on=date(2026, 8, 1), until=date(2026, 8, 3), category="pesticide", input_name="戊唑醇",
    interval_days=30,
)  # fmt: skip
WORK = JournalEntry(id=2, no=2, kind="work", done_on=date(2026, 8, 10), until=date(2026, 8, 10), summary="疏果")
HARVEST = JournalEntry(id=3, no=3, kind="harvest", done_on=date(2026, 9, 20), until=date(2026, 9, 20), mass_g=1000)


def facts(*entries, planned=None, opened=date(2026, 3, 10)):
    return SeasonFacts("P-1/2026", 2026, opened, planned, entries)


def kinds(found):
    return {d.kind for d in found}


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (date(2026, 8, 24), False), (date(2026, 8, 25), True), (date(2026, 10, 31), True), (date(2026, 11, 1), False),
        (date(2027, 4, 1), False),
    ],
)  # fmt: skip
def test_fifteen_silent_days_in_the_growing_months_are_told(today, told):
    assert ("no_entry" in kinds(due(facts(WORK), today))) is told


def test_a_longer_silence_is_told_again_only_after_another_fifteen_days():
    keys = [
        d.about
        for day in range(20)
        for d in due(facts(WORK), date(2026, 8, 25) + timedelta(days=day))
        if d.kind == "no_entry"
    ]

    assert len(set(keys)) == 2


def test_after_the_harvest_nothing_is_told():
    assert due(facts(WORK, HARVEST, planned=date(2026, 9, 15)), date(2026, 9, 25)) == []


def test_a_harvest_planned_inside_a_waiting_time_is_told_until_it_comes():
    early = facts(SPRAY, planned=date(2026, 9, 1))

    assert "interval_conflict" in kinds(due(early, date(2026, 8, 5)))
    assert "interval_conflict" not in kinds(due(early, date(2026, 9, 2)))
    assert "interval_conflict" not in kinds(due(facts(SPRAY, planned=date(2026, 9, 2)), date(2026, 8, 5)))


@pytest.mark.parametrize(
    ("today", "told"), [(date(2026, 9, 10), False), (date(2026, 9, 11), True), (date(2026, 9, 19), False)]
)
def test_the_stop_day_counts_back_from_the_planned_harvest(today, told):
    assert ("stop_reached" in kinds(due(facts(SPRAY, planned=date(2026, 10, 11)), today))) is told


@pytest.mark.parametrize(
    ("today", "told"), [(date(2026, 9, 1), False), (date(2026, 9, 2), True), (date(2026, 9, 10), False)]
)
def test_the_end_of_a_waiting_time_is_told(today, told):
    assert ("interval_over" in kinds(due(facts(SPRAY), today))) is told


def test_a_struck_out_spray_counts_no_more():
    struck = JournalEntry(
        id=9, no=9, kind="input", done_on=SPRAY.done_on, until=SPRAY.until, category="pesticide", interval_days=30,
        input_name="戊唑醇", corrects_id=1, voids=True,
    )  # fmt: skip

    assert kinds(due(facts(SPRAY, struck), date(2026, 9, 2))) == {"no_entry"}


def test_the_law_asks_two_years_and_we_keep_three_also_over_a_leap_day():
    assert (law_until(date(2024, 2, 29)), keep_until(date(2024, 2, 29))) == (date(2026, 3, 1), date(2027, 3, 1))


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({}, set()),
        ({"today": date(2029, 9, 20)}, {"season.retention"}),
        ({"archived": False}, {"season.not_archived"}),
        ({"used_by_lots": True}, {"season.used"}),
        ({"today": date(2027, 1, 1), "used_by_lots": True}, {"season.retention", "season.used"}),
        ({"last_day": None}, set()),
    ],
)
def test_a_journal_is_deleted_only_after_its_day_when_no_lot_needs_it(change, rules):
    given = {
        "code": "P-1/2026", "last_day": date(2026, 9, 20), "today": date(2029, 9, 21), "archived": True,
        "used_by_lots": False,
    } | change  # fmt: skip

    assert {u.rule for u in unmet_forget(**given)} == rules
