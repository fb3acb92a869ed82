"""The packing station in a real browser: scans go in, wait while the network is away, and are refused in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.phone import Phone, notes_of_the_story, password_of_the_story
from tests.support import browser
from tests.support.browser import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def packer(_chromium: Any, story: LiveServer) -> Iterator[Phone]:
    """The co-op's operator before the open carton.  A refused scan answers 409, which the browser reports: not a complaint."""
    with browser.phone(_chromium) as (page, said):
        phone = Phone(page, story)
        phone.sign_in("coop2", password_of_the_story(story))
        phone.open("/packing/")
        phone.press("接着装")
        yield phone
    assert not [line for line in said if "409" not in line and "ERR_INTERNET_DISCONNECTED" not in line], said


def scan(phone: Phone, text: str) -> None:
    """What a hand scanner does: type, then Enter."""
    field = phone.page.locator("#code")
    field.fill(text)
    field.press("Enter")


def says(phone: Phone, text: str) -> None:
    phone.page.locator("[data-state]").filter(has_text=text).wait_for(timeout=20_000)


def test_scans_are_packed_refused_kept_offline_and_undone(packer: Phone, story: LiveServer) -> None:
    notes = notes_of_the_story(story)
    first, second = (story.url(notes[name]) for name in ("scan_path", "repeated_path"))
    before = int(packer.page.locator("[data-count]").inner_text())

    scan(packer, first)
    says(packer, "已装入")
    scan(packer, first)
    says(packer, "这一件已经在这个箱里")
    scan(packer, story.url(notes["void_path"]))
    says(packer, "这个编号已经作废")
    scan(packer, "https://pay.example/abc")
    says(packer, "这不是本平台的追溯码")

    packer.page.context.set_offline(True)
    scan(packer, second)
    says(packer, "没有网，先存着")
    assert packer.page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('yidun-packing')).length") == 1
    packer.page.context.set_offline(False)
    says(packer, "已装入")
    assert int(packer.page.locator("[data-count]").inner_text()) == before + 2

    packer.page.locator("[data-undo]").click()
    says(packer, "已取出")
    assert int(packer.page.locator("[data-count]").inner_text()) == before + 1
