"""Lines written in the orchard without a net reach the journal once, whatever the net does in between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.phone import Phone, password_of_the_story
from tests.support import browser
from tests.support.browser import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def operator(_chromium: Any, story: LiveServer) -> Iterator[Phone]:
    """The co-op's operator with a phone, at the page that adds farm work; the net's own complaints are no defect."""
    with browser.phone(_chromium) as (page, said):
        phone = Phone(page, story)
        phone.sign_in("coop2", password_of_the_story(story))
        phone.open("/seasons/")
        phone.press("P-0317/2026")
        phone.press("记农事")
        yield phone
    assert [s for s in said if "ERR_INTERNET_DISCONNECTED" not in s and "ERR_FAILED" not in s] == []


def _write(phone: Phone, summary: str) -> None:
    phone.page.locator("main [name=summary]").fill(summary)
    phone.page.locator("main form button[type=submit]").last.click()


def _lines(phone: Phone, address: str) -> str:
    phone.open(address)
    return str(phone.page.locator("main").inner_text())


def test_lines_kept_without_a_net_are_sent_once_it_is_back(operator: Phone) -> None:
    page, season = operator.page, re.sub(r"/add/.*", "", operator.page.url)
    page.context.set_offline(True)
    for number in (1, 2):
        _write(operator, f"离线疏果第{number}次")
        page.get_by_text("没有网，已经记在手机里").wait_for()
        page.locator("#drafts-list li").nth(number - 1).wait_for()
        page.locator("main [name=done_on]").fill("2026-10-01")

    page.context.set_offline(False)
    page.get_by_text("2 条已发出").wait_for(timeout=15_000)

    text = _lines(operator, season)
    assert (text.count("离线疏果第1次"), text.count("离线疏果第2次")) == (1, 1)
    operator.open(f"{season}/add/work")
    assert page.locator("#drafts").is_hidden()


def test_a_line_whose_answer_was_lost_is_not_written_twice(operator: Phone) -> None:
    page, season = operator.page, re.sub(r"/add/.*", "", operator.page.url)
    reached: list[int] = []

    def lose_the_answer(route: Any) -> None:
        reached.append(route.fetch().status)
        route.abort()

    page.route("**/drafts/work", lose_the_answer)
    _write(operator, "回音丢了的一条")
    page.get_by_text("没有网，已经记在手机里").wait_for()
    page.unroute("**/drafts/work")
    page.locator("#drafts-send").click()
    page.get_by_text("1 条已发出").wait_for(timeout=15_000)

    assert reached == [201]
    assert _lines(operator, season).count("回音丢了的一条") == 1


def test_what_was_typed_is_still_there_after_the_page_was_closed(operator: Phone) -> None:
    page, address = operator.page, operator.page.url
    page.locator("main [name=summary]").press_sequentially("写到一半")

    operator.open("/seasons/")
    operator.open(address)

    assert page.locator("main [name=summary]").input_value() == "写到一半"


def test_a_refused_draft_says_why_and_comes_back_into_the_form(operator: Phone) -> None:
    page = operator.page
    page.context.set_offline(True)
    page.locator("main [name=done_on]").fill("2036-01-01")
    _write(operator, "日子写错的一条")
    page.get_by_text("没有网，已经记在手机里").wait_for()
    page.context.set_offline(False)
    page.get_by_text("日期还没到").wait_for(timeout=15_000)

    page.get_by_role("button", name="放回表里改").click()

    assert page.locator("main [name=summary]").input_value() == "日子写错的一条"


def test_a_plot_is_drawn_by_tapping_and_the_text_says_the_same(operator: Phone) -> None:
    page = operator.page
    operator.open("/places/")
    operator.press("P-0512")
    operator.press("重新画")
    page.locator("#corners").fill("")
    plane = page.locator("#walk-plane")
    frame = plane.bounding_box()
    for x, y in ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)):
        plane.click(position={"x": frame["width"] * x, "y": frame["height"] * y})
    assert "4 个点" in page.locator("#walk-told").inner_text()
    assert len(page.locator("#corners").input_value().splitlines()) == 4

    with page.expect_navigation():
        page.get_by_role("button", name="保存边界").click()

    operator.sees("边界已保存", "4 个")
