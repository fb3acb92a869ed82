"""What an entry must show to count for K09 or K10, and how a count stands against the plan's numbers."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest

from brand.nurture import rules
from brand.nurture.rules import EntryFacts

TODAY = date(2026, 11, 20)
BRAND = EntryFacts(
    today=TODAY, kind="brand", name="示例小枣", basis="示例依据", since=date(2026, 3, 1), brand_own=True, brand_active=True,
    evidence=("registration", "photo", "page"),
)  # fmt: skip
PRODUCT = EntryFacts(
    today=TODAY, kind="product", name="示例苹果脆片 60 g", basis="示例依据", since=TODAY, link="https://shop.example.cn/1",
    evidence=("photo", "page"),
)  # fmt: skip


@pytest.mark.parametrize("facts", [BRAND, PRODUCT], ids=lambda f: f.kind)
def test_an_entry_with_everything_lacks_nothing(facts: EntryFacts) -> None:
    assert rules.complete(facts) == []
    assert all(shown for _, shown in rules.met(facts))


@pytest.mark.parametrize(
    ("facts", "change", "broken", "criterion"),
    [
        (BRAND, {"name": "枣"}, ["PY-01"], None),
        (BRAND, {"brand_own": False}, ["PY-02"], "own"),
        (BRAND, {"brand_active": False}, ["PY-03"], "own"),
        (BRAND, {"organisation_active": False}, ["PY-04"], "holder"),
        (BRAND, {"basis": ""}, ["PY-05"], "basis"),
        (BRAND, {"since": None}, ["PY-06"], "since"),
        (BRAND, {"since": date(2026, 11, 21)}, ["PY-07"], "since"),
        (BRAND, {"evidence": ("photo", "page")}, ["PY-08"], "mark"),
        (BRAND, {"evidence": ("registration", "page")}, ["PY-09"], "shown"),
        (BRAND, {"evidence": ("registration", "photo")}, ["PY-10"], "on_sale"),
        (PRODUCT, {"link": ""}, ["PY-11"], "online"),
        (PRODUCT, {"evidence": ("photo",)}, ["PY-10"], "online"),
        (PRODUCT, {"evidence": ()}, ["PY-09", "PY-10"], "shown"),
    ],
)
def test_what_is_missing_is_named_with_its_criterion(
    facts: EntryFacts, change: dict[str, Any], broken: list[str], criterion: str | None
) -> None:
    wanting = dataclasses.replace(facts, **change)

    assert [u.rule for u in rules.complete(wanting)] == broken
    assert all(u.help for u in rules.complete(wanting))
    unshown = [c.key for c, shown in rules.met(wanting) if not shown]
    assert (criterion in unshown) if criterion else not unshown


def test_every_demand_but_the_name_stands_in_the_criteria_the_page_shows() -> None:
    nothing = [EntryFacts(today=TODAY, kind=kind, organisation_active=False) for kind in rules.KINDS]
    demanded = {u.rule for facts in nothing for u in rules.complete(facts)}
    shown = {rule for c in rules.CRITERIA for rule in c.rules}

    assert demanded - {"PY-01"} <= shown


def test_who_added_evidence_does_not_check() -> None:
    assert rules.checked_by_another(BRAND) == []
    assert [u.rule for u in rules.checked_by_another(dataclasses.replace(BRAND, checker_added=True))] == ["PY-12"]


@pytest.mark.parametrize(
    ("key", "amount", "words"),
    [
        ("K09", 4, "还差 1 个"),
        ("K09", 5, "已达到"),
        ("K10/a", 5, "已达到"),
        ("K10/b", 5, "还差 5 款"),
        ("K10/b", 10, "已达到"),
    ],
)
def test_both_numbers_of_the_conflict_are_judged(key: str, amount: int, words: str) -> None:
    goal = next(g for g in rules.GOALS if g.key == key)

    assert rules.judge(goal, amount) == words


def test_a_counted_entry_whose_ground_went_is_named_for_another_look() -> None:
    assert rules.doubts(organisation_active=True, brand_active=True) == []
    assert rules.doubts(organisation_active=False, brand_active=False) == ["企业已不在册", "品牌已停用"]
