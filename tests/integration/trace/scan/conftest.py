"""The code page's town: an application with one issued series on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core import clock as core_clock
from tests.support.towns import BROWSER, PAGE, Town, town

__all__ = ["BROWSER", "PAGE", "Town", "town"]


@pytest.fixture(scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("scan"), count=40) as made:
        yield made


@pytest.fixture
def place(_shared: Town) -> Town:
    """The shared town with no visit and no check yet."""
    _shared.sql(
        "truncate trace_scan_visit, trace_scan_recent, trace_scan_code, trace_scan_check, trace_scan_first_check, "
        "trace_scan_limit, trace_scan_try, trace_scan_report, trace_scan_contact, trace_scan_block"
    )
    _shared.app.extensions["code_page"]._pages.clear()
    return _shared


@pytest.fixture
def now() -> Iterator[Any]:
    """``now("2026-11-24 12:00")`` freezes the clock."""
    stack: list[Any] = []

    def set_to(moment: str) -> None:
        from datetime import datetime

        frozen = core_clock.frozen(datetime.fromisoformat(moment).replace(tzinfo=core_clock.SHANGHAI))
        frozen.__enter__()
        stack.append(frozen)

    yield set_to
    for frozen in reversed(stack):
        frozen.__exit__(None, None, None)
