"""The public home page: upper floors add panels (listings, disclosure); a panel without content is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class HomePanel:
    """A block of the home page: a title, ready markup (rendered by the room's own template), a link for more."""

    title: str
    html: Markup
    link: tuple[str, str] | None = None
    source: str = ""


_PANELS: list[tuple[int, Callable[[], HomePanel | None]]] = []


def add_panel(function: Callable[[], HomePanel | None], order: int = 50) -> None:
    """Afterwards the home page shows what ``function`` returns (nothing for None), in ``order``."""
    if all(f is not function for _, f in _PANELS):
        _PANELS.append((order, function))


def panels() -> list[HomePanel]:
    """The panels that have something to show, in order."""
    shown = (function() for _, function in sorted(_PANELS, key=lambda p: p[0]))
    return [panel for panel in shown if panel is not None]
