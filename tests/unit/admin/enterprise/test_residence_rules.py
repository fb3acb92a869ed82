"""Rules after the approval (town-rules B10, second part): signing, warning, handover, leaving and eviction."""

from __future__ import annotations

from dataclasses import replace

import pytest

from admin.enterprise import rules
from admin.enterprise.rules_residence import (
    GROUNDS,
    HANDOVER,
    ResidenceFacts,
    ground_given,
    handover_done,
    handover_keys,
    lease_confirmed,
    renewal_confirmed,
)
from core.account.actor import Actor
from core.workflow.table import PastMove, check
from tests.unit.admin.enterprise.test_enterprise_rules import GOOD

SETTLED = ResidenceFacts(lease="accepted", follow_up=True, handover_opened=True)


def warned(ground: str, detail: str) -> ResidenceFacts:
    return ResidenceFacts(warning={"ground": ground, "detail": detail})


@pytest.mark.parametrize(
    ("lease", "who"), [("", "经办人"), ("offered", "企业负责人"), ("accepted", None), ("running", None)]
)
def test_signing_needs_a_lease_the_enterprise_confirmed_and_says_whose_turn_it_is(lease: str, who: str | None) -> None:
    found = lease_confirmed(ResidenceFacts(lease=lease))

    assert [u.who for u in found] == ([who] if who else [])
    assert all(u.rule == "R96" and u.help for u in found)


@pytest.mark.parametrize("follow_up", [True, False])
def test_a_renewal_needs_a_following_lease(follow_up: bool) -> None:
    assert (renewal_confirmed(ResidenceFacts(follow_up=follow_up)) == []) is follow_up


@pytest.mark.parametrize(
    ("ground", "detail", "rule"),
    [
        ("land_grade", "2025 年度，2026 年 5 月公布", None),
        ("land_grade", " \u3000", "R86"),
        ("", "2025 年度", "R86"),
        ("no_such_ground", "2025 年度", "R86"),
        ("missing_returns", "", "R82"),
        ("missing_returns", "7月、8月", "R82"),
        ("missing_returns", "7月、8月、8月", "R82"),
        ("missing_returns", "8月、 8月、8月 ", "R82"),
        ("missing_returns", "7月、8月、、，", "R82"),
        ("missing_returns", "7月，8月,9月", None),
        ("missing_returns", "6月、7月、8月、9月", None),
    ],
)
def test_a_warning_names_its_ground_and_three_different_months(ground: str, detail: str, rule: str | None) -> None:
    found = ground_given(warned(ground, detail))

    assert [u.rule for u in found] == ([rule] if rule else [])
    assert all(u.message and u.help for u in found)


def test_a_warning_that_is_only_asked_about_is_not_refused_for_its_ground() -> None:
    assert ground_given(ResidenceFacts(warning=None)) == []
    assert set(GROUNDS) == {"land_grade", "missing_returns"}


def test_leaving_needs_the_list_and_then_every_item_of_it() -> None:
    (closed,) = handover_done(ResidenceFacts())
    assert "还没有开交接清单" in closed.message

    left = handover_done(replace(SETTLED, handover_open=("keys", "assets", "reports")))
    assert [u.rule for u in left] == ["RZ-14", "R20", "RZ-14"]
    assert [HANDOVER[k][0] in u.message for k, u in zip(("keys", "assets", "reports"), left, strict=True)] == [True] * 3
    assert handover_done(SETTLED) == []


def test_who_had_no_unit_hands_over_no_unit() -> None:
    assert list(handover_keys(had_unit=True)) == list(HANDOVER)
    assert list(handover_keys(had_unit=False)) == ["labels", "orders", "reports"]


# --- the moves, as the engine asks them ---------------------------------------------------------------------------------


def person(number: int, *permissions: str) -> Actor:
    return Actor(
        user_id=number, organisation_id=1, organisation_kind="office", role="x", permissions=frozenset(permissions)
    )


CLERK, HEAD, OWNER = person(1, rules.SCREEN), person(2, rules.DECIDE), person(3, "admin.enterprise.leave")


def unmet(
    key: str, state: str, actor: Actor, facts: ResidenceFacts = SETTLED, past: list[PastMove] | None = None
) -> list[str]:
    found = check(
        rules.APPLICATION, rules.APPLICATION.move(key), state=state, actor=actor, owns=actor is OWNER, past=past or [],
        facts=replace(GOOD, residence=facts), reason="按规定办理。",
    )  # fmt: skip
    return [u.rule for u in found]


@pytest.mark.parametrize(
    ("key", "state", "actor", "rule"),
    [
        ("sign_lease", "approved", CLERK, "R96"),
        ("renew", "resident", CLERK, "R96"),
        ("leave", "approved", OWNER, "RZ-14"),
        ("leave", "probation", OWNER, "RZ-14"),
        ("evict", "probation", HEAD, "RZ-14"),
    ],
)
def test_each_move_is_held_up_by_its_own_rule_and_by_nothing_once_settled(
    key: str, state: str, actor: Actor, rule: str
) -> None:
    assert unmet(key, state, actor, ResidenceFacts()) == [rule]
    assert unmet(key, state, actor) == []


def test_who_warned_does_not_evict_and_another_does() -> None:
    assert unmet("evict", "probation", HEAD, past=[PastMove("warn", HEAD.person_key)]) == [
        "admin.enterprise.evict.four_eyes"
    ]
    assert unmet("evict", "probation", HEAD, past=[PastMove("warn", CLERK.person_key)]) == []


@pytest.mark.parametrize("state", ["approved", "resident", "probation"])
def test_only_the_enterprise_itself_leaves_and_only_the_office_evicts(state: str) -> None:
    assert unmet("leave", state, OWNER) == []
    assert unmet("leave", state, HEAD) != []
    assert unmet("evict", state, OWNER) != []
    assert (unmet("evict", state, HEAD) == []) is (state != "approved")


@pytest.mark.parametrize("state", ["draft", "submitted", "supplement", "under_review", "rejected", "left"])
@pytest.mark.parametrize("key", ["sign_lease", "renew", "warn", "recover", "ask_to_leave", "leave", "evict"])
def test_nothing_of_the_second_part_is_done_before_the_approval_or_after_the_leaving(key: str, state: str) -> None:
    actor = OWNER if key in ("ask_to_leave", "leave") else HEAD if key == "evict" else CLERK
    assert unmet(key, state, actor) == [f"admin.enterprise.{key}.state"]
