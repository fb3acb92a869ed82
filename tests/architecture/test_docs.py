"""What the docs generate from code is up to date."""

from __future__ import annotations

from tools import diagrams


def test_the_page_of_workflows_is_generated_from_the_tables() -> None:
    assert diagrams.PAGE.read_text("utf-8") == diagrams.page(), "run: .venv/bin/python tools/diagrams.py"
