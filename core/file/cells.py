"""Cells of a workbook as rules see them (pure)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that holds a formula without a stored result."""

    text: str


def column_letter(index: int) -> str:
    """``0`` -> A, ``26`` -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
