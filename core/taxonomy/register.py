"""Plug the words in: their table only; pages that change them come with the office's master-data desk."""

from __future__ import annotations

from flask import Flask

from core.taxonomy import models as models


def register(_app: Flask) -> None:
    """Afterwards the table of words is known."""
