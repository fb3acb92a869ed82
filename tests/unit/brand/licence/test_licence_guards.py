"""Guards of an application beyond its papers: visits, publication, appeal, end; each says what helps and who can."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from brand.licence import rules, rules_guards, rules_quota, rules_sub
from brand.licence.rules_guards import LicenceFacts, Procedure
from core.errors import Unmet

DAY = date(2026, 11, 20)
VISIT = Procedure(visit_required=True)
EXPERT = Procedure(expert_required=True)


def _facts(**changes: Any) -> LicenceFacts:
    return LicenceFacts(**({"today": DAY} | changes))


@pytest.mark.parametrize(
    ("guard", "changes", "broken"),
    [
        (rules_guards.applicant_fit, {"quality_promised": False}, ["PP-19"]),
        (rules_guards.applicant_fit, {"quality_promised": False, "rules_accepted": False}, ["PP-03"]),
        (rules_guards.site_visited, {}, []),
        (rules_guards.site_visited, {"procedure": VISIT}, ["PP-26"]),
        (rules_guards.site_visited, {"procedure": VISIT, "visits_done": 1}, []),
        (rules_guards.site_visited, {"procedure": VISIT, "visits_done": 1, "visits_open": 1}, ["PP-27"]),
        (rules_guards.site_visited, {"visits_open": 1}, ["PP-27"]),
        (rules_guards.site_visited, {"procedure": EXPERT}, ["PP-28"]),
        (rules_guards.site_visited, {"procedure": EXPERT, "opinions": 1}, []),
        (rules_guards.publicity_asked, {}, ["PP-29"]),
        (rules_guards.publicity_asked, {"procedure": Procedure(publicity_days=1)}, []),
        (rules_guards.not_the_visitor, {}, []),
        (rules_guards.not_the_visitor, {"actor_visited": True}, ["PP-33"]),
        (rules_guards.appeal_in_time, {}, []),
        (rules_guards.appeal_in_time, {"appeal_until": DAY}, []),
        (rules_guards.appeal_in_time, {"appeal_until": date(2026, 11, 19)}, ["PP-36"]),
        (rules_guards.over_term, {"valid_until": DAY}, ["PP-18"]),
        (rules_guards.over_term, {"valid_until": date(2026, 11, 19)}, []),
        (rules_guards.over_term, {}, ["PP-18"]),
        (rules_guards.within_term, {"valid_until": DAY}, []),
        (rules_guards.within_term, {"valid_until": date(2026, 11, 19)}, ["PP-37"]),
        (rules_guards.within_term, {}, ["PP-37"]),
    ],
)
def test_each_guard_lets_through_on_the_border_day_and_names_its_rule_beyond(
    guard: Callable[[LicenceFacts], list[Unmet]], changes: dict[str, Any], broken: list[str]
) -> None:
    found = guard(_facts(**changes))

    assert [u.rule for u in found] == broken
    assert all(u.message.endswith("。") and u.help.endswith("。") and u.who for u in found)


@pytest.mark.parametrize(
    ("kind", "state", "today", "broken", "word"),
    [
        ("renewal", "withdrawn", DAY, ["PP-20"], "撤销"),
        ("change", "suspended", DAY, ["PP-20"], "暂停"),
        ("change", "licensed", DAY, [], ""),
        ("change", "licensed", date(2026, 11, 21), ["PP-21"], "变更"),
        ("change", "expired", DAY, ["PP-21"], "变更"),
        ("renewal", "expired", date(2026, 11, 21), [], ""),
        ("new", "withdrawn", DAY, [], ""),
    ],
)
def test_a_renewal_or_change_stands_on_a_licence_that_allows_it(
    kind: str, state: str, today: date, broken: list[str], word: str
) -> None:
    facts = _facts(today=today, kind=kind, predecessor_state=state, predecessor_until=DAY)

    found = rules_guards.predecessor_sound(facts)

    assert [u.rule for u in found] == broken
    assert all(word in u.message for u in found)


@pytest.mark.parametrize(
    ("state", "today", "comes_back"),
    [
        ("licensed", date(2026, 11, 19), False),
        ("licensed", DAY, True),
        ("suspended", date(2027, 11, 19), True),
        ("licensed", date(2027, 11, 20), False),
        ("withdrawn", DAY, False),
        ("expired", DAY, False),
    ],
)
def test_voided_labels_return_only_within_their_year_and_while_the_licence_stands(
    state: str, today: date, comes_back: bool
) -> None:
    assert rules_quota.gives_back(state, DAY, date(2027, 11, 19), today) is comes_back


@pytest.mark.parametrize(
    ("today", "state", "ends"),
    [
        (DAY, "in_force", False),
        (date(2026, 11, 21), "in_force", True),
        (DAY, "suspended", False),
        (DAY, "expired", True),
        (DAY, "withdrawn", True),
    ],
)
def test_the_system_ends_a_share_with_its_days_or_its_licence_and_not_for_a_suspension(
    today: date, state: str, ends: bool
) -> None:
    facts = rules_sub.SubFacts(
        today=today, valid_from=date(2026, 11, 1), valid_until=DAY, grams=1, licence_state=state, row_grams=1
    )
    assert [u.rule for u in rules_sub.ended_with_the_licence(facts)] == ([] if ends else ["SL-12"])


def test_quarters_and_totals_are_told_as_printed() -> None:
    assert rules.quarter_label("2026Q4") == "2026年第4季度"
    rows = [rules.ScopeRow("fuji", "fresh", "a", 1_000), rules.ScopeRow("gala", "fresh", "a", 2_500)]
    assert rules.yearly_total(rows) == 3_500
