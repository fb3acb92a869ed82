"""Pages with a buyer's address are kept by nobody."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("path", ["/o/no-such-order", "/checkout"])
def test_order_pages_are_not_stored_or_indexed(client: Any, session: Any, path: str) -> None:
    answer = client.get(path)

    assert answer.headers["Cache-Control"] == "no-store"
    if answer.status_code < 400:
        assert "noindex" in answer.headers["X-Robots-Tag"]


def test_search_engines_are_kept_out_of_orders_and_scans(client: Any, session: Any) -> None:
    text = client.get("/robots.txt").get_data(as_text=True)

    assert "Disallow: /o/" in text
    assert "Disallow: /01/" in text
