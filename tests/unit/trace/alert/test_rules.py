"""Deadlines, recurrence and settings of alerts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import BadInput
from core.workflow.table import faults
from trace.alert import rules
from trace.alert.rules import ALERT, RULES, Setting

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def test_the_table_is_well_formed():
    assert faults(ALERT) == []


def test_every_default_is_a_setting_that_may_be_stored():
    for rule in RULES.values():
        rules.check_setting(rule, severity=rule.severity, hours=rule.hours, days=rule.days)


@pytest.mark.parametrize(
    ("state", "hours_ago", "back"),
    [
        ("cleared", 0, True),
        ("resolved", 23.9, False),
        ("resolved", 24, True),
        ("dismissed", 999, False),
        ("open", 999, False),
    ],
)
def test_what_was_finished_comes_back_by_its_state_and_age(state, hours_ago, back):
    assert rules.comes_back(state, NOW - timedelta(hours=hours_ago), NOW, 24) is back


@pytest.mark.parametrize(
    ("key", "changes", "code"),
    [
        ("cold_chain", {"hours": 0}, "alert.hours"),
        ("cold_chain", {"hours": 1441}, "alert.hours"),
        ("cold_chain", {"hours": None}, "alert.hours"),
        ("cold_chain", {"days": None}, "alert.days"),
        ("cold_chain", {"days": 1001}, "alert.days"),
        ("residue_over", {"days": 3}, "alert.days"),
        ("residue_over", {"severity": "panic"}, "alert.severity"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(key, changes, code):
    rule = RULES[key]

    with pytest.raises(BadInput) as refusal:
        rules.check_setting(rule, **({"severity": rule.severity, "hours": rule.hours, "days": rule.days} | changes))

    assert refusal.value.code == code


@pytest.mark.parametrize(("values", "middle"), [([], None), ([3], 3), ([1, 2], 1.5), ([9, 1, 5], 5)])
def test_the_median_is_the_middle_value(values, middle):
    assert rules.median(values) == middle


def test_what_the_office_set_goes_before_the_default():
    stored = Setting(False, "look", 5, None)

    assert rules.setting_of(RULES["residue_over"], stored) is stored
    assert rules.setting_of(RULES["residue_over"], None).enabled
