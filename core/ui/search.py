"""The staff search box: any code, number, address or name; every room answers for its own things, scope included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.account.actor import Actor


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: its name, a line about it, where it is, what kind of thing it is."""

    title: str
    note: str
    url: str
    kind: str = ""


Finder = Callable[[str, Actor], list[Hit]]
_FINDERS: list[Finder] = []
LIMIT = 60


def register_finder(finder: Finder) -> Finder:
    """Afterwards the search box also asks ``finder``, which returns only what ``actor`` may see."""
    if finder not in _FINDERS:
        _FINDERS.append(finder)
    return finder


def find(text: str, actor: Actor) -> list[Hit]:
    """Everything found for ``text``, each address once; an empty question finds nothing."""
    if not text.strip():
        return []
    hits: dict[str, Hit] = {}
    for finder in _FINDERS:
        for hit in finder(text.strip(), actor):
            hits.setdefault(hit.url, hit)
    return list(hits.values())[:LIMIT]
