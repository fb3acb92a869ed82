"""A mark is shown only with a confirmed certificate in term that covers firm, product, plots and quantity."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brand.certificate import rules
from brand.certificate.rules import Certificate, Product, Use, decide
from brand.certificate.rules_policy import CertificateTerms

FIRST, LAST = date(2026, 3, 1), date(2029, 2, 28)
GOOD = Certificate(
    1, "green", "LB-18-2601040001", 7, "confirmed", FIRST, LAST, (Product(11, "fuji", "fresh", 100_000, 40_000),),
    frozenset({1, 2, 3}), "GF140821260001",
)  # fmt: skip
USE = Use(7, date(2026, 11, 20), "fuji", "fresh", date(2026, 10, 18), frozenset({1, 2}), 60_000)


def test_everything_fits_and_the_mark_is_shown_with_its_code():
    decision = decide("green", [GOOD], USE)

    assert decision.shown
    assert decision.reasons == ()
    assert rules.mark_line("green", GOOD.number, GOOD.printed_code) == "绿色食品 GF140821260001"


@pytest.mark.parametrize(
    ("certificate", "use", "misuse"),
    [
        ([], {}, "impostor"),
        ({"state": "submitted"}, {}, "impostor"), ({"state": "suspended"}, {}, "impostor"), ({"state": "revoked"}, {}, "impostor"),
        ({"state": "draft"}, {}, "impostor"), ({"state": "returned"}, {}, "impostor"),
        ({}, {"on": FIRST - timedelta(1), "made_on": None}, "impostor"),
        ({}, {"on": LAST + timedelta(1)}, "expired"), ({}, {"made_on": LAST + timedelta(1), "on": LAST}, "expired"),
        ({}, {"made_on": FIRST - timedelta(1)}, "beyond_scope"),
        ({}, {"organisation_id": 8}, "beyond_scope"), ({}, {"variety": "red-fuji"}, "beyond_scope"),
        ({}, {"form": "dried"}, "beyond_scope"), ({}, {"plots": frozenset({1, 4})}, "beyond_scope"),
        ({}, {"plots": frozenset()}, "beyond_scope"), ({}, {"grams": 60_001}, "over_quantity"),
        ({"products": (Product(11, "fuji", "fresh", 100, 100),)}, {"grams": 0}, "over_quantity"),
        ({"printed_code": ""}, {}, "no_code"),
        ({"kind": "organic", "in_conversion": True}, {}, "beyond_scope"),
    ],
)  # fmt: skip
def test_each_fault_hides_the_mark_and_names_its_class(certificate, use, misuse):
    known = [] if certificate == [] else [replace(GOOD, **certificate)]
    kind = known[0].kind if known else "green"

    decision = decide(kind, known, replace(USE, **use))

    assert not decision.shown
    assert decision.misuse == misuse
    assert all(r.article == rules.ART_42 and r.help for r in decision.reasons)


@pytest.mark.parametrize(("day", "shown"), [(FIRST, True), (LAST, True), (LAST + timedelta(1), False)])
def test_the_last_day_counts_to_its_end(day, shown):
    assert decide("green", [GOOD], replace(USE, on=day, made_on=FIRST)).shown is shown


def test_a_lot_that_already_counts_is_not_counted_again():
    full = replace(GOOD, products=(Product(11, "fuji", "fresh", 100_000, 100_000),))

    assert decide("green", [full], replace(USE, booked=frozenset({1}))).shown
    assert decide("green", [full], USE).misuse == "over_quantity"


def test_of_two_certificates_one_that_allows_it_is_enough_and_otherwise_the_closest_says_why():
    other = replace(GOOD, id=2, organisation_id=8, products=())

    assert decide("green", [other, GOOD], USE).certificate == GOOD
    assert decide("green", [other, replace(GOOD, state="suspended")], USE).misuse == "impostor"


def test_a_geographical_indication_for_the_long_term_has_no_last_day_but_its_plots():
    gi = replace(GOOD, kind="agri_gi", number="AGI00000", valid_until=None, printed_code="AGI00000")

    assert decide("agri_gi", [gi], replace(USE, on=date(2090, 1, 1))).misuse == ""
    assert decide("agri_gi", [gi], replace(USE, plots=frozenset({9}))).misuse == "beyond_scope"


STATES = [s.key for s in rules.CERTIFICATE.states]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a shared machine
@given(
    state=st.sampled_from(STATES), on=st.dates(date(2025, 1, 1), date(2031, 1, 1)), firm=st.sampled_from([7, 8]),
    variety=st.sampled_from(["fuji", "red-fuji"]), plots=st.frozensets(st.integers(1, 5)), used=st.integers(0, 200_000),
    grams=st.integers(1, 200_000), code=st.sampled_from(["", "GF140821260001"]),
)  # fmt: skip
def test_no_path_shows_a_mark_without_a_live_certificate_for_it(state, on, firm, variety, plots, used, grams, code):
    known = replace(GOOD, state=state, printed_code=code, products=(Product(11, "fuji", "fresh", 100_000, used),))
    use = Use(firm, on, variety, "fresh", None, plots, grams)

    covered = (
        state == "confirmed" and FIRST <= on <= LAST and firm == 7 and variety == "fuji" and code != ""
        and plots != frozenset() and plots <= {1, 2, 3} and used + grams <= 100_000
    )  # fmt: skip
    assert decide("green", [known], use).shown is covered


@pytest.mark.parametrize(
    ("on", "year"),
    [
        (FIRST, FIRST),
        (date(2027, 2, 28), FIRST),
        (date(2027, 3, 1), date(2027, 3, 1)),
        (date(2028, 12, 31), date(2028, 3, 1)),
    ],
)
def test_quantities_are_counted_by_the_certificates_own_year(on, year):
    assert rules.quantity_year(FIRST, on) == year


def test_a_certificate_of_a_leap_day_has_its_years_too():
    assert rules.quantity_year(date(2028, 2, 29), date(2029, 2, 28)) == date(2028, 2, 29)
    assert rules.quantity_year(date(2028, 2, 29), date(2029, 3, 1)) == date(2029, 3, 1)


STEPS = CertificateTerms().reminder_days


def test_reminders_fall_due_once_each_at_ninety_thirty_and_seven_days():
    end, sent, told = date(2027, 2, 28), [], []
    for left in range(100, -3, -1):
        due = rules.reminder_due(end, end - timedelta(left), sent, STEPS)
        if due is not None:
            sent.append(due)
            told.append((left, due))

    assert told == [(90, 90), (30, 30), (7, 7)]


def test_a_certificate_entered_late_is_reminded_of_the_nearest_only():
    assert rules.reminder_due(LAST, LAST - timedelta(5), [], STEPS) == 7
    assert rules.reminder_due(LAST, LAST - timedelta(20), [90], STEPS) == 30
    assert rules.reminder_due(LAST, LAST + timedelta(1), [], STEPS) is None


@pytest.mark.parametrize(
    ("state", "today", "key"),
    [
        ("confirmed", FIRST - timedelta(1), "not_yet"), ("confirmed", FIRST, "live"), ("confirmed", LAST, "soon"),
        ("confirmed", LAST + timedelta(1), "expired"), ("suspended", FIRST, "suspended"), ("draft", FIRST, "draft"),
    ],
)  # fmt: skip
def test_state_and_date_are_told_together(state, today, key):
    standing = rules.standing(state, FIRST, LAST, today)

    assert standing.key == key
    assert "验证" not in standing.label


FACTS = rules.CertificateFacts(
    date(2026, 11, 20), "green", products=GOOD.products, plots=2, printed_code="GF140821260001", valid_until=LAST
)


def test_a_whole_paper_may_be_sent():
    assert rules.complete(FACTS) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"has_scan": False}, "scan"), ({"products": ()}, "products"), ({"plots": 0}, "no_plots"),
        ({"products": (Product(1, "fuji", "fresh"),)}, "quantities"), ({"printed_code": ""}, "company_code"),
        ({"organisation_active": False}, "inactive"), ({"valid_until": date(2026, 11, 19)}, "over"),
        ({"kind": "gi_mark", "organisation_has_uscc": False}, "uscc"),
    ],
)  # fmt: skip
def test_everything_missing_is_told_before_sending(change, rule):
    assert [u.rule for u in rules.complete(replace(FACTS, **change))] == [f"certificate.{rule}"]


@pytest.mark.parametrize(
    ("checks", "rule"),
    [
        ((), "no_check"), ((("2026-11-10", "differs"),), "check_failed"), ((("2026-11-10", "not_found"),), "check_failed"),
        ((("2026-10-20", "matches"),), "check_old"), ((("2026-10-21", "matches"),), None),
        ((("2026-11-10", "differs"), ("2026-11-12", "matches")), None), ((("2026-11-10", "matches"), ("2026-11-12", "differs")), "check_failed"),
    ],
)  # fmt: skip
def test_nothing_is_confirmed_without_a_fresh_look_up_that_agrees(checks, rule):
    facts = replace(FACTS, checks=tuple(rules.CheckFacts(date.fromisoformat(day), outcome) for day, outcome in checks))

    assert [u.rule for u in rules.looked_up(facts)] == ([f"certificate.{rule}"] if rule else [])


def test_every_kind_is_labelled_and_knows_where_it_is_looked_up():
    assert all(kind.label and kind.register for kind in rules.KINDS.values())
    assert len(set(itertools.chain(rules.MISUSE.values()))) == 6


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "confirmed"])
def test_whoever_waits_for_a_renewal_is_late_and_no_impostor(state):
    over = replace(GOOD, valid_until=USE.on - timedelta(days=3))
    next_one = replace(GOOD, id=2, state=state, valid_from=USE.on + timedelta(days=1), valid_until=LAST)

    decision = decide("green", [over, next_one], replace(USE, made_on=None))

    assert (decision.misuse, decision.certificate) == ("expired", over)
