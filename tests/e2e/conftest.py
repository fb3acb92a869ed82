"""One server with the demo story for all journeys (they run in one worker); phones that must not complain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.e2e.phone import Phone, password_of_the_story
from tests.support import browser, told
from tests.support.browser import LiveServer

Phones = Callable[..., Phone]


@pytest.fixture(scope="package")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server of its own with the demo story told: offices, enterprises and their lots exist."""
    with told.served(tmp_path_factory.mktemp("story")) as server:
        yield server


@pytest.fixture
def phones(_chromium: Any, story: LiveServer) -> Iterator[Phones]:
    """Hands out phones; afterwards no browser may have complained."""
    complaints: list[list[str]] = []
    with ExitStack() as stack:

        def hand_out(login: str = "", password: str = "") -> Phone:
            page, said = stack.enter_context(browser.phone(_chromium))
            complaints.append(said)
            phone = Phone(page, story)
            if login:
                phone.sign_in(login, password or password_of_the_story(story))
            return phone

        yield hand_out
    assert not any(complaints), complaints
