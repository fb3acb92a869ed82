"""The guided start and the order of to-dos."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from admin.workbench.rules import Progress, Todo, by_urgency, guide, guide_heading

TODAY = date(2026, 11, 23)
ALL = Progress(key=True, licences=1, items=2, seasons=1, lots=3, sealed=1, printed=1, listed=1)


def states(progress: Progress) -> dict[str, str]:
    return {s.key: s.state for s in guide(progress)}


def test_a_new_enterprise_starts_with_its_key() -> None:
    found = states(Progress())
    assert found["registered"] == "done"
    assert found["key"] == "now"
    assert list(found.values()).count("now") == 1
    assert guide_heading(guide(Progress())) == "还差 6 步，就能打出可以扫的标签"


def test_an_application_for_a_licence_waits_for_somebody_else_and_blocks_nothing() -> None:
    found = states(Progress(key=True, licence_waiting=True))
    assert found["licence"] == "waiting"
    assert found["item"] == "now"


def test_a_licence_is_never_the_step_that_holds_everything_up() -> None:
    assert states(Progress(key=True))["licence"] == "later"
    assert states(Progress(key=True))["item"] == "now"


@pytest.mark.parametrize(
    ("progress", "now"),
    [
        (Progress(key=True, items=1), "season"),
        (Progress(key=True, items=1, seasons=1), "lot"),
        (Progress(key=True, items=1, seasons=1, lots=1), "sealed"),
        (Progress(key=True, items=1, seasons=1, lots=1, sealed=1), "printed"),
        (Progress(key=True, items=1, seasons=1, lots=1, sealed=1, printed=1), "listed"),
    ],
)
def test_the_next_step_is_the_first_that_is_open(progress: Progress, now: str) -> None:
    assert [k for k, v in states(progress).items() if v == "now"] == [now]


def test_the_guide_folds_away_when_all_is_done_with_or_without_a_licence() -> None:
    assert guide_heading(guide(ALL)) == ""
    assert guide_heading(guide(replace(ALL, licences=0))) == ""
    assert guide_heading(guide(replace(ALL, listed=0))) == "标签已经打好，还差 1 步就能上架"


def todo(title: str, **values: object) -> Todo:
    return Todo(title, "", "/x", "办", **values)  # type: ignore[arg-type]


def test_to_dos_come_by_urgency() -> None:
    given = [
        todo("等对方", waiting=True, due_on=date(2026, 12, 1)),
        todo("没有期限"),
        todo("十二月", due_on=date(2026, 12, 1)),
        todo("今天", urgent=True),
        todo("昨天", due_on=date(2026, 11, 22)),
        todo("上周", due_on=date(2026, 11, 16)),
    ]
    assert [t.title for t in by_urgency(given, TODAY)] == ["上周", "昨天", "今天", "十二月", "没有期限", "等对方"]


@pytest.mark.parametrize(
    ("values", "chip"),
    [
        ({"due_on": date(2026, 11, 22)}, ("逾期 1 天", "bad")),
        ({"due_on": TODAY}, ("今天", "todo")),
        ({"due_on": date(2026, 12, 10)}, ("12-10 前", "busy")),
        ({"urgent": True}, ("今天", "todo")),
        ({"waiting": True}, ("等对方", "busy")),
        ({}, ("待办", "none")),
    ],
)
def test_the_chip_says_how_urgent_it_is(values: dict[str, object], chip: tuple[str, str]) -> None:
    assert todo("x", **values).chip(TODAY) == chip
