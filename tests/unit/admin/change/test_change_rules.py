"""Rules of a change of identity: what is missing is told at once, a merger needs the other side and an empty unit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from admin.change.rules import CHANGE, ChangeFacts, complete, no_running_lease, other_party_agreed
from tests.support.people import invented_uscc

NOW, NEW = invented_uscc(41), invented_uscc(42)
NAME = ChangeFacts(
    "name", "临猗示例合作社", new_name="临猗示例果业合作社", code_now=NOW, has_paper=True, basis="示例通知书"
)
CODE = replace(NAME, kind="code", new_name="", new_code=NEW)
MERGE = replace(NAME, kind="merge", new_name="", into_name="临猗示例接收合作社")


def _codes(facts: ChangeFacts) -> list[str]:
    return [unmet.rule for unmet in complete(facts)]


@pytest.mark.parametrize("facts", [NAME, CODE, MERGE], ids=["name", "code", "merge"])
def test_a_whole_request_lacks_nothing(facts: ChangeFacts) -> None:
    assert complete(facts) == []


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        (replace(NAME, new_name="甲"), ["BG-01"]),
        (replace(NAME, new_name="甲" * 61), ["BG-01"]),
        (replace(NAME, new_name=NAME.name_now), ["BG-02"]),
        (replace(CODE, new_code=""), ["R82"]),
        (replace(CODE, new_code=NEW[:-1]), ["R82"]),
        (replace(CODE, new_code=NOW), ["BG-03"]),
        (replace(CODE, code_taken=True), ["BG-04"]),
        (replace(MERGE, into_name=""), ["BG-05"]),
        (replace(MERGE, into_active=False), ["BG-05"]),
        (replace(NAME, has_paper=False, basis=""), ["BG-06", "BG-07"]),
        (ChangeFacts("name", "临猗示例合作社"), ["BG-01", "BG-06", "BG-07"]),
    ],
)
def test_everything_that_is_missing_is_told_at_once(facts: ChangeFacts, codes: list[str]) -> None:
    assert _codes(facts) == codes
    assert all(unmet.help and unmet.who for unmet in complete(facts))


def test_only_a_merger_asks_the_other_side_and_an_empty_unit() -> None:
    assert [u.rule for u in other_party_agreed(MERGE)] == ["BG-08"]
    assert other_party_agreed(replace(MERGE, agreed=True)) == []
    assert [u.rule for u in no_running_lease(replace(MERGE, running_lease=True))] == ["BG-09"]
    assert no_running_lease(MERGE) == []
    for other in (NAME, CODE):
        assert other_party_agreed(other) == []
        assert no_running_lease(replace(other, running_lease=True)) == []


def test_who_screened_does_not_decide_and_no_change_goes_through_without_both() -> None:
    for key in ("approve", "refuse"):
        move = CHANGE.move(key)
        assert "screen" in move.not_same_person_as
        assert list(move.sources) == ["screened"]
