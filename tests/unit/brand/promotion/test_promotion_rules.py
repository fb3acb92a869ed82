"""Events: one indicator each, counted only when checked; seats; media rights; colours of the kit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from brand.promotion import rules, rules_media
from brand.promotion.kit import ink
from brand.promotion.rules import EventFacts

DAY = date(2026, 11, 20)
GOOD = EventFacts(
    today=date(2026, 11, 26), kind="fair", title="示例果品展", level="municipal", venue="示例会展中心",
    starts_on=date(2026, 11, 25), ends_on=date(2026, 11, 26), enrol_until=datetime(2026, 11, 24, 9, tzinfo=UTC),
    last_moment=datetime(2026, 11, 26, 16, tzinfo=UTC), capacity=10, public_brand=True, etown_content="政策", summary="小结",
    evidence=("notice", "photo", "attendance"),
)  # fmt: skip


def _unmet(facts: EventFacts, *guards: object) -> list[str]:
    return [u.rule for guard in guards for u in guard(facts)]  # type: ignore[operator]


def test_each_kind_counts_in_exactly_one_indicator() -> None:
    assert set(rules.INDICATORS) == set(rules.KINDS) == set(rules.REQUIRED_EVIDENCE)
    assert sorted(rules.INDICATORS.values()) == ["K11", "K12", "K13"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"title": ""}, ["HD-01"]),
        ({"venue": ""}, ["HD-02"]),
        ({"starts_on": None}, ["HD-03"]),
        ({"ends_on": date(2026, 11, 24)}, ["HD-04"]),
        ({"enrol_until": None}, ["HD-05"]),
        ({"enrol_until": None, "capacity": None}, []),
        ({"enrol_until": datetime(2026, 11, 26, 16, 0, 1, tzinfo=UTC)}, ["HD-06"]),
        ({"public_brand": False}, ["HD-07"]),
        ({"kind": "roadshow", "level": "county"}, ["HD-08"]),
        ({"kind": "roadshow", "level": "national"}, ["HD-08"]),
        ({"kind": "roadshow", "level": "provincial", "public_brand": False}, []),
        ({"kind": "campaign", "etown_content": ""}, ["HD-09"]),
        ({"kind": "campaign", "level": "county", "public_brand": False}, []),
    ],
)
def test_a_plan_says_what_its_indicator_asks_for(change: dict[str, object], found: list[str]) -> None:
    assert _unmet(replace(GOOD, **change), rules.plan_complete) == found


@pytest.mark.parametrize(
    ("today", "found"), [(date(2026, 11, 25), ["HD-10"]), (date(2026, 11, 26), []), (date(2027, 1, 1), [])]
)
def test_an_event_was_held_from_its_last_day_on(today: date, found: list[str]) -> None:
    assert _unmet(replace(GOOD, today=today), rules.has_happened) == found


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"evidence": ()}, ["HD-20", "HD-20", "HD-20"]),
        ({"evidence": ("notice", "photo", "media")}, ["HD-20"]),
        ({"kind": "campaign", "evidence": ("photo", "attendance")}, []),
        ({"summary": ""}, ["HD-21"]),
        ({"open_places": 2}, ["HD-22"]),
        ({"checker_added": True}, ["HD-23"]),
    ],
)
def test_evidence_is_complete_and_checked_by_somebody_else(change: dict[str, object], found: list[str]) -> None:
    assert _unmet(replace(GOOD, **change), rules.evidence_complete, rules.checked_by_another) == found


def test_only_a_checked_event_reaches_the_state_that_counts() -> None:
    into = [m.key for m in rules.EVENT.moves if m.to == "evidence_checked"]

    assert into == ["check"]
    assert rules.EVENT.move("check").not_same_person_as == ["hold"]
    assert [s for m in rules.EVENT.moves if m.key == "check" for s in m.sources] == ["held"]


@pytest.mark.parametrize(
    ("taken", "capacity", "seat"),
    [((), 2, 1), ((1,), 2, 2), ((2,), 2, 1), ((1, 2), 2, None), ((1, 3), 3, 2), ((), 0, None)],
)
def test_the_lowest_free_seat_is_given(taken: tuple[int, ...], capacity: int, seat: int | None) -> None:
    assert rules.free_seat(taken, capacity) == seat


NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"state": "draft"}, ["HD-40"]),
        ({"state": "held"}, ["HD-40"]),
        ({"capacity": None}, ["HD-41"]),
        ({"enrol_until": NOW}, ["HD-42"]),
        ({"active": False, "licensed": False}, ["HD-43", "HD-44"]),
    ],
)
def test_every_reason_against_enrolling_is_told_at_once(change: dict[str, object], found: list[str]) -> None:
    values = {"state": "enrolling", "capacity": 5, "enrol_until": datetime(2026, 11, 20, 10, tzinfo=UTC), "now": NOW,
              "active": True, "licensed": True} | change  # fmt: skip

    assert [u.rule for u in rules.enrolment_faults(**values)] == found  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (("orders", 3, None, "self", "登记表"), []),
        (("gold", 3, None, "self", "登记表"), ["HD-50"]),
        (("leads", None, None, "self", "登记表"), ["HD-51"]),
        (("leads", 3, 100, "self", "登记表"), ["HD-52"]),
        (("orders", None, 100, "self", ""), ["HD-53"]),
        (("orders", None, 100, "rumour", "听说"), ["HD-53"]),
    ],
)
def test_a_result_has_a_figure_and_a_source(given: tuple[object, ...], found: list[str]) -> None:
    assert [u.rule for u in rules.result_faults(*given)] == found  # type: ignore[arg-type]


MATERIAL = rules_media.MaterialFacts("picture", "示例图", "说明", "示例作者", "owned", "", None, "licensees")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"kind": "song"}, ["SC-01"]),
        ({"title": ""}, ["SC-02"]),
        ({"caption": ""}, ["SC-03"]),
        ({"credit": ""}, ["SC-04"]),
        ({"rights": "licensed"}, ["SC-05"]),
        ({"rights_until": date(2026, 11, 19)}, ["SC-06"]),
        ({"rights_until": DAY}, []),
        ({"kind": "video", "link": "http://a.example/x"}, ["SC-07"]),
        ({"kind": "video", "link": "https://a.example/x", "has_file": False}, []),
        ({"has_file": False}, ["SC-08"]),
    ],
)
def test_a_material_says_whose_it_is(change: dict[str, object], found: list[str]) -> None:
    assert [u.rule for u in rules_media.faults(replace(MATERIAL, **change), DAY)] == found


@pytest.mark.parametrize(
    "link",
    ["", "javascript:alert(1)", "https://", "https://localhost", "https://u:p@a.example/", "https://a.example/ x", "https://[a.example", "https://例.example"],
)  # fmt: skip
def test_a_link_that_is_no_plain_https_address_is_refused(link: str) -> None:
    assert not rules_media.sound_link(link)


@pytest.mark.parametrize(
    ("audience", "line", "office", "may"),
    [("public", (), False, True), ("licensees", (), False, False), ("licensees", (7,), False, True), ("licensees", (8,), False, False), ("licensees", (), True, True)],
)  # fmt: skip
def test_who_may_take_a_material(audience: str, line: tuple[int, ...], office: bool, may: bool) -> None:
    assert rules_media.may_take(audience, 7, line, office=office) is may


def test_a_material_is_usable_to_the_end_of_its_last_day() -> None:
    assert rules_media.usable(active=True, rights_until=DAY, today=DAY)
    assert not rules_media.usable(active=True, rights_until=DAY, today=date(2026, 11, 21))
    assert not rules_media.usable(active=False, rights_until=None, today=DAY)


@pytest.mark.parametrize(
    ("colour", "found"),
    [("000000", (0, 0, 0, 100)), ("FFFFFF", (0, 0, 0, 0)), ("FF0000", (0, 100, 100, 0)), ("5A2A1C", (0, 53, 69, 65))],
)
def test_ink_follows_from_the_screen_colour(colour: str, found: tuple[int, int, int, int]) -> None:
    assert ink(colour) == found


@pytest.mark.parametrize(
    ("today", "given_back", "noted"),
    [(date(2026, 11, 19), [], ["HD-31"]), (DAY, ["HD-30"], []), (date(2026, 11, 21), ["HD-30"], [])],
)
def test_a_place_is_given_back_before_the_first_day_and_presence_noted_from_it_on(
    today: date, given_back: list[str], noted: list[str]
) -> None:
    facts = rules.PlaceFacts(today=today, starts_on=DAY)
    assert [u.rule for u in rules.before_start(facts)] == given_back
    assert [u.rule for u in rules.begun(facts)] == noted


def test_results_are_summed_by_kind_and_what_is_not_known_counts_nothing() -> None:
    rows = [("orders", 3, 120_00), ("orders", None, 30_00), ("visitors", 500, None)]
    assert rules.totals(rows) == {"orders": (3, 150_00), "visitors": (500, 0)}
    assert rules.totals([]) == {}
