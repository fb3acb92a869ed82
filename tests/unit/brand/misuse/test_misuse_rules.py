"""What the guards of a misuse case let through."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from brand.misuse import rules
from brand.misuse.rules import MisuseFacts
from brand.misuse.rules_policy import MisuseTerms

DAY = date(2026, 11, 24)
SOUND = MisuseFacts(today=DAY, misuse="impostor", party="示例果业", evidence=1)


@pytest.mark.parametrize(
    ("change", "unmet"),
    [
        ({}, []),
        ({"misuse": ""}, ["brand.misuse.no_class"]),
        ({"party": "", "evidence": 0}, ["brand.misuse.no_party", "brand.misuse.no_evidence"]),
    ],
)
def test_nobody_is_accused_without_class_name_and_evidence(change: dict[str, object], unmet: list[str]) -> None:
    assert [u.rule for u in rules.established(replace(SOUND, **change))] == unmet  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "unmet"),
    [
        ({}, ["brand.misuse.not_notified"]),
        ({"hearing_until": DAY}, ["brand.misuse.hearing_open"]),
        ({"hearing_until": date(2026, 11, 23)}, []),
        ({"hearing_until": date(2026, 11, 20), "hearing_provisional": True}, ["brand.misuse.hearing_provisional"]),
        ({"hearing_until": DAY, "answered": True}, []),
    ],
)
def test_the_party_has_its_whole_last_day_to_answer(change: dict[str, object], unmet: list[str]) -> None:
    assert [u.rule for u in rules.heard(replace(SOUND, **change))] == unmet  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("until", "provisional", "late"),
    [(DAY, False, False), (date(2026, 11, 23), False, True), (date(2026, 11, 23), True, False)],
)
def test_a_hearing_is_asked_for_within_the_time_of_the_notice(until: date, provisional: bool, late: bool) -> None:
    facts = replace(SOUND, hearing_until=until, hearing_provisional=provisional)

    assert bool(rules.in_hearing_time(facts)) is late


@pytest.mark.parametrize(
    ("measures", "licence", "listing", "unmet"),
    [
        ((), "", False, ["no_measure"]),
        (("correct",), "", False, []),
        (("none",), "", False, []),
        (("none", "correct"), "", False, ["none_alone"]),
        (("suspend",), "", False, ["no_licence"]),
        (("suspend",), "licensed", False, []),
        (("withdraw",), "suspended", False, []),
        (("withdraw",), "withdrawn", False, ["no_licence"]),
        (("suspend", "withdraw"), "licensed", False, ["one_of_both"]),
        (("take_down",), "", False, ["no_listing"]),
        (("take_down", "refer"), "", True, []),
    ],
)
def test_measures_fit_together_and_the_case(
    measures: tuple[str, ...], licence: str, listing: bool, unmet: list[str]
) -> None:
    facts = replace(SOUND, measures=measures, licence_state=licence, listing=listing)

    assert [u.rule.removeprefix("brand.misuse.") for u in rules.measures_fit(facts)] == unmet


@pytest.mark.parametrize(("measures", "may"), [(("none",), False), ((), False), (("correct", "refer"), True)])
def test_only_a_decision_that_found_misuse_is_published(measures: tuple[str, ...], may: bool) -> None:
    assert (rules.held_misuse(replace(SOUND, measures=measures)) == []) is may


def test_a_correction_is_confirmed_once_and_only_where_it_was_ordered() -> None:
    assert [u.rule for u in rules.to_be_corrected(SOUND)] == ["brand.misuse.no_correction"]
    ordered = replace(SOUND, measures=("correct",))
    assert rules.to_be_corrected(ordered) == []
    assert [u.rule for u in rules.to_be_corrected(replace(ordered, corrected=True))] == ["brand.misuse.corrected"]


def test_numbers_are_printed_in_full() -> None:
    assert rules.case_no(2026, 3) == "猗标监〔2026〕0003号"
    assert rules.receipt_no(2026, 12) == "JB-2026-00012"
    assert rules.measure_words(["refer", "correct"]) == "责令改正、移送主管部门"


@pytest.mark.parametrize(("purpose", "days"), [("accept", 5), ("notify", 15), ("hold", 10), ("shown", 20)])
def test_each_step_takes_the_working_days_of_the_terms(purpose: str, days: int) -> None:
    assert rules.working_days(purpose, MisuseTerms()) == days


def test_every_run_of_the_table_has_its_days_and_words() -> None:
    for purpose in rules.RUNS.values():
        assert rules.working_days(purpose, MisuseTerms()) > 0
        assert rules.DEADLINES[purpose]


@pytest.mark.parametrize(("key", "label"), [("impostor", "冒用"), ("", ""), ("nonsense", "")])
def test_a_class_is_told_in_words_and_an_unnamed_one_in_none(key: str, label: str) -> None:
    assert rules.misuse_label(key) == label
