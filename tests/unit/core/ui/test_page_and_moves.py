"""What a page remembers, which button is filled, what the catalogue says."""

from __future__ import annotations

import pytest

from core.errors import Unmet
from core.ui import i18n, icons, nav
from core.ui.moves import moves_in_order
from core.ui.page import read_settings
from core.workflow.engine import MoveView
from core.workflow.table import Move


@pytest.mark.parametrize(
    ("args", "cookies", "lang", "large"),
    [
        ({}, {}, "zh", False),
        ({"lang": "en"}, {"lang": "zh"}, "en", False),
        ({}, {"lang": "en", "large": "1"}, "en", True),
        ({"large": "0"}, {"large": "1"}, "zh", False),
        ({"lang": "<b>", "large": "yes"}, {"lang": "fr", "large": "2"}, "zh", False),
    ],
)
def test_a_parameter_wins_over_the_cookie_and_nonsense_counts_as_nothing(
    args: dict[str, str], cookies: dict[str, str], lang: str, large: bool
) -> None:
    found = read_settings(args, cookies)

    assert (found.lang, found.large) == (lang, large)


def _view(
    key: str, *, unmet: int = 0, reason: bool = False, irreversible: bool = False, tone: str = "busy"
) -> MoveView:
    move = Move(key, key, ["a"], "b", "x.y.z", reason=reason, irreversible=irreversible)
    return MoveView(move, key, not unmet, tuple(Unmet("r", f"缺 {n}") for n in range(unmet)), tone)


def test_one_button_is_filled_and_irreversible_ones_stand_last() -> None:
    buttons = moves_in_order([_view("refuse", irreversible=True), _view("return", reason=True), _view("approve")])

    assert [(b.key, b.kind) for b in buttons] == [("approve", "primary"), ("return", "outline"), ("refuse", "danger")]


def test_a_move_with_unmet_rules_says_how_many_and_which() -> None:
    blocked = moves_in_order([_view("return", reason=True), _view("approve", unmet=3)])[1]

    assert (blocked.unavailable, blocked.why) == ("还差 3 项", ("缺 0", "缺 1", "缺 2"))


def test_nothing_is_filled_when_only_irreversible_moves_are_left() -> None:
    assert [b.kind for b in moves_in_order([_view("revoke", irreversible=True)])] == ["danger"]


APPROVE = {"irreversible": True, "tone": "ok"}
END = {"irreversible": True, "reason": True, "tone": "bad"}


@pytest.mark.parametrize(
    ("views", "filled"),
    [
        ([_view("approve", **APPROVE), _view("refuse", reason=True, tone="bad")], None),
        ([_view("approve", **APPROVE), _view("refuse", reason=True, tone="none")], None),
        ([_view("back", reason=True, tone="todo"), _view("decide", **APPROVE)], None),
        ([_view("approve", unmet=1, **APPROVE), _view("refuse", reason=True, tone="bad")], None),
        ([_view("approve", unmet=1, **APPROVE), _view("back", reason=True, tone="todo")], "back"),
        ([_view("end", **END), _view("keep", reason=True, tone="ok")], None),
        ([_view("lift", reason=True, tone="ok"), _view("end", **END)], "lift"),
        ([_view("drop", irreversible=True, tone="none"), _view("notify", reason=True)], "notify"),
        ([_view("suspend", reason=True, tone="bad")], None),
        ([_view("suspend", reason=True, tone="bad"), _view("correct", reason=True, tone="")], "correct"),
    ],
)
def test_a_refusal_is_never_the_filled_button(views: list[MoveView], filled: str | None) -> None:
    assert next((b.key for b in moves_in_order(views) if b.kind == "primary"), None) == filled


def test_the_catalogue_answers_english_and_keeps_what_it_does_not_know() -> None:
    assert i18n.translate("企业自述", "en") == "Stated by the producer"
    assert i18n.translate("企业自述", "zh") == "企业自述"
    assert i18n.translate("没有译文的句子", "en") == "没有译文的句子"
    assert i18n.translate("记录有更正，现为第 %(n)s 版", "en", n=2) == "Record corrected, now version 2"


@pytest.mark.parametrize("name", icons.NAMES)
def test_an_icon_is_hidden_from_screen_readers_and_carries_no_style(name: str) -> None:
    drawn = str(icons.icon(name))

    assert 'aria-hidden="true"' in drawn
    assert "style=" not in drawn


@pytest.mark.parametrize("state", ["none", "pending", "sealed", "torn"])
def test_the_seal_has_four_states(state: str) -> None:
    assert f"seal-{state}" in str(icons.seal(state))


def test_a_menu_entry_needs_a_known_group_and_icon() -> None:
    with pytest.raises(ValueError, match="area"):
        nav.add("不存在", "x", "x.y", "a.b.c", "box")
    with pytest.raises(ValueError, match="icon"):
        nav.add("系统", "x", "x.y", "a.b.c", "unicorn")
