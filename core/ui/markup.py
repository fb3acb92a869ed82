"""The one place where our own drawings become markup."""

from __future__ import annotations

from markupsafe import Markup


def svg(text: str) -> Markup:
    """``text`` as safe markup: callers build it from constants, formatted numbers and escaped words only."""
    return Markup(text)  # noqa: S704 - see the docstring; tests feed hostile labels through every drawing
