"""What the visits block says before anybody was counted."""

from __future__ import annotations

from datetime import UTC, datetime

from trace.scan.render import visits_block


def test_nobody_counted_yet_is_said_plainly() -> None:
    html = visits_block("zh", visits=0, first_at=None, serial="0G7TK4M2QX9VB", covered=False, path="/x").decode()

    assert "还没有记录" in html
    assert "第 0 次" not in html


def test_the_first_visit_is_the_first() -> None:
    html = visits_block(
        "zh",
        visits=1,
        first_at=datetime(2026, 11, 2, 4, 0, tzinfo=UTC),
        serial="0G7TK4M2QX9VB",
        covered=False,
        path="/x",
    ).decode()

    assert "第 1 次" in html
    assert "2026年11月2日" in html


def test_without_a_covered_code_the_block_has_no_form_and_says_once_what_to_compare() -> None:
    html = visits_block("zh", visits=1, first_at=None, serial="0G7TK4M2QX9VB", covered=False, path="/01/x").decode()

    assert "<form" not in html
    assert html.count("请与箱上标签核对") == 1
    assert html.count("<span") == html.count("</span>")
    assert html.count("<div") == html.count("</div>")
    assert 'href="/scan/proof?path=%2F01%2Fx"' in html
