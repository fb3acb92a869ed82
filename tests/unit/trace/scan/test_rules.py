"""The verdict: every state, the precedence, each threshold before, at and after."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from trace.scan import rules
from trace.scan.cities import CITIES, PROVINCES, city_of, distance_km, province_of
from trace.scan.rules import CheckFacts, Fate, PastCheck, Policy

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
ME, OTHER = b"me", b"other"


def past(*checks: tuple[float, bytes, str]) -> tuple[PastCheck, ...]:
    """Checks by hours before now, device, city; the last one is the present one."""
    return tuple(PastCheck(NOW - timedelta(hours=hours), device, city) for hours, device, city in checks)


def facts(**values: object) -> CheckFacts:
    given = {"now": NOW, "device": ME, "issued": True, "checks": past((0, ME, ""))} | values
    return CheckFacts(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "values", "policy"),
    [
        ("first", {}, {}),
        ("first", {"fate": Fate(shipped=True)}, {"shipping_recorded": True}),
        ("first", {"fate": Fate(shipped=None)}, {"shipping_recorded": True}),  # nobody records it: no alarm
        ("first", {"fate": Fate(shipped=False)}, {"shipping_recorded": False}),
        ("first", {"fate": Fate(sold_at=NOW)}, {}),  # bought today, checked today
        ("repeat", {"checks": past((50, OTHER, ""), (0, ME, ""))}, {}),
        ("repeat", {"checks": past((50, ME, ""), (0, ME, ""))}, {}),  # the same phone after more than a day
        ("sold", {"fate": Fate(sold_at=NOW), "checks": past((9, OTHER, ""), (0, ME, ""))}, {}),
        ("suspicious", {"checks": past(*((9, bytes([n]), "") for n in range(4)))}, {}),
        ("not_shipped", {"fate": Fate(shipped=False)}, {"shipping_recorded": True}),
        ("voided", {"fate": Fate(voided=True)}, {}),
        ("blocked", {"blocked": True}, {}),
        ("destroyed", {"fate": Fate(destroyed=True)}, {}),
        ("unissued", {"issued": False, "checks": ()}, {}),
        ("recalled", {"recalled": True}, {}),
        ("recalled", {"recalled": True, "issued": False, "checks": ()}, {}),
    ],
)
def test_every_state_has_its_condition(state: str, values: dict[str, object], policy: dict[str, object]) -> None:
    assert rules.judge(facts(**values), Policy(**policy)).state == state  # type: ignore[arg-type]


# What makes each state true, apart from the others; combined they must give the one that stands first in STATES.
CAUSES: dict[str, dict[str, object]] = {
    "recalled": {"recalled": True},
    "unissued": {"issued": False},
    "destroyed": {"destroyed": True},
    "blocked": {"blocked": True},
    "voided": {"voided": True},
    "not_shipped": {"shipped": False},
    "suspicious": {"many": True},
    "sold": {"sold_at": NOW},
}


@pytest.mark.parametrize("pair", list(combinations(CAUSES, 2)), ids="-".join)
def test_of_two_causes_the_one_that_stands_first_decides(pair: tuple[str, str]) -> None:
    causes = CAUSES[pair[0]] | CAUSES[pair[1]]
    fate = Fate(**{k: v for k, v in causes.items() if k in ("destroyed", "voided", "shipped", "sold_at")})  # type: ignore[arg-type]
    checks = past(*((9, bytes([n]), "") for n in range(4 if "many" in causes else 1)), (0, ME, ""))
    given = {k: v for k, v in causes.items() if k in ("recalled", "issued", "blocked")}

    judged = rules.judge(facts(fate=fate, checks=checks, **given), Policy(shipping_recorded=True))

    assert judged.state == min(pair, key=list(rules.STATES).index)


@pytest.mark.parametrize(("devices", "found"), [(3, False), (4, True)])
def test_more_than_the_devices_of_the_policy_is_suspicious(devices: int, found: bool) -> None:
    checks = past(*((9, bytes([n]), "") for n in range(devices)))
    assert ("devices" in rules.suspicions(checks, Policy())) is found


@pytest.mark.parametrize(("count", "found"), [(10, False), (11, True)])
def test_more_than_the_checks_of_the_policy_is_suspicious(count: int, found: bool) -> None:
    checks = past(*((25.0 * n, ME, "") for n in range(count)))
    assert (rules.suspicions(checks, Policy()) == ("checks",)) is found


@pytest.mark.parametrize(
    ("hours", "there", "found"),
    [
        (1.99, "广州", True),
        (2, "广州", True),
        (2.01, "广州", False),
        (1, "临汾", False),
        (1, "", False),
        (1, "太原", True),
    ],
)
def test_two_distant_cities_within_two_hours_are_suspicious(hours: float, there: str, found: bool) -> None:
    checks = past((hours, OTHER, "运城"), (0, ME, there))
    assert ("jump" in rules.suspicions(checks, Policy(jump_km=300 if there != "太原" else 200))) is found


@pytest.mark.parametrize(
    ("area", "city", "found"),
    [((), "广州", False), (("山西",), "广州", True), (("山西",), "太原", False), (("山西", "广东"), "广州", False), (("山西",), "", False)],
)  # fmt: skip
def test_a_check_outside_the_sales_area_is_suspicious(area: tuple[str, ...], city: str, found: bool) -> None:
    assert ("outside_area" in rules.suspicions(past((0, ME, city)), Policy(area=area))) is found


def test_a_repeat_tells_when_where_how_often_and_by_how_many_it_was_checked() -> None:
    judged = rules.judge(facts(checks=past((30, OTHER, "太原"), (2, ME, ""), (0, b"third", "运城"))), Policy(version=4))

    assert (judged.state, judged.first_at, judged.first_city) == ("repeat", NOW - timedelta(hours=30), "太原")
    assert (judged.checks, judged.devices, judged.policy) == (3, 3, 4)


def test_an_unissued_code_tells_nothing_of_the_real_ones_checks() -> None:
    judged = rules.judge(facts(issued=False, checks=past((30, OTHER, "太原"))), Policy())

    assert (judged.first_at, judged.first_city, judged.checks, judged.devices) == (None, "", 0, 0)


@pytest.mark.parametrize(("hours", "again"), [(None, True), (23.99, False), (24, True)])
def test_a_device_counts_again_after_a_day(hours: float | None, again: bool) -> None:
    last = None if hours is None else NOW - timedelta(hours=hours)
    assert rules.counts_again(last, NOW) is again


def test_the_defaults_are_those_of_the_written_policy() -> None:
    default = rules.DEFAULT
    assert (default.many_devices, default.many_checks, default.jump_km, default.jump_hours) == (3, 10, 300, 2)
    assert default.area == ()
    assert not default.shipping_recorded


def test_a_policy_out_of_range_lists_every_fault_at_once() -> None:
    wrong = Policy(many_devices=0, many_checks=1, jump_km=10, jump_hours=100, area=("山西", "月球"))
    assert len(rules.policy_faults(wrong, PROVINCES)) == 5
    assert rules.policy_faults(Policy(area=("山西",)), PROVINCES) == []


@pytest.mark.parametrize(
    ("typed", "city"),
    [
        ("太原", "太原"), ("太原市", "太原"), (" 太 原 ", "太原"), ("山西太原", "太原"), ("山西省太原市", "太原"), ("北京市", "北京"),
        ("恩施州", ""), ("广东太原", ""), ("Taiyuan", ""), ("", ""), ("x" * 500, ""), ("吉林", "吉林"), ("吉林省吉林市", "吉林"),
    ],
)  # fmt: skip
def test_a_typed_city_is_known_or_nothing(typed: str, city: str) -> None:
    assert city_of(typed) == city


def test_the_list_of_cities_makes_sense() -> None:
    assert len(PROVINCES) == 34
    assert len(CITIES) == len(set(CITIES))
    assert {"运城", "临汾", "太原"} <= {c for c in CITIES if province_of(c) == "山西"}
    assert distance_km("运城", "运城") == 0
    assert distance_km("运城", "nowhere") is None


@pytest.mark.parametrize(
    ("one", "other", "km"), [("北京", "上海", 1067), ("北京", "广州", 1889), ("运城", "西安", 206), ("成都", "重庆", 269)]
)  # fmt: skip
def test_distances_are_right_within_five_percent(one: str, other: str, km: float) -> None:
    found = distance_km(one, other)
    assert found is not None
    assert abs(found - km) < 0.05 * km + 10
