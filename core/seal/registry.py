"""Which columns hold sealed bytes, so that rewrapping and the recovery proof reach every one of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = re.compile(r"[a-z_]+")


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed bytes; ``row`` is the column whose text bound them, ``purpose`` the purpose."""

    table: str
    column: str
    row: str
    purpose: str


_COLUMNS: dict[tuple[str, str], SealedColumn] = {}


def sealed_column(table: str, column: str, *, row: str, purpose: str) -> SealedColumn:
    """Declare a column of sealed bytes (at import of the room's models)."""
    if not all(_NAME.fullmatch(name) for name in (table, column, row)):
        raise ValueError("names of tables and columns are plain")
    made = SealedColumn(table, column, row, purpose)
    if _COLUMNS.setdefault((table, column), made) != made:
        raise ValueError(f"{table}.{column} is declared twice with different words")
    return made


def sealed_columns() -> list[SealedColumn]:
    """Every declared column, in a stable order."""
    return [_COLUMNS[key] for key in sorted(_COLUMNS)]
