"""What the docs generate from code is up to date."""

from __future__ import annotations

from flask import Flask

from tools import diagrams, permissions


def test_the_page_of_workflows_is_generated_from_the_tables() -> None:
    assert diagrams.PAGE.read_text("utf-8") == diagrams.page(), "run: .venv/bin/python tools/diagrams.py"


def test_the_page_of_permissions_is_generated_from_the_declarations(app: Flask) -> None:
    assert permissions.PAGE.read_text("utf-8") == permissions.page(app), "run: .venv/bin/python tools/permissions.py"
